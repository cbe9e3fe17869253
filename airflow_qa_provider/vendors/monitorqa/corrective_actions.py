"""Corrective actions of MonitorQA: where one stands, and how it is changed."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from typing_extensions import Self, override

from airflow_qa_provider.kinds.change import Change, Shown
from airflow_qa_provider.kinds.conditions import Condition, Target
from airflow_qa_provider.kinds.fields import from_moment
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.polling import Statuses, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.rest.timestamps import to_utc
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.monitorqa.client.enums import CorrectiveActionPriority, CorrectiveActionStatus
from airflow_qa_provider.vendors.monitorqa.pages import action_page

log = logging.getLogger(__name__)

_FEW = 3
_PAGE_SIZE = 100
_WORDS = {status.value: status.name.lower() for status in CorrectiveActionStatus}
_PRIORITIES = {one.value: one.name.lower() for one in CorrectiveActionPriority}
_WAITED_FOR = ("open", "submitted", "approved", "rejected")
_CLOSED = ("approved", "expired")
_FIELDS = ("name", "description", "due_date", "status", "priority", "assigned_users_ids")


@dataclass(frozen=True)
class UpdateCorrectiveAction(Change):
    """Fields of a corrective action that are to change; ``None`` for those that stay (source: "Update action").

    :param action_id: Id of the corrective action.
    :param name: New name.
    :param description: New description, ``""`` for none.
    :param due_date: New due date, or how long after the first attempt.
    :param status: New status, in a word.
    :param priority: New priority, in a word.
    :param assigned_users_ids: Users who are to do it, all of them, sorted.
    :param floating: Whether the due date is relative to the moment of the request.
    """

    action_id: str
    name: str | None = None
    description: str | None = None
    due_date: datetime | timedelta | None = None
    status: str | None = None
    priority: str | None = None
    assigned_users_ids: tuple[str, ...] | None = None
    floating: bool = False

    id_field = "action_id"

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        users = given.optional_ids("assigned_users_ids")
        status = given.optional_member("status", CorrectiveActionStatus)
        priority = given.optional_member("priority", CorrectiveActionPriority)
        change = cls(
            action_id=given.id("action_id"),
            name=None if given.raw("name") is None else given.text("name"),
            description=given.optional_text("description"),
            due_date=given.optional_when("due_date"),
            status=None if status is None else status.name.lower(),
            priority=None if priority is None else priority.name.lower(),
            assigned_users_ids=None if users is None else tuple(sorted(set(users))),
        )
        if all(getattr(change, name) is None for name in _FIELDS):
            raise given.refused(f"there is nothing to change: give at least one of {', '.join(_FIELDS)}")
        return change

    @override
    def at(self, moment: datetime) -> Self:
        if not isinstance(self.due_date, timedelta):
            return self
        return replace(self, due_date=from_moment(moment, self.due_date), floating=True)

    @override
    def wanted(self, client: MonitorQAClient) -> Shown:
        given = {name: getattr(self, name) for name in _FIELDS if getattr(self, name) is not None}
        if self.due_date is not None:
            given["due_date"] = _as_shown(self.due_date)
        if self.assigned_users_ids is not None:
            given["assigned_users_ids"] = list(self.assigned_users_ids)
        return given

    @override
    def current(self, client: MonitorQAClient) -> Shown:
        action = client.corrective_actions.get(self.action_id)
        due = action.get("dueDateUtc")
        return {
            "name": action.get("name"),
            "description": action.get("description") or "",
            "due_date": None if due is None else _as_shown(to_utc(due, "dueDateUtc")),
            "status": _WORDS.get(action.get("status", -1), str(action.get("status"))),
            "priority": _PRIORITIES.get(action.get("priority", -1), str(action.get("priority"))),
            "assigned_users_ids": sorted(user["id"] for user in action.get("assignedUsers") or ()),
        }

    @override
    def send(self, client: MonitorQAClient, wanted: Shown, current: Shown | None) -> None:
        # MonitorQA replaces all fields: those that are not given go as they are
        shown = current or {}
        fields = {**shown, **wanted}
        if fields["status"] == shown.get("status") and fields["status"] in _CLOSED:
            log.warning("The corrective action is %s, and stays so: no other status is given", fields["status"])
        if fields["description"] == shown.get("description") == "":
            fields["description"] = None  # it has none, and gets none
        client.corrective_actions.update(self.action_id, **fields)

    @override
    def was_made(self, current: Shown | None, sent_at: datetime) -> bool:
        # a date that was relative to the request shows it; one that the author gave does not
        relative = self.due_date is not None and self.floating
        return relative and current is not None and current["due_date"] == _as_shown(self.due_date)


def poll_actions(client: MonitorQAClient, ids: Collection[str], since: float) -> Statuses:
    """Ask where corrective actions stand.

    Few are asked for one by one. Of many, those that the list of pending ones shows need no call of their own.
    """
    statuses: Statuses = {}
    if len(ids) > _FEW:
        wanted = set(ids)
        # bounded, so that many foreign actions never cost much more than asking one by one
        size = max(_PAGE_SIZE, client.settings.page_size or 0)
        rows = client.corrective_actions.list_pending(page_size=size)
        for row in islice(rows, max(len(wanted) // 4, 1) * size):
            if row.get("id") in wanted:
                statuses[row["id"]] = action_snapshot(row)
                if len(statuses) == len(wanted):
                    break
    rest = [action_id for action_id in ids if action_id not in statuses]
    statuses.update(poll_each(lambda action_id: _one(client, action_id), rest))
    return statuses


def action_snapshot(action: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot of a corrective action: expired is a failure, other states end a wait by its condition.

    :param action: Its details, or its row in a list.
    """
    number = action.get("status")
    status = _WORDS.get(number, str(number)) if isinstance(number, int) else str(number or "")
    phase = Phase.FAILED if status == "expired" else Phase.ACTIVE
    detail = {
        "status": status,
        "due_at": action.get("dueDateUtc"),
        "audit_id": (action.get("audit") or {}).get("id"),
    }
    return Snapshot(
        str(action["id"]), phase, status, detail, action_page(action["id"]), known=status in _WORDS.values()
    )


def _one(client: MonitorQAClient, action_id: str) -> Snapshot:
    return action_snapshot({"id": action_id, **client.corrective_actions.get(action_id)})


def _target(given: Given) -> Target:
    wanted = [given.check.choice(word, _WAITED_FOR, "status") for word in given.words("status")]
    # nothing follows on an approval
    failed = {} if "approved" in wanted else {"status": ["approved"]}
    return Target(given.id("action_id"), Condition(reached={"status": wanted}, failed=failed))


def _as_shown(moment: Any) -> str:
    """Write a moment to the millisecond, as MonitorQA does."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


CORRECTIVE_ACTION = Kind(
    name="monitorqa.corrective_action",
    noun="corrective action",
    poll=poll_actions,
    condition=_target,
    link=action_page,
    changes={"update": UpdateCorrectiveAction},
    facts={"due_at": "when it is due", "audit_id": "audit that it belongs to"},
)
