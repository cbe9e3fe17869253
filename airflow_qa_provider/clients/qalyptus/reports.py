"""Reports of Qalyptus Cloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.clients.base import Resource, given
from airflow_qa_provider.exceptions import QAValidationError

if TYPE_CHECKING:
    from airflow_qa_provider.clients.qalyptus.client import QalyptusClient

OUTPUT_FORMATS = (
    *("Pdf", "Html", "Doc", "Docx", "Ppt", "Pptx", "Xls", "Xlsx", "Csv"),
    *("Jpeg", "Png", "Tiff", "Bmp"),
)
"""Output formats seen in public material; each report offers some of them in its ``outputFormats``."""


class Reports(Resource):
    """Report definitions, and reports on demand."""

    _client: QalyptusClient

    def list(self) -> list[dict[str, Any]]:
        """Return all reports of the organization (source: "Get reports").

        :return: Records with ``id``, ``name``, ``outputFormats``, and more.
        """
        return list(self._client.call("reports.list") or [])

    def get(self, report_id: str) -> dict[str, Any]:
        """Return one report (source: "Get report").

        :param report_id: UUID of the report.
        :raises QANotFoundError: There is no such report.
        """
        return dict(self._client.call("reports.get", {"id": report_id}) or {})

    def generate_on_demand(
        self,
        report_id: str,
        output_format: str,
        *,
        selections: Sequence[Mapping[str, Any]] | None = None,
        app_id: str | None = None,
        bookmark_id: str | None = None,
    ) -> str:
        """Ask for a report and return the id of the request (source: "Generate an on-demand report").

        :param report_id: UUID of the report.
        :param output_format: One of :data:`OUTPUT_FORMATS`, in any case.
        :param selections: Qlik selections, sent as they are. The docs name the type (``FieldSelectionDto``) but not its
            members; Qalyptus Server uses ``{"fieldName", "selectedCount", "selectedValues", "isNumeric"}``.
        :param app_id: Qlik app to generate from.
        :param bookmark_id: Qlik bookmark to apply.
        :raises QAValidationError: No report id, or an unknown output format.
        :raises QARequestRejectedError: The vendor refused, for example a format that the report does not offer.
        """
        path = {"id": report_id, "outputFormat": canonical_format(output_format)}
        # the docs allow null for each member but list all three, so the body is never left out
        body = given(appId=app_id, bookmarkId=bookmark_id)
        body["selections"] = None if selections is None else [dict(selection) for selection in selections]
        answer = self._client.call("reports.generate_on_demand", path, body=body)
        return self._client.dialect.id_of(
            answer, "reports.generate_on_demand", "The report was asked for, but cannot be followed"
        )


def canonical_format(output_format: str) -> str:
    """Return an output format in the vendor's spelling.

    :param output_format: Such as ``Pdf`` or ``xlsx``.
    :raises QAValidationError: Not a known format.
    """
    known = {word.lower(): word for word in OUTPUT_FORMATS}
    word = str(output_format or "").strip()
    if word.lower() not in known:
        raise QAValidationError(
            f"output_format must be one of {', '.join(OUTPUT_FORMATS)}, got {output_format!r}",
            vendor="qalyptus",
            operation="reports.generate_on_demand",
            outcome="Nothing was sent",
        )
    return known[word.lower()]
