"""Reports of Qalyptus Cloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow_qa_provider.exceptions import QAResponseError, QAValidationError
from airflow_qa_provider.rest.client import given
from airflow_qa_provider.vendors.qalyptus.client import rules
from airflow_qa_provider.vendors.qalyptus.client.mixins import BulkDelete, Collection, Duplicable, Owned, Permitted
from airflow_qa_provider.vendors.qalyptus.client.resource import Record, Records
from airflow_qa_provider.vendors.qalyptus.client.selections import Selections, as_field_selections

OUTPUT_FORMATS = (
    *("Pdf", "Html", "Doc", "Docx", "Ppt", "Pptx", "Xls", "Xlsx", "Csv"),
    *("Jpeg", "Png", "Tiff", "Bmp"),
)
"""Output formats seen in public material; each report offers some of them in its ``outputFormats``."""


class Reports(Collection, Duplicable, BulkDelete, Permitted, Owned, name="reports"):
    """Report definitions, and reports on demand."""

    def create(self, *, name: str, project_id: str, type: str | None = None, description: str | None = None) -> Record:
        """Create a report without a template (source: "Create report").

        :param name: Its name.
        :param project_id: UUID of the project that it goes into.
        :param type: Kind of report. The help pages name Excel, Word, PowerPoint and HTML; of their words on the wire
            only ``Excel`` is public.
        :param description: Text for people.
        :return: The vendor's answer, with the new ``id`` when it holds one.
        :raises QAValidationError: No name, or the project is not a UUID.
        """
        body = given(
            name=rules.required(name, "name"),
            description=description,
            projectID=rules.uuid(project_id, "project_id"),
            type=type,
        )
        return self._created("reports.create", body=body)

    def list(self) -> Records:
        """Return all reports of the organization (source: "Get reports").

        :return: Records with ``id``, ``name``, ``outputFormats``, and more.
        """
        return super().list()

    def get(self, report_id: str) -> Record:
        """Return one report (source: "Get report by ID").

        :param report_id: UUID of the report.
        :raises QANotFoundError: There is no such report.
        """
        return super().get(report_id)

    def update(
        self,
        report_id: str,
        *,
        name: str,
        is_iteration: bool,
        iteration_fields: Sequence[Mapping[str, Any]] | None = None,
        dynamic_name_separator: str | None = None,
        dynamic_names: Sequence[Mapping[str, Any]] | None = None,
        description: str | None = None,
    ) -> Record:
        """Change a report (source: "Update a report").

        Fields that are unset are not sent; the docs do not say whether they stay then.

        :param report_id: UUID of the report.
        :param name: Its name; has to be said also when it stays.
        :param is_iteration: Whether it is made once per value of the iteration fields.
        :param iteration_fields: These fields, sent as they are: the docs name the type (``IterationFieldRequestDto``)
            but not its fields; :meth:`list_iteration_fields` shows those that are set.
        :param dynamic_name_separator: What stands between the parts of a dynamic file name.
        :param dynamic_names: These parts, sent as they are (``DynamicNameRequestDto``, not shown either);
            :meth:`list_dynamic_names` shows those that are set.
        :param description: Text for people.
        :return: The vendor's answer, or nothing.
        :raises QAValidationError: No name, or a switch that is not a boolean.
        :raises QANotFoundError: There is no such report.
        """
        body = given(
            name=rules.required(name, "name"),
            description=description,
            isIteration=rules.boolean(is_iteration, "is_iteration"),
            iterationFields=None if iteration_fields is None else [dict(field) for field in iteration_fields],
            dynamicNameSeparator=dynamic_name_separator,
            dynamicNames=None if dynamic_names is None else [dict(part) for part in dynamic_names],
        )
        return self._changed("reports.update", {"id": report_id}, body)

    def list_by_project(self, project_id: str) -> Records:
        """Return the reports of a project (source: "Get reports by project ID").

        :param project_id: UUID of the project.
        :raises QANotFoundError: There is no such project.
        """
        return self._records("reports.list_by_project", {"id": project_id})

    def list_iteration_fields(self, report_id: str) -> Records:
        """Return the fields that a report is iterated over (source: "Get report iteration fields").

        :param report_id: UUID of the report.
        :raises QANotFoundError: There is no such report.
        """
        return self._records("reports.list_iteration_fields", {"id": report_id})

    def list_dynamic_names(self, report_id: str) -> Records:
        """Return the parts of a report's file name (source: "Get report dynamic names").

        :param report_id: UUID of the report.
        :raises QANotFoundError: There is no such report.
        """
        return self._records("reports.list_dynamic_names", {"id": report_id})

    def get_html(self, report_id: str) -> str:
        """Return the HTML content of a report (source: "Get report HTML content").

        :param report_id: UUID of an HTML report.
        :return: The HTML; empty when the vendor answers nothing.
        :raises QANotFoundError: There is no such report.
        :raises QAResponseError: The vendor answers with something other than a text.
        """
        answer = self._client.call("reports.get_html", {"id": report_id})
        if answer is not None and not isinstance(answer, str):
            raise QAResponseError(
                f"the answer is a {type(answer).__name__}, not a text",
                vendor="qalyptus",
                operation="reports.get_html",
                hint="The docs show no answer for this operation; read the raw answer with client.call",
            )
        return answer or ""

    def list_variables(self, report_id: str) -> Records:
        """Return the Qlik variables of a report (source: "Get report variables").

        :param report_id: UUID of the report.
        :raises QANotFoundError: There is no such report.
        """
        return self._records("reports.list_variables", {"id": report_id})

    def list_qlik_apps(self, report_id: str) -> Records:
        """Return the Qlik apps that the template of a report uses (source: "Get report Qlik apps").

        :param report_id: UUID of the report.
        :raises QANotFoundError: There is no such report.
        """
        return self._records("reports.list_qlik_apps", {"id": report_id})

    def list_qlik_objects(self, report_id: str) -> Records:
        """Return the Qlik objects that the template of a report uses (source: "Get Qlik objects by report").

        :param report_id: UUID of the report.
        :raises QANotFoundError: There is no such report.
        """
        return self._records("reports.list_qlik_objects", {"id": report_id})

    def list_template_items(self, report_id: str) -> Record:
        """Return the items of a report's template, as a tree (source: "Get report objects").

        :param report_id: UUID of the report.
        :return: ``{"nodes": [{"name", "type", "icon", "objects": [{"id", "itemID", "title", "type", "objects",
            "columns"}]}]}``.
        :raises QANotFoundError: There is no such report.
        """
        return self._record("reports.list_template_items", {"id": report_id})

    def generate_on_demand(
        self,
        report_id: str,
        output_format: str,
        *,
        selections: Selections = None,
        app_id: str | None = None,
        bookmark_id: str | None = None,
    ) -> str:
        """Ask for a report and return the id of the request (source: "Generate an on-demand report").

        :param report_id: UUID of the report.
        :param output_format: One of :data:`OUTPUT_FORMATS`, in any case.
        :param selections: Qlik selections: field name to values, or a list that is sent as it is. The docs name the
            type (``FieldSelectionDto``) but not its members; a mapping is written with those that Qalyptus Server uses,
            ``{"fieldName", "selectedCount", "selectedValues", "isNumeric"}``.
        :param app_id: Qlik app to generate from.
        :param bookmark_id: Qlik bookmark to apply.
        :raises QAValidationError: No report id, an unknown output format, or selections of another shape.
        :raises QARequestRejectedError: The vendor refused, for example a format that the report does not offer.
        """
        path = {"id": report_id, "outputFormat": canonical_format(output_format)}
        # the docs allow null for each member but list all three, so the body is never left out
        body = given(appId=app_id, bookmarkId=bookmark_id)
        body["selections"] = as_field_selections(selections)
        answer = self._client.call("reports.generate_on_demand", path, body=body)
        return self._client.dialect.id_of(
            answer, "reports.generate_on_demand", "The report was asked for, but cannot be followed"
        )


def canonical_format(output_format: str, operation: str = "reports.generate_on_demand") -> str:
    """Return an output format in the vendor's spelling.

    :param output_format: Such as ``Pdf`` or ``xlsx``.
    :param operation: What it is for, for the message.
    :raises QAValidationError: Not a known format.
    """
    known = {word.lower(): word for word in OUTPUT_FORMATS}
    word = str(output_format or "").strip()
    if word.lower() not in known:
        raise QAValidationError(
            f"output_format must be one of {', '.join(OUTPUT_FORMATS)}, got {output_format!r}",
            vendor="qalyptus",
            operation=operation,
            outcome="Nothing was sent",
        )
    return known[word.lower()]
