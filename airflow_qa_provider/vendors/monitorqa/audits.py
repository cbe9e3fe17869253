"""Audits of MonitorQA: what is asked for, where one stands, and its page."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from functools import partial
from itertools import islice
from typing import Any, ClassVar

from typing_extensions import Self, override

from airflow_qa_provider.kinds.conditions import Target
from airflow_qa_provider.kinds.fields import UNNOTED, KindFields, absolute, from_moment
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.polling import Statuses, doubted, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors.monitorqa.audit_lookup import find_audits
from airflow_qa_provider.vendors.monitorqa.audit_reports import AuditReport
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.monitorqa.files import AuditPhotos
from airflow_qa_provider.vendors.monitorqa.pages import audit_page
from airflow_qa_provider.vendors.monitorqa.reopening import ReopenAudit
from airflow_qa_provider.vendors.monitorqa.updates import cannot_update, check_same

_FEW = 3
_PAGE_SIZE = 100
_UNCHECKED_POLLS = 2
_LEAST_PER_PAGE = 10
_CLOCK_MARGIN = timedelta(hours=1)
_LONGEST_HINT = 2000


@dataclass(frozen=True)
class AuditFields(KindFields):
    """A one-time audit (source: "Create one-time audit").

    :param name: Name.
    :param template_id: Template to use.
    :param audit_object_id: Object to be audited.
    :param due: Due date, or how long after the creation.
    :param start: From when it can be started, in the same forms; at once by default.
    :param auditor_hint: Instructions for the auditor.
    :param assignee_id: User who will do it.
    :param floating: Whether a date is relative to the moment of the request, which makes it as good as a marker.
    """

    updates: ClassVar[bool] = True
    told_by_dates: ClassVar[bool] = True

    name: str
    template_id: str
    audit_object_id: str
    due: datetime | timedelta
    start: datetime | timedelta | None = None
    auditor_hint: str | None = field(default=None, metadata=UNNOTED)
    assignee_id: str | None = None
    floating: bool = False

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(
            name=given.text("name"),
            template_id=given.id("template_id"),
            audit_object_id=given.id("audit_object_id"),
            due=given.when("due"),
            start=given.optional_when("start"),
            auditor_hint=given.optional_text("auditor_hint", longest=_LONGEST_HINT),
            assignee_id=given.optional_id("assignee_id"),
        )

    @classmethod
    def of_call(cls, given: Given) -> Self:
        """Return what the arguments of ``audits.create`` ask for."""
        return cls.read(Given(given.arguments, "monitorqa", {"due": "end_date", "start": "start_date"}))

    @override
    def at(self, moment: datetime, marker: str) -> Self:
        start = None if self.start is None else from_moment(moment, self.start)
        due = from_moment(moment, self.due)
        Given({}, "monitorqa").check.in_order(start, due, "start", "due")
        floating = any(isinstance(date, timedelta) for date in (self.due, self.start))
        return replace(self, due=due, start=start, floating=floating)

    @override
    def compares(self, client: MonitorQAClient) -> bool:
        return not self.floating  # there may be another audit with the same dates

    @override
    def create(self, client: MonitorQAClient) -> str:
        return client.audits.create(
            name=self.name,
            template_id=self.template_id,
            audit_object_id=self.audit_object_id,
            end_date=absolute(self.due),
            start_date=None if self.start is None else absolute(self.start),
            auditor_hint=self.auditor_hint,
            assignee_id=self.assignee_id,
        )

    @override
    def update(self, client: MonitorQAClient, object_id: str) -> None:
        current = client.audits.get(object_id)
        check_same("audit", current, "template", self.template_id, "template_id")
        check_same("audit", current, "auditObject", self.audit_object_id, "audit_object_id")
        client.audits.update(
            object_id,
            name=self.name,
            start_date=absolute(self.start) if self.start else current.get("startDate") or datetime.now(timezone.utc),
            end_date=absolute(self.due),
            # without one it stays with whoever has it
            assignee_id=self.assignee_id or _only_assignee(current),
            auditor_hint=self.auditor_hint,
        )


def _only_assignee(current: Mapping[str, Any]) -> str | None:
    ids: list[str] = [person["id"] for person in current.get("assignees") or ()]
    if len(ids) > 1:
        problem = "it has several assignees, of which a change would leave one; give assignee_id"
        raise cannot_update("audit", current, problem)
    return ids[0] if ids else None


class AuditPoller:
    """Audits: completed is a success, expired a failure, deleted is gone, reopened goes on.

    Few audits are asked for one by one. Of many, the completed ones are looked up in the list of completed audits, at
    every poll. That the others are still pending is taken for granted for two statuses and checked at the third: in the
    list of pending audits, and those that are in neither list (expired, deleted) one by one. Lists cost a request per
    hundred audits, or per ``page_size`` of the connection if that is more; where an account has so many others that its
    pages show few of those that are waited for, a few are checked at a time, in turn.
    """

    def __init__(self) -> None:
        # what is known to be pending, and since when it is no longer known
        self._pending: dict[str, tuple[Snapshot, float]] = {}
        self._unchecked = 0
        self._pays = True
        self._turn = 0

    def __call__(self, client: MonitorQAClient, ids: Collection[str], since: float) -> Statuses:
        """Ask where audits stand.

        :param client: The client.
        :param ids: Ids of audits.
        :param since: When the oldest wait began, in seconds since the epoch.
        """
        began = time.time()
        statuses = _few(client, ids) if len(ids) <= _FEW else self._many(client, ids, since)
        for audit_id, seen in statuses.items():
            if isinstance(seen, Snapshot) and seen.phase is Phase.ACTIVE:
                self._pending[audit_id] = (seen, began)
            else:
                self._pending.pop(audit_id, None)
        if len(self._pending) > 2 * len(ids) + _PAGE_SIZE:  # waits that were stopped
            self._pending = {audit_id: known for audit_id, known in self._pending.items() if audit_id in statuses}
        return statuses

    def _many(self, client: MonitorQAClient, ids: Collection[str], since: float) -> Statuses:
        pages = _Pages(client, len(ids))
        unknown_since = min(self._pending[audit_id][1] if audit_id in self._pending else since for audit_id in ids)
        statuses = pages.completed(set(ids), unknown_since)
        rest = [audit_id for audit_id in ids if audit_id not in statuses]
        unknown = [audit_id for audit_id in rest if audit_id not in self._pending]
        if self._unchecked < _UNCHECKED_POLLS and len(unknown) <= _FEW:
            self._unchecked += 1
            statuses.update((audit_id, self._pending[audit_id][0]) for audit_id in rest if audit_id in self._pending)
            rest = unknown
        else:
            self._unchecked = 0
            statuses.update(self._checked(pages, set(rest), unknown))
            rest = [audit_id for audit_id in rest if audit_id not in statuses]
        statuses.update(poll_each(partial(_one, client), rest))
        return statuses

    def _checked(self, pages: _Pages, wanted: set[str], unknown: Collection[str]) -> Statuses:
        """Return what the list of pending audits shows, and what is taken for granted where it was not read to its end.

        What is left out is to be asked for one by one.
        """
        statuses: Statuses = {}
        if self._pays or len(unknown) > _FEW:
            statuses, is_whole = pages.pending(wanted)
            if is_whole:
                self._pays = True
                return statuses
            self._pays = len(statuses) >= _LEAST_PER_PAGE * pages.most
        granted = sorted(one for one in wanted if one in self._pending and one not in statuses)
        turn = self._turn % max(len(granted), 1)
        self._turn = turn + _FEW
        rest = (granted[turn:] + granted[:turn])[_FEW:]
        return {**statuses, **{audit_id: self._pending[audit_id][0] for audit_id in rest}}


def expire(client: MonitorQAClient, audit_id: str) -> str:
    """Expire an audit that is not completed (source: "Expire Audit")."""
    client.audits.expire([audit_id])
    return "the audit was expired"


def audit_snapshot(audit: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot of an audit's details.

    :param audit: Answer of "Get details of audit".
    """
    if audit.get("isCompleted"):
        return _completed(audit)
    if audit.get("isExpired"):
        return Snapshot(str(audit["id"]), Phase.FAILED, "expired", _facts(audit), audit_page(audit["id"]))
    return _pending(audit)


