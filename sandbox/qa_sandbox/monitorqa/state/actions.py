"""The corrective actions of a company."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from qa_sandbox.clock import later
from qa_sandbox.monitorqa.state.action import Action, Status, script
from qa_sandbox.monitorqa.state.answers import FollowUp
from qa_sandbox.monitorqa.state.audit import Audit
from qa_sandbox.monitorqa.state.events import Event
from qa_sandbox.monitorqa.state.shelf import Shelf
from qa_sandbox.monitorqa.wire.actions import UpdateAction
from qa_sandbox.outcomes import Outcome

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.company import Company

Todo = list[tuple[datetime, Status]]
_EVENTS = {
    Status.APPROVED: Event.ACTION_APPROVED,
    Status.REJECTED: Event.ACTION_REJECTED,
    Status.SUBMITTED: Event.ACTION_SUBMITTED,
    Status.EXPIRED: Event.ACTION_EXPIRED,
}


class Actions:
    """Corrective actions: failed items of completed audits bring them forth, users work on them."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._numbered = 0
        self.all: Shelf[Action] = Shelf("Corrective action", "corrective-action")
        # What becomes of a new action; the history of a new account puts its own here.
        self.foresee: Callable[[Action], Todo] = self._scripted

    def follow_up(self, audit: Audit) -> None:
        """Raise an action for every failed item."""
        for index, follow_up in audit.result.follow_ups.items():
            action = self.all.add(self._new(audit, index, follow_up))
            action.todo = self.foresee(action)
            self._announce(Event.ACTION_CREATED, action)
            if action.assignee_ids:
                self._announce(Event.ACTION_ASSIGNED, action)
            self._plan_next(action)

    def of_audit(self, audit: Audit) -> dict[int, Action]:
        """Return the actions of the audit's current round by the index of their item."""
        return {
            action.item: action for action in self.all if action.audit_id == audit.id and action.round == audit.round
        }

    def update(self, action_id: str, wanted: UpdateAction, user_id: str | None) -> None:
        """Change an action. With that, people have taken over: the simulated users leave it alone."""
        action = self.all.get(action_id)
        assignees = [user.id for user in self._company.people.users.known(wanted.assigned_users_ids or [])]
        before = (action.status, action.assignee_ids)
        action.name, action.description, action.priority = wanted.name, wanted.description, wanted.priority
        action.assignee_ids = assignees
        action.due_at, action.armed_at, action.todo = wanted.due_date_utc, self._company.now, []
        if wanted.status != action.status:
            self._enter(action, self._company.now, Status(wanted.status), user_id)
        if assignees and set(assignees) != set(before[1]):
            self._announce(Event.ACTION_ASSIGNED, action)
        if before[0] == action.status and set(before[1]) == set(assignees):
            self._announce(Event.ACTION_UPDATED, action)
        self._plan_next(action)

    def delete(self, action: Action) -> None:
        self.all.remove([action])
        self._announce(Event.ACTION_DELETED, action)

    def delete_of(self, audit: Audit) -> None:
        for action in self.all:
            if action.audit_id == audit.id:
                self.delete(action)

    def script(self, action_id: str, outcome: Outcome) -> bool:
        """Decide how an action that exists will end."""
        action = self.all.find(action_id)
        if action is None:
            return False
        action.todo = script(outcome.result, self._company.now, self._seconds(outcome))
        self._plan_next(action)
        return True

    def _new(self, audit: Audit, index: int, follow_up: FollowUp) -> Action:
        company, users = self._company, list(self._company.people.users)
        self._numbered += 1
        moment, key = audit.completed_at, f"{audit.key}:{index}"
        assignee = users[int(follow_up.lot * len(users))].id if users else None
        question = audit.result.answers[index].question
        return Action(
            id=company.make_id("action", key),
            number=f"CA-{moment.year}-{self._numbered:04d}",
            name=follow_up.name,
            description=follow_up.description,
            question=question.text,
            finding=question.finding,
            critical=question.critical,
            audit_id=audit.id,
            round=audit.round,
            item=index,
            item_id=company.make_id("item", key),
            assignee_ids=[assignee] if assignee else [],
            creator_id=company.audits.auditor(audit).id,
            created_at=moment,
            due_at=later(moment, follow_up.due_seconds),
            priority=follow_up.priority,
            armed_at=moment,
            file_ids=[company.make_id("photo", key)],
        )

    def _scripted(self, action: Action) -> Todo:
        outcome = self._company.outcomes.take("action", action.name, action.id)
        return script(outcome.result, action.created_at, self._seconds(outcome)) if outcome else []

    def _seconds(self, outcome: Outcome) -> float:
        return self._company.settings.audit_seconds if outcome.seconds is None else outcome.seconds

    def _plan_next(self, action: Action) -> None:
        step = action.next_step()
        if step is not None:
            self._company.agenda.plan(step[0], lambda moment: self._continue(action, moment))

    def _continue(self, action: Action, moment: datetime) -> None:
        step = action.next_step()
        if self._company.closed or self.all.find(action.id) is None or step is None or step[0] > moment:
            return
        if step in action.todo:
            action.todo.remove(step)
        if step[1] is Status.EXPIRED:
            action.todo.clear()
        self._enter(action, step[0], step[1], None if step[1] is Status.EXPIRED else action.creator_id)
        self._plan_next(action)

    def _enter(self, action: Action, moment: datetime, status: Status, user_id: str | None) -> None:
        action.enter(moment, status, user_id)
        if status is Status.SUBMITTED and action.submission is None:
            action.submission = self._company.files.submission(action, moment)
        if status in _EVENTS:
            self._announce(_EVENTS[status], action)

    def _announce(self, event: Event, action: Action) -> None:
        self._company.announce(self._company, event, action)
