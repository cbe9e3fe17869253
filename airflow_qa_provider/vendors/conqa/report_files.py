"""Reports of CONQA, by the address that the call of a webhook tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAApiError, QAError, QAResponseError
from airflow_qa_provider.kinds.files import RemoteFile
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.redirects import split_address
from airflow_qa_provider.vendors.conqa.client import ConqaClient


@dataclass(frozen=True)
class ToldReport(RemoteFile):
    """A report by its ``reportUrl`` (source: "Webhooks").

    :param url: The address. Whoever has it may have the report.
    """

    url: str = field(repr=False)

    operation = "reports.download"
    format = "pdf"

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        url = given.text("url")
        if split_address(url) is None:
            raise given.refused(
                "url is not the address of a report",
                "Hand on reportUrl of the webhook's call; it is empty where status is failed, and error says why",
            )
        return cls(url)

    @property
    @override
    def source(self) -> Mapping[str, str]:
        # what is between the host and the name: no id of the docs, but it tells one report from another
        parts = self._path.parts
        return {"report": "/".join(parts[1:-1]) or self._path.name}

    @property
    @override
    def stem(self) -> str:
        return "-".join(part for part in self._path.parts[-3:] if part not in ("/", "v2")) or "report"

    @property
    @override
    def secrets(self) -> tuple[str, ...]:
        target = split_address(self.url)
        return (target.query,) if target and target.query else ()

    @override
    def open(self, client: ConqaClient) -> Download:
        return client.stream_from(self.operation, self.url)

    @override
    def explained(self, error: QAError) -> QAError:
        if isinstance(error, (QAApiError, QAResponseError)):
            error.outcome = "Nothing was stored"
            error.hint = (
                "The address may have expired. A retry asks for the same one: start the report again with "
                "ConqaGenerateReportOperator, and take the address that the webhook then brings"
            )
        return error

    @property
    def _path(self) -> PurePosixPath:
        target = split_address(self.url)
        return PurePosixPath(unquote(target.path) if target else "")
