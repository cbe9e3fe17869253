"""Waiting for MonitorQA objects."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any

from airflow_qa_provider.clients.monitorqa import MonitorQAClient
from airflow_qa_provider.waiting.probes import Looks, look_at_each
from airflow_qa_provider.waiting.snapshot import Phase, Snapshot

_FEW = 3
_PAGE_SIZE = 100
_CLOCK_MARGIN = timedelta(hours=1)
_APP = "https://app.monitorqa.com/audits"


class AuditProbe:
    """Audits: completed is a success, expired a failure, deleted is gone, reopened goes on.

    Few audits are asked for one by one. Many are looked up in the lists of completed and pending audits, which cost a
    request per hundred; those that are in neither (expired, deleted, completed long ago) one by one.
    """

    kind = "monitorqa.audit"
    noun = "audit"

    def look(self, client: MonitorQAClient, ids: Collection[str], since: float) -> Looks:
        """Look at audits.

        :param client: The client.
        :param ids: Ids of audits.
        :param since: When the oldest wait began, in seconds since the epoch.
        """
        wanted = set(ids)
        found: Looks = {}
        if len(wanted) > _FEW:
            # bounded, so that a company with many audits never costs more than asking one by one
            budget = len(wanted) * _PAGE_SIZE // 4
            from_date = datetime.fromtimestamp(since, timezone.utc) - _CLOCK_MARGIN
            complete = client.audits.list_complete(from_date=from_date, page_size=_PAGE_SIZE)
            found.update(_matching(complete, wanted, budget, completed=True))
            missing = wanted - found.keys()
            if missing:
                pending = client.audits.list_pending(page_size=_PAGE_SIZE)
                found.update(_matching(pending, missing, budget, completed=False))
        rest = wanted - found.keys()
        found.update(look_at_each(lambda audit_id: audit_snapshot(client.audits.get(audit_id)), sorted(rest)))
        return found

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


def _matching(rows: Any, wanted: set[str], budget: int, *, completed: bool) -> Looks:
    make = _completed if completed else _pending
    found: Looks = {}
    for row in islice(rows, max(budget, _PAGE_SIZE)):
        if row["id"] in wanted:
            found[row["id"]] = make(row)
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
