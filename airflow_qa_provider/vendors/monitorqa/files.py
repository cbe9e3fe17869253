"""Files of MonitorQA that were uploaded: photos, signatures, attachments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAConflictError, QANotFoundError
from airflow_qa_provider.kinds.files import RemoteFile
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.vendors.monitorqa.audit_reports import AUDIT_FACTS, audit_facts
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient


@dataclass(frozen=True)
class UploadedFile(RemoteFile):
    """One file, by its id (source: "Get File").

    :param file_id: Id of the file, such as a ``photoId``.
    :param with_watermark: Whether an image gets the watermark; ``None`` for the vendor's default.
    """

    file_id: str
    with_watermark: bool | None

    source_fields = ("file_id",)
    operation = "files.download"

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(given.id("file_id"), given.optional_flag("with_watermark"))

    @property
    @override
    def stem(self) -> str:
        return f"file {self.file_id}"

    @override
    def open(self, client: MonitorQAClient) -> Download:
        return client.files.download(self.file_id, with_watermark=self.with_watermark)


@dataclass(frozen=True)
class Photo(UploadedFile):
    """A photo of an audit.

    :param about: What a name may be made of.
    """

    about: Mapping[str, str] = field(default_factory=dict)

    name_fields = (*AUDIT_FACTS, "photo", "item", "file_id")
    part_fields = ("photo", "file_id")

    @property
    @override
    def source(self) -> Mapping[str, str]:
        return {"audit_id": self.about["audit_id"], "file_id": self.file_id}

    @property
    @override
    def stem(self) -> str:
        telling = [self.about[name] for name in ("name", "date", "number") if self.about.get(name)]
        return " ".join([*telling, "photo", self.about["photo"]])

    @property
    @override
    def facts(self) -> Mapping[str, str]:
        return {**self.about, "file_id": self.file_id}


@dataclass(frozen=True)
class AuditPhotos(RemoteFile):
    """All photos of the items of a completed audit, and of their corrective actions.

    :param audit_id: Id of the audit.
    :param with_watermark: As in :class:`UploadedFile`.
    """

    audit_id: str
    with_watermark: bool | None

    source_fields = ("audit_id",)
    name_fields = Photo.name_fields
    part_fields = Photo.part_fields
    operation = "audits.get_report"

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(given.id("audit_id"), given.optional_flag("with_watermark"))

    @property
    @override
    def stem(self) -> str:
        return f"audit {self.audit_id}"

    @override
    def open(self, client: MonitorQAClient) -> Download:
        raise NotImplementedError("the photos of an audit are fetched one by one")

    @override
    def parts(self, client: MonitorQAClient) -> Iterable[RemoteFile]:
        try:
            report = client.audits.get_report(self.audit_id)
            audit = client.audits.get(self.audit_id)
        except (QANotFoundError, QAConflictError) as error:
            error.object_id = self.audit_id
            error.outcome = "Nothing was stored"
            error.hint = "MonitorQA shows the photos of completed audits only: wait for it with MonitorQAAuditSensor"
            raise
        about = {**audit_facts(audit), "audit_id": self.audit_id}
        photos = dict(_photos(report.get("items") or ()))
        return [
            Photo(photo_id, self.with_watermark, {**about, "photo": f"{number:02d}", "item": item})
            for number, (photo_id, item) in enumerate(photos.items(), 1)
        ]


def _photos(items: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the id of each photo, and the text of its item."""
    for item in items:
        for owner in (item, *(item.get("actions") or ())):
            for photo in owner.get("photos") or ():
                # the docs show none: ids, or objects that have one
                shown = photo.get("photoId") or photo.get("id") if isinstance(photo, Mapping) else photo
                if shown:
                    yield str(shown), str(item.get("text") or "").strip()


FILE = Kind(name="monitorqa.file", noun="file", files={"file": UploadedFile})
