"""Logs of Qalyptus Cloud, and the file that new users are filled into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from typing_extensions import Self, override

from airflow_qa_provider.kinds.files import RemoteFile
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient

LOGS = ("run", "smtp")


@dataclass(frozen=True)
class LogFile(RemoteFile):
    """The log of a request or a task run (sources: "Download the on-demand request log", "Download on-demand request
    SMTP log file", "Download the scheduled task log file", "Download the scheduled task SMTP log file").

    :param owner: ``request_id`` or ``run_id``.
    :param owner_id: That id.
    :param log_type: ``run``, or ``smtp`` for the mails that were sent.
    """

    owner: str
    owner_id: str
    log_type: str

    format = "txt"

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        if given.has("request_id") == given.has("run_id"):
            raise given.refused("give either request_id or run_id, whichever the log belongs to")
        owner = "request_id" if given.has("request_id") else "run_id"
        return cls(owner, given.id(owner), given.choice("log_type", LOGS))

    @property
    @override
    def operation(self) -> str:
        what = "on_demand" if self.owner == "request_id" else "scheduled"
        return f"status.download_{what}_{'smtp_' if self.log_type == 'smtp' else ''}log"

    @property
    @override
    def source(self) -> Mapping[str, str]:
        return {self.owner: self.owner_id}

    @property
    @override
    def stem(self) -> str:
        return f"{self.log_type} log {self.owner_id}"

    @override
    def open(self, client: QalyptusClient) -> Download:
        download: Download = getattr(client.status, self.operation.partition(".")[2])(self.owner_id)
        return download


@dataclass(frozen=True)
class ImportTemplate(RemoteFile):
    """The Excel file that users are filled into (source: "Download import users template")."""

    operation = "users.download_import_template"
    stem = "import users template"
    format = "xlsx"

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls()

    @override
    def open(self, client: QalyptusClient) -> Download:
        return client.users.download_import_template()


USER = Kind(name="qalyptus.user", noun="user", files={"import_template": ImportTemplate})
