"""Reports of the tasks of Qalyptus Cloud: which reports a task makes, and where they go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.vendors.qalyptus.client import rules
from airflow_qa_provider.vendors.qalyptus.client.reports import canonical_format
from airflow_qa_provider.vendors.qalyptus.client.resource import QalyptusResource, Record, Records


class TaskReports(QalyptusResource):
    """The part of tasks that deals with their reports."""

    def list_reports(self, task_id: str) -> Records:
        """Return the reports of a task (source: "Get task reports").

        :param task_id: UUID of the task.
        :return: Records with ``id`` (of the task report), ``reportID``, ``name``, ``format``, and more.
        :raises QANotFoundError: There is no such task.
        """
        return self._records("tasks.list_reports", {"id": task_id})

    def get_report(self, task_id: str, task_report_id: str) -> Record:
        """Return one report of a task with its options (source: "Get task report").

        :param task_id: UUID of the task.
        :param task_report_id: UUID of the task report, not of the report.
        :return: A record with ``format``, ``filters``, ``conditions``, ``storageServices``, ``iterationOptions``,
            ``separatorOptions``, ``hub``, ``fileStorage``, and more; it shows the shapes that
            :meth:`upsert_report` takes.
        :raises QANotFoundError: There is no such task or task report.
        """
        return self._record("tasks.get_report", {"id": task_id, "taskReportID": task_report_id})

    def upsert_report(
        self,
        task_id: str,
        *,
        report_id: str,
        output_format: str,
        email_embedment: bool,
        email_attachment: bool,
        task_report_id: str | None = None,
        file_open_password: str | None = None,
        file_write_password: str | None = None,
        is_open_file_password_protected: bool | None = None,
        is_write_file_password_protected: bool | None = None,
        iteration_options: Mapping[str, Any] | None = None,
        filters: Sequence[Mapping[str, Any]] | None = None,
        conditions: Sequence[Mapping[str, Any]] | None = None,
        storage_services: Sequence[Mapping[str, Any]] | None = None,
        hub: Mapping[str, Any] | None = None,
        file_storage: Mapping[str, Any] | None = None,
        separator_options: Mapping[str, Any] | None = None,
    ) -> Record:
        """Add a report to a task, or change one (source: "Add or update report").

        The objects are sent as they are: the docs name their types but not their fields, :meth:`get_report` shows them.
        Fields that are unset are not sent; the docs do not say whether they stay then.

        :param task_id: UUID of the task.
        :param report_id: UUID of the report.
        :param output_format: One of :data:`~airflow_qa_provider.vendors.qalyptus.client.reports.OUTPUT_FORMATS`, in any
            case.
        :param email_embedment: Whether the report is the text of the mail.
        :param email_attachment: Whether the report is attached to the mail.
        :param task_report_id: UUID of the task report to change; a new one is added when unset.
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
        :return: The vendor's answer, with the ``id`` of the task report when it holds one.
        :raises QAValidationError: A field breaks a documented rule, or the output format is not known.
        :raises QANotFoundError: There is no such task or task report.
        """
        body = given(
            reportID=rules.uuid(report_id, "report_id"),
            format=canonical_format(output_format, "tasks.upsert_report"),
            emailEmbedment=rules.boolean(email_embedment, "email_embedment"),
            emailAttachment=rules.boolean(email_attachment, "email_attachment"),
            fileOpenPassword=file_open_password,
            fileWritePassword=file_write_password,
            isOpenFilePasswordProtected=_protected("open", is_open_file_password_protected, file_open_password),
            isWriteFilePasswordProtected=_protected("write", is_write_file_password_protected, file_write_password),
            iterationOptions=_object(iteration_options),
            filters=_objects(filters),
            conditions=_objects(conditions),
            storageServices=_objects(storage_services),
            hub=_object(hub),
            fileStorage=_object(file_storage),
            separatorOptions=_object(separator_options),
        )
        params = {"taskReportID": rules.uuid_or_none(task_report_id, "task_report_id")}
        return self._created("tasks.upsert_report", {"id": task_id}, params=params, body=body)

    def delete_reports(self, task_id: str, task_report_ids: Iterable[str] | str) -> None:
        """Take reports off a task (source: "Delete task reports").

        :param task_id: UUID of the task.
        :param task_report_ids: UUIDs, at least one. The docs say "the IDs of the reports"; as a task can hold a report
            twice, those of the task reports are presumably meant.
        :raises QAValidationError: There is none, or one is not a UUID.
        :raises QANotFoundError: There is no such task.
        """
        body = rules.uuids(task_report_ids, "task_report_ids")
        self._client.call("tasks.delete_reports", {"id": task_id}, body=body)


def _protected(kind: str, said: bool | None, password: str | None) -> bool | None:
    # a password alone could leave the file open to all: the switches are optional, and presumably off when unset
    return True if said is None and password else rules.boolean_or_none(said, f"is_{kind}_file_password_protected")


def _object(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if value is None else dict(value)


def _objects(values: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]] | None:
    return None if values is None else [dict(value) for value in values]
