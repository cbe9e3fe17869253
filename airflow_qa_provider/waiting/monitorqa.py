"""Waiting for MonitorQA objects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any

from airflow_qa_provider.clients.monitorqa import MonitorQAClient
from airflow_qa_provider.waiting.probes import Looks, doubted, look_at_each
from airflow_qa_provider.waiting.snapshot import Phase, Snapshot

_FEW = 3
_PAGE_SIZE = 100
_CLOCK_MARGIN = timedelta(hours=1)
_APP = "https://app.monitorqa.com/audits"


class AuditProbe:
    """Audits: completed is a success, expired a failure, deleted is gone, reopened goes on.

    Few audits are asked for one by one. Many are looked up in the lists of completed and pending audits, which cost a
    request per hundred (or per ``page_size`` of the connection, if that is more); those that are in neither (expired,
    deleted, completed long ago) one by one.
    """

    kind = "monitorqa.audit"
    noun = "audit"

    def look(self, client: MonitorQAClient, ids: Collection[str], since: float) -> Looks:
        """Look at audits.

        :param client: The client.
        :param ids: Ids of audits.
        :param since: When the oldest wait began, in seconds since the epoch.
        """

        def one(audit_id: str) -> Snapshot:
            return audit_snapshot({"id": audit_id, **client.audits.get(audit_id)})

        if len(ids) <= _FEW:
            return doubted(look_at_each(one, ids), lambda: client.audits.list_pending(page_size=1).total)
        looks = _listed(client, set(ids), since)
        looks.update(look_at_each(one, [audit_id for audit_id in ids if audit_id not in looks]))
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


def _listed(client: MonitorQAClient, wanted: set[str], since: float) -> Looks:
    """Return those audits that the lists show."""
    page_size = max(_PAGE_SIZE, client.settings.page_size or 0)
    # bounded, so that a company with many audits never costs much more than asking one by one
    budget = max(len(wanted) // 4, 1) * page_size
    from_date = datetime.fromtimestamp(since, timezone.utc) - _CLOCK_MARGIN
    complete = client.audits.list_complete(from_date=from_date, page_size=page_size)
    found = _matching(islice(complete, budget), wanted, _completed)
    missing = wanted - found.keys()
    if missing:
        pending = client.audits.list_pending(page_size=page_size)
        found.update(_matching(islice(pending, budget), missing, _pending))
    return found


def _matching(
    rows: Iterable[Mapping[str, Any]], wanted: set[str], make: Callable[[Mapping[str, Any]], Snapshot]
) -> Looks:
    found: Looks = {}
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
