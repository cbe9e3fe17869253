"""Files and lists of smartQ into object storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_qa_provider.bases.records import RecordsToObjectStorageOperator
from airflow_qa_provider.bases.transferring import ReportToObjectStorageOperator

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import RecordsArguments, TransferringArguments


class SmartQFileToObjectStorageOperator(ReportToObjectStorageOperator):
    """Stores a file that hangs on a note of a ticket (source: "Files: returns file body").

    Returns the manifest of the file: ``uri``, ``name``, ``bytes``, ``sha256``, ``pages`` or ``rows``, and more, see
    :class:`~airflow_qa_provider.reports.manifest.Manifest`. In a folder the file keeps the name that it has at smartQ,
    or is named ``file-<id>`` where that shows none. Files of several notes may have one name: give each note a folder
    of its own, or ``name``.

    :param project_id: Id of the project; that of the connection by default. (templated)
    :param ticket_id: Id of the ticket. (templated)
    :param note_id: Id of the note, as :class:`~airflow_qa_provider.operators.smartq.SmartQAddNoteOperator` returns it.
        (templated)
    :param file_id: Id of the file; the operation ``files.list`` shows those of a note. (templated)
    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.transferring.ReportToObjectStorageOperator`.
    """

    kind = "smartq.note"
    file = "file"
    payload_fields = ("project_id", "ticket_id", "note_id", "file_id")
    connection_fields = ("project_id",)
    template_fields = (*payload_fields, *ReportToObjectStorageOperator.template_fields, "smartq_conn_id")
    ui_color = "#e8f1fb"

    def __init__(
        self,
        *,
        project_id: str | int | None = None,
        ticket_id: str | int,
        note_id: str | int,
        file_id: str | int,
        smartq_conn_id: str = "smartq_default",
        **kwargs: Unpack[TransferringArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.ticket_id = ticket_id
        self.note_id = note_id
        self.file_id = file_id
        self.smartq_conn_id = smartq_conn_id


class SmartQRecordsToObjectStorageOperator(RecordsToObjectStorageOperator):
    """Stores a list of smartQ as JSON lines, CSV or Parquet.

    :param records: Name of the list: ``projects``, ``steps``, ``tickets``, ``notes``, ``tasks``, ``users``,
        ``custom_fields``. (templated)
    :param project_id: Id of the project; that of the connection by default. (templated)
    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.records.RecordsToObjectStorageOperator`.
    """

    vendor = "smartq"
    scope_fields = ("project_id",)
    connection_fields = ("project_id",)
    template_fields = (*RecordsToObjectStorageOperator.template_fields, *scope_fields, "smartq_conn_id")
    ui_color = "#e8f1fb"

    def __init__(
        self,
        *,
        project_id: str | int | None = None,
        smartq_conn_id: str = "smartq_default",
        **kwargs: Unpack[RecordsArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.smartq_conn_id = smartq_conn_id
