"""Waiting for Simplo IS reports."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from airflow_qa_provider.exceptions import QANotFoundError, QANotSupportedError
from airflow_qa_provider.kinds.polling import Statuses, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors.simplo.client import SimploClient

_FEW = 2
_IDS_PER_REQUEST = 50
_MOMENTS = ("approved_at", "sent_at", "invoiced_at")


class ReportPoller:
    """Billing reports: few are asked for one by one, many by the index, filtered by id."""

    kind = "simplo.report"
    noun = "billing report"

    def poll(self, client: SimploClient, ids: Collection[str], since: float) -> Statuses:
        """Look at reports.

        :param client: The client.
        :param ids: Ids of reports.
        :param since: Not used: the filter by id needs no window.
        """
        if len(ids) <= _FEW:
            return poll_each(lambda report_id: report_snapshot({"id": report_id, **client.reports.get(report_id)}), ids)
        listed, size = list(ids), max(_IDS_PER_REQUEST, client.settings.page_size or 0)
        rows: dict[str, Mapping[str, Any]] = {}
        for start in range(0, len(listed), _IDS_PER_REQUEST):
            some = [int(report_id) for report_id in listed[start : start + _IDS_PER_REQUEST]]
            found = client.reports.list(filters={"id": some}, page_size=size)
            rows.update({str(row.get("id")): row for row in found})
        looks: Statuses = {}
        for report_id in listed:
            row = rows.get(report_id)
            message = f"report {report_id} is not in the index"
            looks[report_id] = (
                report_snapshot(row) if row else QANotFoundError(message, vendor="simplo", object_id=report_id)
            )
        return looks

    def cancel(self, client: SimploClient, object_id: str) -> str:
        """Refuse: a report is no job.

        :param client: The client.
        :param object_id: Id of the report.
        """
        raise QANotSupportedError("a Simplo IS report cannot be cancelled", vendor="simplo", object_id=object_id)


def report_snapshot(report: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot of a report, without its hash, which is a secret.

    :param report: Its details, or its row in the index.
    """
    moments = {name: report.get(name) for name in _MOMENTS}
    done = {name.removesuffix("_at"): moment is not None for name, moment in moments.items()}
    state = report.get("state")
    status = next((name for name in ("invoiced", "approved", "sent") if done[name]), f"state {state}")
    detail = {"state": state, **done, **moments, "invoice_number": report.get("invoice_number")}
    return Snapshot(str(report["id"]), Phase.ACTIVE, status, detail)
