"""Photos, signatures and other files of a company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from qa_sandbox.files.photos import photo
from qa_sandbox.monitorqa.images import signature
from qa_sandbox.monitorqa.state.actions import Action, Submission
from qa_sandbox.monitorqa.state.audits import Audit
from qa_sandbox.monitorqa.state.base import Shelf
from qa_sandbox.monitorqa.wire.audits import AUDITEE

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.company import Company

JPEG, PNG = "image/jpeg", "image/png"


@dataclass(frozen=True)
class StoredFile:
    """A file; ``read`` makes its content, the same each time. Some cannot be had with a watermark."""

    id: str
    name: str
    content_type: str
    updated_at: datetime
    watermark: bool
    read: Callable[[], bytes]


class Files:
    """Files of a company."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self.all: Shelf[StoredFile] = Shelf("File", "file")

    def keep(self, name: str, content_type: str, data: bytes) -> StoredFile:
        file_id = self._company.new_id("file")
        return self.all.add(StoredFile(file_id, name, content_type, self._company.now, True, lambda: data))

    def delete(self, file_id: str | None) -> None:
        found = self.all.find(file_id) if file_id else None
        if found is not None:
            self.all.remove([found])

    def keep_photos(self, audit: Audit) -> None:
        """Store what an auditor photographs, and the signatures."""
        make_id, moment = self._company.make_id, audit.completed_at
        marked = audit.template.watermark
        stamp = f"{moment:%Y-%m-%d %H:%M}  {_ascii(audit.audit_object.name)}"
        for index, answer in enumerate(audit.result.answers):
            if answer.has_photo:
                draw = partial(photo, index, stamp, answer.verdict == "Failed")
                photo_id = make_id("photo", f"{audit.key}:{index}")
                self.all.add(StoredFile(photo_id, f"{audit.number}-{index + 1:02d}.jpg", JPEG, moment, marked, draw))
        for kind, name in (("auditee", AUDITEE), ("auditor", self._company.audits.auditor(audit).name)):
            sign = partial(signature, name)
            self.all.add(
                StoredFile(make_id(f"{kind}-signature", audit.key), f"{kind}-signature.png", PNG, moment, False, sign)
            )

    def submission(self, action: Action, moment: datetime) -> Submission:
        make_id, audit = self._company.make_id, action.audit
        marked = audit.template.watermark
        draw = partial(photo, action.item, f"{moment:%Y-%m-%d %H:%M}  {_ascii(audit.audit_object.name)}", False)
        done = self.all.add(StoredFile(make_id("photo-after", action.id), "after.jpg", JPEG, moment, marked, draw))
        text = f"Work order {action.number}\n{action.name}\nDone on {moment:%Y-%m-%d}.\n"
        order_id = make_id("work-order", action.id)
        order = StoredFile(order_id, f"{action.number}.txt", "text/plain", moment, False, text.encode)
        return Submission("Put right, see the photo.", [done], [self.all.add(order)])


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()[:40]
