"""Reports of Qalyptus Cloud."""

from __future__ import annotations

from typing_extensions import Required, Unpack, override

from airflow_qa_provider.exceptions import QAResponseError, QAValidationError
from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.parameters import Flag, FreeText, Id, Objects, Text
from airflow_qa_provider.vendors.qalyptus.client.mixins import BulkDelete, Collection, Duplicable, Permitted
from airflow_qa_provider.vendors.qalyptus.client.resource import Record, Records
from airflow_qa_provider.vendors.qalyptus.client.rules import Named, NamedInProject, check
from airflow_qa_provider.vendors.qalyptus.client.selections import Selections, as_field_selections

OUTPUT_FORMATS = (
    *("Pdf", "Html", "Doc", "Docx", "Ppt", "Pptx", "Xls", "Xlsx", "Csv"),
    *("Jpeg", "Png", "Tiff", "Bmp"),
)
"""Output formats seen in public material; each report offers some of them in its ``outputFormats``."""


class NewReport(NamedInProject, total=False):
    """What a new report has: name, description, project, and this.

    :param type: Kind of report. The help pages name Excel, Word, PowerPoint and HTML; of their words on the wire only
        ``Excel`` is public.
    """

    type: Text | None


class ReportFields(Named, total=False):
    """What a report has. What is unset is not sent; the docs do not say whether it stays then.

    :param is_iteration: Whether it is made once per value of the iteration fields; has to be said also when it stays.
    :param iteration_fields: These fields, sent as they are: the docs name the type (``IterationFieldRequestDto``) but
        not its fields; :meth:`Reports.list_iteration_fields` shows those that are set.
    :param dynamic_name_separator: What stands between the parts of a dynamic file name.
    :param dynamic_names: These parts, sent as they are (``DynamicNameRequestDto``, not shown either);
        :meth:`Reports.list_dynamic_names` shows those that are set.
    """

    is_iteration: Required[Flag]
    iteration_fields: Objects | None
    dynamic_name_separator: FreeText | None
    dynamic_names: Objects | None


class Reports(Collection, Duplicable, BulkDelete, Permitted, name="reports"):
    """Report definitions, and reports on demand."""

    def create(self, **report: Unpack[NewReport]) -> Record:
        """Create a report without a template (source: "Create report").

        :param report: Fields of :class:`NewReport`.
        """
        return self._created("reports.create", body=check.wire(NewReport, report))

    @override
    def list(self) -> Records:
        """Return all reports of the organization (source: "Get reports").

        :return: Records with ``id``, ``name``, ``outputFormats``, and more.
        """
        return super().list()

    @override
    def get(self, report_id: Id) -> Record:
        """Return one report (source: "Get report by ID").

        :param report_id: UUID of the report.
        """
        return super().get(report_id)

    def update(self, report_id: Id, **report: Unpack[ReportFields]) -> Record:
        """Change a report (source: "Update a report").

        :param report_id: UUID of the report.
        :param report: Fields of :class:`ReportFields`.
        """
        return self._changed("reports.update", {"id": report_id}, check.wire(ReportFields, report))

    def list_by_project(self, project_id: Id) -> Records:
        """Return the reports of a project (source: "Get reports by project ID").

        :param project_id: UUID of the project.
        """
        return self._records("reports.list_by_project", {"id": project_id})

    def list_iteration_fields(self, report_id: Id) -> Records:
        """Return the fields that a report is iterated over (source: "Get report iteration fields").

        :param report_id: UUID of the report.
        """
        return self._records("reports.list_iteration_fields", {"id": report_id})

    def list_dynamic_names(self, report_id: Id) -> Records:
        """Return the parts of a report's file name (source: "Get report dynamic names").

        :param report_id: UUID of the report.
        """
        return self._records("reports.list_dynamic_names", {"id": report_id})

    def get_html(self, report_id: Id) -> str:
        """Return the HTML content of a report (source: "Get report HTML content").

        :param report_id: UUID of an HTML report.
        :return: The HTML; empty when the vendor answers nothing.
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

    def list_variables(self, report_id: Id) -> Records:
        """Return the Qlik variables of a report (source: "Get report variables").

        :param report_id: UUID of the report.
        """
        return self._records("reports.list_variables", {"id": report_id})

    def list_qlik_apps(self, report_id: Id) -> Records:
        """Return the Qlik apps that the template of a report uses (source: "Get report Qlik apps").

        :param report_id: UUID of the report.
        """
        return self._records("reports.list_qlik_apps", {"id": report_id})

    def list_qlik_objects(self, report_id: Id) -> Records:
        """Return the Qlik objects that the template of a report uses (source: "Get Qlik objects by report").

        :param report_id: UUID of the report.
        """
        return self._records("reports.list_qlik_objects", {"id": report_id})

    def list_template_items(self, report_id: Id) -> Record:
        """Return the items of a report's template, as a tree (source: "Get report objects").

        :param report_id: UUID of the report.
        :return: ``{"nodes": [{"name", "type", "icon", "objects": [{"id", "itemID", "title", "type", "objects",
            "columns"}]}]}``.
        """
        return self._record("reports.list_template_items", {"id": report_id})

    def generate_on_demand(
        self,
        report_id: Id,
        output_format: str,
        *,
        selections: Selections = None,
        app_id: Id | None = None,
        bookmark_id: Id | None = None,
    ) -> str:
        """Ask for a report and return the id of the request (source: "Generate an on-demand report").

        :param report_id: UUID of the report.
        :param output_format: One of :data:`OUTPUT_FORMATS`, in any case.
        :param selections: Qlik selections, see
            :func:`~airflow_qa_provider.vendors.qalyptus.client.selections.as_field_selections`.
        :param app_id: Qlik app to generate from.
        :param bookmark_id: Qlik bookmark to apply.
        :raises QARequestRejectedError: The vendor refused, for example a format that the report does not offer.
        """
        path = {"id": report_id, "outputFormat": canonical_format(output_format)}
        # the docs allow null for each member but list all three, so the body is never left out
        body = given(
            appId=check.optional_id(app_id, "app_id"), bookmarkId=check.optional_id(bookmark_id, "bookmark_id")
        )
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
    try:
        return check.choice(output_format, OUTPUT_FORMATS, "output_format")
    except QAValidationError as error:
        error.operation = operation
        raise
