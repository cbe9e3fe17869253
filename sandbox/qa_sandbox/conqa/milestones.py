"""
Milestones: changes are checked and accepted at once, and shown later.

Two views are kept. *Accepted* is what all commands taken together will lead to; new commands are checked against it.
*Visible* is what lists show; it follows ``milestone_seconds`` behind.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from qa_sandbox.clock import iso_milliseconds, later
from qa_sandbox.conqa import seed
from qa_sandbox.conqa.errors import Skipped
from qa_sandbox.conqa.models import MilestoneData
from qa_sandbox.conqa.projects import Checklists, MilestoneConfig, Project
from qa_sandbox.conqa.values import Change, Stored, read_change
from qa_sandbox.context import SandboxContext
from qa_sandbox.web import Refused

UPSERTED, DELETED = "UPSERTED", "DELETED"


@dataclass(frozen=True)
class Milestone:
    """One version of a milestone: the identifier of its status, and what is stored by field, options by identifier."""

    id: str
    external_id: str
    project_id: str
    name: str
    status: str
    fields: Mapping[str, Stored]
    checklist_id: str
    created_at: datetime
    updated_at: datetime


class MilestoneBook:
    """
    The milestones of all projects.

    :param shown: called with a version that has just become visible, and ``UPSERTED`` or ``DELETED``
    """

    def __init__(
        self, context: SandboxContext, checklists: Checklists, shown: Callable[[Milestone, str], None]
    ) -> None:
        self._context = context
        self._checklists = checklists
        self._shown = shown
        self._accepted: dict[str, Milestone] = {}
        self._visible: dict[str, Milestone] = {}
        self._queue: list[tuple[datetime, int, Milestone, str]] = []
        self._versions, self._made_ids = itertools.count(), itertools.count()
        self._shown_versions: dict[str, int] = {}
        self._latest: dict[tuple[str, str], datetime] = {}
        self.skipped: deque[dict[str, Any]] = deque(maxlen=1000)

    def add_history(self, project: Project, until: datetime) -> None:
        has_folders = project.config is not None and project.config.folder_fields is not None
        rows = seed.MILESTONES if has_folders else seed.MILESTONES[3:5]
        for index, (external_id, name, product, area, status) in enumerate(rows):
            made = until - timedelta(days=90 - 5 * index, hours=index % 7)
            start = (made + timedelta(days=40)).date()
            fields: dict[str, Stored] = {
                "productType": product,
                "area": area,
                "startDate": start.isoformat(),
                "endDate": (start + timedelta(days=12)).isoformat(),
            }
            checklist = self._checklists.make(project, product, area if has_folders else "", made)
            changed = made + timedelta(days=2 * index % 9)
            milestone = Milestone(
                self._new_id(), external_id, project.id, name, status, fields, checklist.id, made, changed
            )
            self._accepted[milestone.id] = self._visible[milestone.id] = milestone

    def visible(self, project: Project) -> list[Milestone]:
        """Return what the list shows now, in the order of creation."""
        return [milestone for milestone in self._visible.values() if milestone.project_id == project.id]

    def settle(self, now: datetime) -> None:
        """Show every change that is due."""
        while self._queue and self._queue[0][0] <= now:
            _, version, milestone, event = heapq.heappop(self._queue)
            if version < self._shown_versions.get(milestone.id, 0):
                continue
            self._shown_versions[milestone.id] = version
            if event == DELETED:
                self._visible.pop(milestone.id, None)
            else:
                self._visible[milestone.id] = milestone
            self._shown(milestone, event)

    def upsert(self, project: Project, external_id: str, timestamp: datetime, data: MilestoneData) -> datetime | None:
        """Accept a change; return when lists will show it, None when they never will."""
        config = project.config
        if config is None:
            raise Refused(404, "No milestone config exists for the project")
        change, problems = read_change(config, data)
        if problems:
            raise Refused(400, "Unknown or invalid field names or values", problems)
        found = self._find(project, external_id)
        _check_unambiguous(found, external_id)
        if found:
            _check_update(config, found[0], change)
        else:
            _check_create(config, change.fields)
        if not self._is_new(project, external_id, timestamp):
            return None
        for spec, option in change.new_options:
            spec.options.append(option)
        version = self._changed(found[0], change) if found else self._made(project, config, external_id, change)
        self._accepted[version.id] = version
        return self._enqueue(version, UPSERTED)

    def delete(self, project: Project, external_id: str, timestamp: datetime) -> datetime | None:
        """Accept a deletion; return when lists will show it, None when they never will."""
        found = self._find(project, external_id)
        _check_unambiguous(found, external_id)
        still_shown = any(item.external_id == external_id for item in self.visible(project))
        if not found and not still_shown:
            raise Refused(404, "No milestone with the given external ID exists in the project")
        if not found or not self._is_new(project, external_id, timestamp):
            return None
        del self._accepted[found[0].id]
        return self._enqueue(found[0], DELETED)

    def _find(self, project: Project, external_id: str) -> list[Milestone]:
        return [
            milestone
            for milestone in self._accepted.values()
            if milestone.project_id == project.id and milestone.external_id == external_id
        ]

    def _is_new(self, project: Project, external_id: str, timestamp: datetime) -> bool:
        key = (project.id, external_id)
        latest = self._latest.get(key)
        if latest is not None and timestamp <= latest:
            stamps = {"timestamp": iso_milliseconds(timestamp), "latest": iso_milliseconds(latest)}
            self.skipped.append({"projectId": project.id, "externalId": external_id, **stamps})
            return False
        self._latest[key] = timestamp
        return True

    def _changed(self, milestone: Milestone, change: Change) -> Milestone:
        return replace(
            milestone,
            name=change.name or milestone.name,
            status=change.status or milestone.status,
            fields={**milestone.fields, **change.fields},
            updated_at=self._context.clock.now(),
        )

    def _made(self, project: Project, config: MilestoneConfig, external_id: str, change: Change) -> Milestone:
        now = self._context.clock.now()
        area = str(change.fields.get("area") or "") if config.folder_fields else ""
        checklist = self._checklists.make(project, str(change.fields[config.template_field]), area, now)
        return Milestone(
            id=self._new_id(),
            external_id=external_id,
            project_id=project.id,
            name=change.name or external_id,
            status=change.status or next(iter(config.statuses)),
            fields=change.fields,
            checklist_id=checklist.id,
            created_at=now,
            updated_at=now,
        )

    def _enqueue(self, milestone: Milestone, event: str) -> datetime | None:
        usual = self._context.settings.milestone_seconds
        result, seconds = self._context.outcomes.ending(
            "milestone", milestone.external_id, milestone.id, "applied", usual
        )
        if result == "never":
            return None
        due = later(self._context.clock.now(), seconds)
        heapq.heappush(self._queue, (due, next(self._versions), milestone, event))
        return due

    def _new_id(self) -> str:
        return "ms:" + self._context.make_id("milestone", next(self._made_ids))


def _check_unambiguous(found: list[Milestone], external_id: str) -> None:
    if len(found) > 1:
        raise Skipped("ambiguousExternalId", f"{len(found)} milestones exist with the external ID {external_id}")


def _check_update(config: MilestoneConfig, milestone: Milestone, change: Change) -> None:
    if change.is_empty:
        raise Skipped("noData", "An update needs a name, a status or fields")
    places = {config.template_field, *(config.folder_fields or ())}
    if places & set(change.fields):
        _check_create(config, {**milestone.fields, **change.fields})


def _check_create(config: MilestoneConfig, fields: Mapping[str, Stored]) -> None:
    required = (config.template_field, *(config.folder_fields or ()))
    missing = [name for name in required if fields.get(name) is None]
    if missing:
        details = {f"fields.{name}": "is required to create the milestone" for name in missing}
        raise Skipped("missingFields", f"Required fields are missing: {', '.join(missing)}", details)
    product = fields[config.template_field]
    if product not in seed.TEMPLATES:
        raise Skipped("noChecklistTemplate", f"No checklist template is configured for {product}")
    if config.folder_fields is None:
        raise Skipped("noFolderNaming", "The project has no folder structure in its milestone config")
    if fields["area"] not in seed.AREAS_WITH_FOLDER:
        raise Skipped("noFolder", f"There is no folder for the area {fields['area']}")
