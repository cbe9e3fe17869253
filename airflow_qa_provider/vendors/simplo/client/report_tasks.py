"""Report tasks of Simplo IS: the lines of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import Unpack

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Id
from airflow_qa_provider.vendors.simplo.client.index import Index, Wanted

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.simplo.client.client import SimploClient

# the public copy of this page is cut off, so what it allows cannot be checked here
_INDEX = Index("report_tasks.list")


class ReportTasks(Resource):
    """Tasks in reports, with their estimated, reported and invoiced times in minutes, and prices."""

    _client: SimploClient

    def list(self, **wanted: Unpack[Wanted]) -> Paged:
        """Return the report tasks (source: "Report tasks index"). Needs the permission access on report-tasks.

        :param wanted: Fields of :class:`~airflow_qa_provider.vendors.simplo.client.index.Wanted`. Among the fields to
            filter by are ``report_id``, ``status_id``, ``is_bug``; ``total_time_reported`` (minutes) can be embedded.
        """
        return _INDEX.pages(self._client, wanted)

    def get(self, report_task_id: Id) -> dict[str, Any]:
        """Return one report task (source: "Report task detail"). Needs the permission read on report-tasks.

        :param report_task_id: Id of the report task.
        :return: ``id``, ``report_id``, ``name``, ``is_bug``, ``estimated_time``, ``reported_time``,
            ``to_invoice_time``, ``to_invoice_price``, ``status_id``, ``task_id``, ``note``, and more.
        """
        return self._client.record("report_tasks.get", {"report_task_id": report_task_id})
