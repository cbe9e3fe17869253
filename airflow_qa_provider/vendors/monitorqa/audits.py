"""Waiting for MonitorQA objects."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from functools import partial
from itertools import islice
from typing import Any

from airflow_qa_provider.kinds.polling import Statuses, doubted, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient

_FEW = 3
_PAGE_SIZE = 100
_UNCHECKED_LOOKS = 2
_CLOCK_MARGIN = timedelta(hours=1)
_APP = "https://app.monitorqa.com/audits"


class AuditPoller:
    """Audits: completed is a success, expired a failure, deleted is gone, reopened goes on.

    Few audits are asked for one by one. Of many, the completed ones are looked up in the list of completed audits, at
    every look. That the others are still pending is taken for granted for two looks and checked at the third: in the
    list of pending audits, and those that are in neither list (expired, deleted) one by one. Lists cost a request per
    hundred audits, or per ``page_size`` of the connection if that is more.
    """

    kind = "monitorqa.audit"
    noun = "audit"

    def __init__(self) -> None:
        # what is known to be pending, and since when it is no longer known
        self._pending: dict[str, tuple[Snapshot, float]] = {}
        self._unchecked = 0

    def poll(self, client: MonitorQAClient, ids: Collection[str], since: float) -> Statuses:
        """Look at audits.

        :param client: The client.
        :param ids: Ids of audits.
        :param since: When the oldest wait began, in seconds since the epoch.
        """
        began = time.time()
        looks = _few(client, ids) if len(ids) <= _FEW else self._many(client, ids, since)
        for audit_id, seen in looks.items():
            if isinstance(seen, Snapshot) and seen.phase is Phase.ACTIVE:
                self._pending[audit_id] = (seen, began)
            else:
                self._pending.pop(audit_id, None)
        if len(self._pending) > 2 * len(ids) + _PAGE_SIZE:  # waits that were stopped
            self._pending = {audit_id: known for audit_id, known in self._pending.items() if audit_id in looks}
        return looks

    def _many(self, client: MonitorQAClient, ids: Collection[str], since: float) -> Statuses:
        pages = _Pages(client, len(ids))
        unknown_since = min(self._pending[audit_id][1] if audit_id in self._pending else since for audit_id in ids)
        looks = pages.completed(set(ids), unknown_since)
        rest = [audit_id for audit_id in ids if audit_id not in looks]
        unknown = [audit_id for audit_id in rest if audit_id not in self._pending]
        if self._unchecked < _UNCHECKED_LOOKS and len(unknown) <= _FEW:
            self._unchecked += 1
            looks.update((audit_id, self._pending[audit_id][0]) for audit_id in rest if audit_id in self._pending)
            rest = unknown
        else:
            self._unchecked = 0
            looks.update(pages.pending(set(rest)))
            rest = [audit_id for audit_id in rest if audit_id not in looks]
        looks.update(poll_each(partial(_one, client), rest))
        return looks

    def cancel(self, client: MonitorQAClient, object_id: str) -> str:
        """Expire an audit that is not completed (source: "Expire Audit").

        :param client: The client.
        :param object_id: Id of the audit.
        """
        client.audits.expire([object_id])
        return "the audit was expired"


def audit_snapshot(audit: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot of an audit's details.

    :param audit: Answer of "Get details of audit".
    """
    if audit.get("isCompleted"):
        return _completed(audit)
    if audit.get("isExpired"):
        return Snapshot(str(audit["id"]), Phase.FAILED, "expired", _facts(audit), f"{_APP}/pending/{audit['id']}")
    return _pending(audit)


def _few(client: MonitorQAClient, ids: Collection[str]) -> Statuses:
    looks = poll_each(partial(_one, client), ids)
    return doubted(looks, lambda: client.audits.list_pending(page_size=1).total)


def _one(client: MonitorQAClient, audit_id: str) -> Snapshot:
    return audit_snapshot({"id": audit_id, **client.audits.get(audit_id)})


class _Pages:
    """The two lists, read no further than is worth it: a company may have any number of other audits."""

    def __init__(self, client: MonitorQAClient, wanted: int) -> None:
        self._audits = client.audits
        self._size = max(_PAGE_SIZE, client.settings.page_size or 0)
        # a page is worth it when it saves more than a few requests
        self._most = max(wanted // 4, 1) * self._size

    def completed(self, wanted: set[str], since: float) -> Statuses:
        from_date = datetime.fromtimestamp(since, timezone.utc) - _CLOCK_MARGIN
        rows = self._audits.list_complete(from_date=from_date, page_size=self._size)
        return _matching(islice(rows, self._most), wanted, _completed)

    def pending(self, wanted: set[str]) -> Statuses:
        return _matching(islice(self._audits.list_pending(page_size=self._size), self._most), wanted, _pending)


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
    return Snapshot(str(audit["id"]), Phase.SUCCEEDED, "completed", _facts(audit), f"{_APP}/archive/{audit['id']}")


def _pending(audit: Mapping[str, Any]) -> Snapshot:
    status = "started" if audit.get("isStarted") else "reopened" if audit.get("isReopened") else "pending"
    return Snapshot(str(audit["id"]), Phase.ACTIVE, status, _facts(audit), f"{_APP}/pending/{audit['id']}")


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
