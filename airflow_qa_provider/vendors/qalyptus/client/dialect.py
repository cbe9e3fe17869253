"""What the public Qalyptus Cloud docs leave open, in one place: status words, field names, choices.

The docs show no response samples. The words below come from public material about Qalyptus (Server v1 and help pages)
and are compared without regard to case. A connection can replace any of them in its extra, for example
``{"qalyptus": {"succeeded": ["done"], "task_runs": "on_demand"}}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_qa_provider.exceptions import QAConfigurationError, QAResponseError
from airflow_qa_provider.rest.options import with_options
from airflow_qa_provider.rest.shapes import first_in, text_in


@dataclass(frozen=True)
class Dialect:
    """Status words and field names of a tenant; all inferred.

    :param succeeded: Words for a good end.
    :param warning: Words for an end with a warning, such as a task whose conditions did not hold.
    :param failed: Words for a failed end.
    :param cancelled: Words for a stopped run.
    :param active: Words for not yet ended. Anything else is unknown, and waited for.
    :param status_fields: Names under which a record may hold its status, in order of preference.
    :param id_fields: The same for the id of a record.
    :param task_id_fields: The same for the task of a run.
    :param report_id_fields: The same for the report of a request.
    :param format_fields: The same for the output format of a request.
    :param created_fields: The same for the moment at which a request or run was made.
    :param message_fields: The same for a text that explains the status.
    :param task_runs: Where the runs of tasks that were started through the API are listed:
        ``scheduled`` ("Get scheduled task status list") or ``on_demand`` ("Get on-demand requests status").
    :param uri_fields: Names under which the URI of a report may come, where the answer is not the URI itself.
    :param secret_fields: Names under which a new API key may come back, in order of preference.
    :param import_field: Name of the form field that holds the file of users to import.
    """

    succeeded: tuple[str, ...] = ("completed", "success", "succeeded")
    warning: tuple[str, ...] = ("warning",)
    failed: tuple[str, ...] = ("error", "failed", "aborted")
    cancelled: tuple[str, ...] = ("stopped", "cancelled", "canceled")
    active: tuple[str, ...] = ("queued", "running", "pending", "waiting", "stopping")
    status_fields: tuple[str, ...] = ("status", "state", "executionStatus")
    id_fields: tuple[str, ...] = ("id", "requestId", "requestID", "statusId")
    task_id_fields: tuple[str, ...] = ("taskId", "taskID", "scheduledTaskId")
    report_id_fields: tuple[str, ...] = ("reportId", "reportID")
    format_fields: tuple[str, ...] = ("outputFormat", "format")
    created_fields: tuple[str, ...] = ("createdDate", "createdAt", "creationDate", "startDate")
    message_fields: tuple[str, ...] = ("message", "errorMessage", "error", "details")
    task_runs: str = "scheduled"
    uri_fields: tuple[str, ...] = ("uri", "url", "downloadUrl", "link")
    secret_fields: tuple[str, ...] = ("key", "apiKey", "secret", "token", "value")
    import_field: str = "file"

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Dialect:
        """Return the dialect with a connection's replacements.

        :param options: Names of the fields above to words; a single word may be given as a string.
        :raises QAConfigurationError: An unknown name, or a value that cannot be used; the message names it.
        """
        dialect = with_options(cls(), options, "qalyptus")
        if dialect.task_runs not in ("scheduled", "on_demand"):
            raise QAConfigurationError(
                f"extra.qalyptus.task_runs must be 'scheduled' or 'on_demand', got {dialect.task_runs!r}",
                vendor="qalyptus",
            )
        if not dialect.import_field:
            raise QAConfigurationError("extra.qalyptus.import_field must not be empty", vendor="qalyptus")
        return dialect

    def status_of(self, record: Mapping[str, Any]) -> str:
        """Return a record's status in the vendor's word; empty when it has none."""
        return text_in(record, self.status_fields) or ""

    def message_of(self, record: Mapping[str, Any]) -> str:
        """Return the text that explains a record's status; empty when it has none."""
        return str(first_in(record, self.message_fields) or "")

    def task_id_of(self, record: Mapping[str, Any]) -> str | None:
        """Return the id of the task that a run belongs to."""
        return text_in(record, self.task_id_fields)

    def report_id_of(self, record: Mapping[str, Any]) -> str | None:
        """Return the id of the report that a request is for."""
        return text_in(record, self.report_id_fields)

    def format_of(self, record: Mapping[str, Any]) -> str | None:
        """Return the output format of a request."""
        return text_in(record, self.format_fields)

    def created_of(self, record: Mapping[str, Any]) -> str | None:
        """Return when a request or run was made, in the vendor's form."""
        return text_in(record, self.created_fields)

    def find_uri(self, answer: Any) -> str | None:
        """Return the URI in an answer that is a bare URI or a record; ``None`` when there is none."""
        value = first_in(answer, self.uri_fields) if isinstance(answer, Mapping) else answer
        return value.strip() if isinstance(value, str) and value.strip() else None

    def find_id(self, answer: Any) -> str | None:
        """Return the id in an answer that is a bare id or a record; ``None`` when there is none."""
        if isinstance(answer, str) and answer.strip():
            return answer.strip()
        return text_in(answer, self.id_fields) if isinstance(answer, Mapping) else None

    def id_of(self, answer: Any, operation: str, outcome: str) -> str:
        """Return the id in an answer that must have one.

        :param answer: A bare id or a record.
        :param operation: What was asked, for the message.
        :param outcome: What happened at the vendor, for the message.
        :raises QAResponseError: There is none.
        """
        found = self.find_id(answer)
        if found is None:
            seen = sorted(answer) if isinstance(answer, Mapping) else type(answer).__name__
            raise QAResponseError(
                f"no id in the answer; looked for {list(self.id_fields)}, got {seen}",
                vendor="qalyptus",
                operation=operation,
                outcome=outcome,
                hint='Set the name in the connection\'s extra: {"qalyptus": {"id_fields": ["..."]}}',
            )
        return found