def _few(client: MonitorQAClient, ids: Collection[str]) -> Statuses:
    statuses = poll_each(partial(_one, client), ids)
    return doubted(statuses, lambda: client.audits.list_pending(page_size=1).total)


def _one(client: MonitorQAClient, audit_id: str) -> Snapshot:
    return audit_snapshot({"id": audit_id, **client.audits.get(audit_id)})


class _Pages:
    """The two lists, read no further than is worth it: a company may have any number of other audits."""

    def __init__(self, client: MonitorQAClient, wanted: int) -> None:
        self._audits = client.audits
        self._size = max(_PAGE_SIZE, client.settings.page_size or 0)
        # a page is worth it when it saves more than a few requests
        self.most = max(wanted // 4, 1)

    def completed(self, wanted: set[str], since: float) -> Statuses:
        from_date = datetime.fromtimestamp(since, timezone.utc) - _CLOCK_MARGIN
        rows = self._audits.list_complete(from_date=from_date, page_size=self._size)
        return _matching(islice(rows, self.most * self._size), wanted, _completed)

    def pending(self, wanted: set[str]) -> tuple[Statuses, bool]:
        """Return those that are in the list, and whether it was read to its end, or far enough."""
        rows = self._audits.list_pending(page_size=self._size)
        most = self.most * self._size
        found = _matching(islice(rows, most), wanted, _pending)
        return found, len(found) == len(wanted) or (rows.total or 0) <= most


def _matching(
    rows: Iterable[Mapping[str, Any]], wanted: set[str], make: Callable[[Mapping[str, Any]], Snapshot]
) -> Statuses:
    found: Statuses = {}
    for row in rows:
        audit_id = row.get("id")
        if audit_id in wanted:
            found[audit_id] = make(row)
            if len(found) == len(wanted):
                break
    return found


def _completed(audit: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        str(audit["id"]), Phase.SUCCEEDED, "completed", _facts(audit), audit_page(audit["id"], completed=True)
    )


def _pending(audit: Mapping[str, Any]) -> Snapshot:
    status = "started" if audit.get("isStarted") else "reopened" if audit.get("isReopened") else "pending"
    return Snapshot(str(audit["id"]), Phase.ACTIVE, status, _facts(audit), audit_page(audit["id"]))


def _facts(audit: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that both the details and the lists have, so that every way of looking says the same."""
    person = audit.get("completedBy") or {}
    return {
        "number": audit.get("number"),
        "score": audit.get("score"),
        "score_label": audit.get("scoreLabel"),
        "completed_at": audit.get("completeDate"),
        "completed_by": person.get("name"),
    }


AUDIT = Kind(
    name="monitorqa.audit",
    noun="audit",
    poll=AuditPoller,
    condition=lambda given: Target(given.id("audit_id")),
    cancel=expire,
    link=audit_page,
    fields=AuditFields,
    lookup=find_audits,
    changes={"reopen": ReopenAudit},
    made_by={"audits.create": AuditFields.of_call},
    files={"report": AuditReport, "photos": AuditPhotos},
    facts={
        "number": "number of the audit",
        "score": "score of the audit, of 100",
        "score_label": "what the score counts as, such as passed",
        "completed_at": "when it was completed",
        "completed_by": "name of the person who completed it",
    },
)
