"""Reports of CONQA's checklists: CONQA gives them no id, so that each is known by one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.kinds.fields import UNNOTED, KindFields
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.lookup import was_accepted
from airflow_qa_provider.vendors.conqa.client import ConqaClient
from airflow_qa_provider.vendors.conqa.events import MARKER
from airflow_qa_provider.vendors.conqa.report_files import ToldReport


@dataclass(frozen=True)
class ReportFields(KindFields):
    """The report of a checklist (source: "Start generation of Report").

    :param project_id: Id of the project.
    :param checklist_id: Id of the checklist, ``cl:...``.
    :param context: What the author wants back.
    :param marker: Id of the report, which the webhook's call brings back.
    """

    project_id: str
    checklist_id: str
    context: Mapping[str, Any] | None = field(default=None, metadata=UNNOTED)
    marker: str = ""

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        context = given.optional_object("context")
        if MARKER in (context or {}):
            raise given.refused(
                f"context has the name {MARKER!r}, under which this task sends the id of the report",
                "Take another name",
            )
        return cls(given.id("project_id"), given.id("checklist_id"), context)

    @override
    def at(self, moment: datetime, marker: str) -> Self:
        return replace(self, marker=marker)

    @override
    def create(self, client: ConqaClient) -> str:
        context = {**(self.context or {}), MARKER: self.marker}
        try:
            client.reports.start(self.project_id, self.checklist_id, context=context)
        except QAResponseError as error:
            # what it says besides is of no use, the id is ours
            if not was_accepted(error):
                raise
        return self.marker


REPORT = Kind(name="conqa.report", noun="report", fields=ReportFields, files={"report": ToldReport})
