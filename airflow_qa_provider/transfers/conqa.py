"""Reports and lists of CONQA into object storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_qa_provider.bases.records import RecordsToObjectStorageOperator
from airflow_qa_provider.bases.transferring import ReportToObjectStorageOperator

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import RecordsArguments, TransferringArguments


class ConqaReportToObjectStorageOperator(ReportToObjectStorageOperator):
    """Stores a report whose address the call of a webhook has brought (source: "Webhooks").

    The address is asked without the API key, and only on CONQA's own host and those of ``download_hosts`` in the
    connection's extra: whoever can call the webhook's receiver could name any other.

    Returns the manifest of the file: ``uri``, ``name``, ``bytes``, ``sha256``, ``pages``, and more, see
    :class:`~airflow_qa_provider.reports.manifest.Manifest`. In a folder the file is named after the end of its address;
    give it a ``name`` that people know.

    :param url: ``reportUrl`` of the call. (templated)
    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.transferring.ReportToObjectStorageOperator`.
    """

    kind = "conqa.report"
    payload_fields = ("url",)
    template_fields = (*payload_fields, *ReportToObjectStorageOperator.template_fields, "conqa_conn_id")
    ui_color = "#fdf0d9"

    def __init__(
        self,
        *,
        url: str,
        conqa_conn_id: str = "conqa_default",
        **kwargs: Unpack[TransferringArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.url = url
        self.conqa_conn_id = conqa_conn_id


class ConqaRecordsToObjectStorageOperator(RecordsToObjectStorageOperator):
    """Stores a list of CONQA as JSON lines, CSV or Parquet.

    :param records: Name of the list: ``projects``, ``issues``, ``milestones``, ``project_webhooks``,
        ``account_webhooks``. (templated)
    :param project_id: Id of the project; that of the connection by default. (templated)
    :param account_id: Id of the account, for its webhooks; that of the connection by default. (templated)
    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.records.RecordsToObjectStorageOperator`.
    """

    vendor = "conqa"
    scope_fields = ("project_id", "account_id")
    connection_fields = scope_fields
    template_fields = (*RecordsToObjectStorageOperator.template_fields, *scope_fields, "conqa_conn_id")
    ui_color = "#fdf0d9"

    def __init__(
        self,
        *,
        project_id: str | None = None,
        account_id: str | None = None,
        conqa_conn_id: str = "conqa_default",
        **kwargs: Unpack[RecordsArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.account_id = account_id
        self.conqa_conn_id = conqa_conn_id
