"""Reports of the tasks of Qalyptus Cloud: which reports a task makes, and where they go."""

from __future__ import annotations

from typing import TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.parameters import Flag, Id, Ids, Object, Objects, Secret
from airflow_qa_provider.vendors.qalyptus.client.reports import canonical_format
from airflow_qa_provider.vendors.qalyptus.client.resource import QalyptusResource, Record, Records
from airflow_qa_provider.vendors.qalyptus.client.rules import Uuid, check


class TaskReportFields(TypedDict, total=False):
    """What a report of a task has.

    The objects are sent as they are: the docs name their types but not their fields, :meth:`TaskReports.get_report`
    shows them. What is unset is not sent; the docs do not say whether it stays then.

    :param report_id: UUID of the report.
    :param email_embedment: Whether the report is the text of the mail.
    :param email_attachment: Whether the report is attached to the mail.
    :param file_open_password: Password that opens the file.
    :param file_write_password: Password that is needed to change the file.
    :param is_open_file_password_protected: Whether the first is asked for; by default when it is given.
    :param is_write_file_password_protected: Whether the second is asked for; by default when it is given.
    :param iteration_options: How it is iterated (``IterationReportDto``).
    :param filters: Its filters (``ReportFilterDto``), seen with ``{"id", "name", "order"}``.
    :param conditions: Its conditions (``ReportConditionDto``).
    :param storage_services: Where it is put (``ReportStorageServiceDto``).
    :param hub: How it shows up in the hub (``ReportHubDto``).
    :param file_storage: Where it is kept (``ReportFileStorageDto``).
    :param separator_options: Marks in numbers (``SeparatorOptionsDto``), seen with ``{"numberDecimalSeparator",
        "numberGroupSeparator"}``.
    """

    report_id: Required[Uuid]
    email_embedment: Required[Flag]
    email_attachment: Required[Flag]
    file_open_password: Secret | None
    file_write_password: Secret | None
    is_open_file_password_protected: Flag | None
    is_write_file_password_protected: Flag | None
    iteration_options: Object | None
    filters: Objects | None
    conditions: Objects | None
    storage_services: Objects | None
    hub: Object | None
    file_storage: Object | None
    separator_options: Object | None


class TaskReports(QalyptusResource):
    """The part of tasks that deals with their reports."""

    def list_reports(self, task_id: Id) -> Records:
        """Return the reports of a task (source: "Get task reports").

        :param task_id: UUID of the task.
        :return: Records with ``id`` (of the task report), ``reportID``, ``name``, ``format``, and more.
        """
        return self._records("tasks.list_reports", {"id": task_id})

    def get_report(self, task_id: Id, task_report_id: Id) -> Record:
        """Return one report of a task with its options (source: "Get task report").

        :param task_id: UUID of the task.
        :param task_report_id: UUID of the task report, not of the report.
        :return: A record with ``format``, ``filters``, ``conditions``, ``storageServices``, ``iterationOptions``,
            ``separatorOptions``, ``hub``, ``fileStorage``, and more; it shows the shapes that
            :meth:`upsert_report` takes.
        """
        return self._record("tasks.get_report", {"id": task_id, "taskReportID": task_report_id})

    def upsert_report(
        self, task_id: Id, *, output_format: str, task_report_id: str | None = None, **report: Unpack[TaskReportFields]
    ) -> Record:
        """Add a report to a task, or change one (source: "Add or update report").

        :param task_id: UUID of the task.
        :param output_format: One of :data:`~airflow_qa_provider.vendors.qalyptus.client.reports.OUTPUT_FORMATS`, in any
            case.
        :param task_report_id: UUID of the task report to change; a new one is added when unset.
        :param report: Fields of :class:`TaskReportFields`.
        """
        body = {
            "format": canonical_format(output_format, "tasks.upsert_report"),
            **check.wire(TaskReportFields, report),
        }
        for kind in ("Open", "Write"):
            # a password alone could leave the file open to all: the switches are presumably off when unset
            if f"file{kind}Password" in body:
                body.setdefault(f"is{kind}FilePasswordProtected", True)
        return self._upserted("tasks.upsert_report", task_id, "task_report_id", task_report_id, body)

    def delete_reports(self, task_id: Id, task_report_ids: Ids) -> None:
        """Take reports off a task (source: "Delete task reports").

        :param task_id: UUID of the task.
        :param task_report_ids: UUIDs, at least one. The docs say "the IDs of the reports"; as a task can hold a report
            twice, those of the task reports are presumably meant.
        """
        body = check.uuids(task_report_ids, "task_report_ids")
        self._client.call("tasks.delete_reports", {"id": task_id}, body=body)
