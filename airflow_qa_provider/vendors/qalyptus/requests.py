"""On-demand report requests of Qalyptus Cloud: what is asked for, where one stands, and how it is stopped."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAConflictError, QAError, QANotFoundError, QARequestRejectedError
from airflow_qa_provider.kinds.change import Change, Shown
from airflow_qa_provider.kinds.conditions import Target
from airflow_qa_provider.kinds.facts import MEANINGS
from airflow_qa_provider.kinds.fields import UNNOTED, KindFields
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.lookup import Candidate, Search
from airflow_qa_provider.kinds.polling import Statuses, poll_all
from airflow_qa_provider.kinds.snapshot import Snapshot
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.qalyptus.client.reports import OUTPUT_FORMATS
from airflow_qa_provider.vendors.qalyptus.client.selections import as_field_selections
from airflow_qa_provider.vendors.qalyptus.log_files import LogFile
from airflow_qa_provider.vendors.qalyptus.records import TIMES, candidates, is_same, poll_records, unsearchable
from airflow_qa_provider.vendors.qalyptus.report_files import RequestedReport
from airflow_qa_provider.vendors.qalyptus.task_runs import poll_runs

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RequestFields(KindFields):
    """A report on demand (source: "Generate an on-demand report").

    The list of requests shows neither selections nor app nor bookmark. So a lost request is never taken from it: it may
    be that of somebody else, with data that is not for these readers. To ask for a report once more harms nobody.

    :param report_id: UUID of the report.
    :param output_format: Format in the vendor's spelling.
    :param selections: Qlik selections, as they are sent.
    :param app_id: Qlik app to generate from.
    :param bookmark_id: Qlik bookmark to apply.
    """

    repeats: ClassVar[bool] = True
    recognisable: ClassVar[bool] = False

    report_id: str
    output_format: str
    # they hold names of people, for example
    selections: tuple[Mapping[str, Any], ...] | None = field(default=None, metadata=UNNOTED)
    app_id: str | None = None
    bookmark_id: str | None = None

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        selections = as_field_selections(given.raw("selections"))
        return cls(
            report_id=given.id("report_id"),
            output_format=given.choice("output_format", OUTPUT_FORMATS),
            selections=None if selections is None else tuple(selections),
            app_id=given.optional_id("app_id"),
            bookmark_id=given.optional_id("bookmark_id"),
        )

    @override
    def create(self, client: QalyptusClient) -> str:
        return client.reports.generate_on_demand(
            self.report_id,
            self.output_format,
            selections=self.selections,
            app_id=self.app_id,
            bookmark_id=self.bookmark_id,
        )

    @override
    def alike(self) -> Mapping[str, Any]:
        return {"report_id": self.report_id, "output_format": self.output_format}

    @override
    def compares(self, client: QalyptusClient) -> bool:
        return False  # a list from before the request would be of no use

    @property
    def is_plain(self) -> bool:
        """Whether nothing but report and format is asked for, all of which the list shows."""
        return self.selections is None and self.app_id is None and self.bookmark_id is None


def poll_requests(client: QalyptusClient, ids: Collection[str], since: float) -> Statuses:
    """Ask where on-demand requests stand, see :func:`~airflow_qa_provider.vendors.qalyptus.records.poll_records`."""
    return poll_records(client.dialect, ids, client.status.get_on_demand, client.status.list_on_demand)


def find_requests(client: QalyptusClient, search: Search) -> list[Candidate]:
    """Find on-demand requests, by report and output format, in the list of their status.

    What came of a lost request is never told for certain, see :class:`RequestFields`; what is listed then is for people
    to choose from. For ``if_exists`` a request that still runs will do, if no more is asked for than the list shows.

    :raises QANotSupportedError: No record names its report.
    """
    dialect, fields = client.dialect, search.fields
    rows = client.status.list_on_demand()
    if rows and all(dialect.report_id_of(row) is None for row in rows):
        raise unsearchable("reports", "report_id_fields", dialect.report_id_fields)
    wanted = fields.output_format.lower()
    matching = [
        row
        for row in rows
        if is_same(dialect.report_id_of(row), fields.report_id) and (dialect.format_of(row) or wanted).lower() == wanted
    ]
    sure = search.since is None and fields.is_plain
    return candidates(client, matching, search, lambda created: sure)


@dataclass(frozen=True)
class StopRequest(Change):
    """A report request or task run that is to end (source: "Stop the execution of a specified task or request").

    :param request_id: Id of the request or run.
    """

    id_field = "request_id"
    facts: ClassVar[Mapping[str, str]] = {name: MEANINGS[name] for name in ("phase", "status")}

    request_id: str

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(given.id("request_id"))

    @override
    def wanted(self, client: QalyptusClient) -> Shown:
        return {"running": False}

    @override
    def current(self, client: QalyptusClient) -> Shown:
        # an unknown status counts as running
        return {"running": not self._seen(client).phase.ended}

    @override
    def send(self, client: QalyptusClient, wanted: Shown, current: Shown | None) -> str | None:
        try:
            client.status.stop(self.request_id)
        except (QAConflictError, QANotFoundError, QARequestRejectedError):
            # so it may be because it has ended meanwhile
            if self.current(client) != wanted:
                raise
            return "it ended before the stop came"
        return None

    @override
    def details(self, client: QalyptusClient) -> Shown:
        try:
            seen = self._seen(client)
        except QAError as error:
            log.warning("Where the request stands could not be asked: %s", error)
            return {}
        return {"phase": seen.phase.value, "status": seen.status}

    def _seen(self, client: QalyptusClient) -> Snapshot:
        """Look among the report requests, then among the task runs."""
        seen = poll_all(poll_requests, client, [self.request_id], 0.0)[self.request_id]
        if isinstance(seen, Snapshot):
            return seen
        run = poll_all(poll_runs, client, [self.request_id], 0.0)[self.request_id]
        if isinstance(run, Snapshot):
            return run
        raise seen


def stop(client: QalyptusClient, request_id: str) -> str:
    """Stop a request (source: "Stop the execution of a specified task or request")."""
    client.status.stop(request_id)
    return "the request was stopped"


REQUEST = Kind(
    name="qalyptus.request",
    noun="report request",
    poll=poll_requests,
    condition=lambda given: Target(given.id("request_id")),
    cancel=stop,
    fields=RequestFields,
    lookup=find_requests,
    changes={"stop": StopRequest},
    made_by={"reports.generate_on_demand": RequestFields.read},
    files={"report": RequestedReport, "log": LogFile},
    facts={"report_name": "name of the report", **TIMES},
)
