"""Reports: started without an id, and announced to the REPORT webhooks when they are done."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qa_sandbox.clock import later
from qa_sandbox.conqa.projects import Checklist, Person, Project

EXPORTS_PREFIX = "/exports/"
QA_REPORT, ISSUE_REPORT = "QAREPORT", "ISSUES"
QA_REPORT_TYPES = (QA_REPORT, "HISTORY", "FAILED_CHECKPOINT")
_FILES = {ISSUE_REPORT: "issue-report.pdf"}
_SUPPORT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass
class ReportRun:
    """
    One report being made.

    :param id: secret part of the file's address
    :param type: ``QAREPORT``, ``HISTORY``, ``FAILED_CHECKPOINT`` or ``ISSUES``
    :param checklist: None for an issue report
    :param given: ``context`` of a QA report, ``filters`` of an issue report
    :param ending: ``completed``, ``error``, or ``never`` and ``stopped``, of which nobody hears
    :param seconds: until it ends
    :param announced: whether the webhooks were called
    """

    id: str
    project: Project
    type: str
    checklist: Checklist | None
    given: Mapping[str, Any]
    requested_by: Person
    requested_at: datetime
    ending: str
    seconds: float
    announced: bool = False

    @property
    def name(self) -> str:
        return self.checklist.name if self.checklist is not None else self.project.name

    @property
    def due_at(self) -> datetime:
        return later(self.requested_at, self.seconds)

    @property
    def path(self) -> str:
        """Where its file is served."""
        return f"{EXPORTS_PREFIX}{self.id}/v2/{_FILES.get(self.type, 'qa-report.pdf')}"

    def is_ready(self, now: datetime) -> bool:
        return self.ending == "completed" and self.due_at <= now

    def payload(self, base_url: str) -> dict[str, Any]:
        """Build the message for the webhooks; members differ by type and ending exactly as documented."""
        completed, is_qa = self.ending == "completed", self.type in QA_REPORT_TYPES
        data: dict[str, Any] = {} if completed and is_qa else {"projectId": self.project.id}
        data["reportUrl"] = base_url + self.path if completed else ""
        data["reportRequestedBy"] = self.requested_by.email
        data["reportType"] = self.type
        data["context" if is_qa else "filters"] = dict(self.given)
        data["supportCode"] = "" if completed else _support_code(self.id)
        data["error"] = "" if completed else "There was an error generating the report"
        data["status"] = "completed" if completed else "failed"
        if completed and self.checklist is not None:
            data["breadcrumbs"] = _breadcrumbs(self.checklist)
        return {"data": data}


def _support_code(run_id: str) -> str:
    return "".join(random.Random(run_id).choices(_SUPPORT_ALPHABET, k=5))


def _breadcrumbs(checklist: Checklist) -> list[dict[str, str]]:
    folders = [{"id": folder.id, "name": folder.name, "type": "folder"} for folder in checklist.path]
    return [*folders, {"id": checklist.id, "name": checklist.name, "type": "checklist"}]
