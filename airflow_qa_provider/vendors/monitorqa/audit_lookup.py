"""Finding MonitorQA objects whose id was lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.kinds.lookup import Candidate, Search
from airflow_qa_provider.kinds.snapshot import Phase
from airflow_qa_provider.rest.timestamps import to_utc
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient

_PAGE_SIZE = 100
_MOST_ROWS = 1000
_SAME_SECONDS = 60.0
# further apart than any two time zones: a due date that was read as local time, which the docs call it
_ZONES_SECONDS = 14.5 * 3600
_CLOCK_MARGIN = timedelta(hours=1)


class AuditLookup:
    """One-time audits, by template, object, name and dates, in the lists of pending and completed audits.

    The lists tell neither when an audit was created nor by whom, but the dates tell one audit from the next: a due date
    that is relative to the moment of the request is as good as a marker. Several audits with the same dates are told
    apart by their assignees. One whose dates differ by some hours is reported, but never taken over: that is what a
    change of the time zone on the way would look like. Expired audits are in no list.

    ``facts``: ``name``, ``template_id``, ``audit_object_id``, ``start`` and ``end`` (ISO 8601 in UTC, ``start`` may be
    ``None``), ``floating`` (whether the dates are relative to the moment of the request), ``assignee_id``.
    """

    compares: ClassVar[bool] = False

    def find(self, client: MonitorQAClient, search: Search) -> list[Candidate]:
        """Return the audits that match.

        :param client: The client.
        :param search: What to look for.
        """
        facts = search.facts
        filters: dict[str, Any] = {
            "template_id": facts["template_id"],
            "audit_object_id": facts["audit_object_id"],
            "page_size": _PAGE_SIZE,
            "limit": _MOST_ROWS,
        }
        pending = [(row, Phase.ACTIVE) for row in client.audits.list_pending(**filters)]
        complete = []
        # what is relative to now cannot be the same as what was completed before
        if search.since is not None or not facts["floating"]:
            rows = client.audits.list_complete(from_date=_completed_from(search), **filters)
            complete = [(row, Phase.SUCCEEDED) for row in rows]
        alike = [(row, phase) for row, phase in (*pending, *complete) if _is_alike(row, facts)]
        found = [(row, _candidate(row, phase, search)) for row, phase in alike]
        return _by_assignee([(row, one) for row, one in found if one is not None], facts.get("assignee_id"))


def _completed_from(search: Search) -> datetime | None:
    if search.since is not None:
        return datetime.fromtimestamp(search.since, timezone.utc) - _CLOCK_MARGIN
    start = search.facts["start"]
    return None if start is None else to_utc(start, "start")


def _is_alike(row: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Compare what the filters ask for once more: a filter that a server ignores would answer with strangers."""
    same_template = _id_of(row, "template") in (None, facts["template_id"].lower())
    same_object = _id_of(row, "auditObject") in (None, facts["audit_object_id"].lower())
    return same_template and same_object and str(row.get("name") or "").strip() == facts["name"].strip()


def _id_of(row: Mapping[str, Any], name: str) -> str | None:
    reference = row.get(name)
    return str(reference["id"]).lower() if isinstance(reference, Mapping) and reference.get("id") else None


def _candidate(row: Mapping[str, Any], phase: Phase, search: Search) -> Candidate | None:
    """Return the candidate for a row, ``None`` when its dates are those of another audit."""
    facts = search.facts
    status = "completed" if phase is Phase.SUCCEEDED else "started" if row.get("isStarted") else "pending"
    about = f"audit {row['id']} ({row.get('number')}, {row.get('name')!r}, due {row.get('endDate')}, {status})"
    if search.since is None and facts["floating"]:
        return Candidate(str(row["id"]), phase, about)
    slack = search.sent_at - search.since if search.since is not None and facts["floating"] else 0.0
    gaps = [_gap(row.get("endDate"), facts["end"], slack)]
    if facts["start"] is not None:
        gaps.append(_gap(row.get("startDate"), facts["start"], slack))
    if all(gap is not None and gap < _SAME_SECONDS for gap in gaps):
        return Candidate(str(row["id"]), phase, about)
    if all(gap is None or gap <= _ZONES_SECONDS for gap in gaps):
        return Candidate(str(row["id"]), phase, about, sure=False, current=False)
    return None


def _gap(shown: Any, wanted: str, slack: float) -> float | None:
    """Return by how many seconds a date misses the span that ends with the wanted one; ``None`` when it has none."""
    try:
        moment = to_utc(shown, "date").timestamp()
    except QAValidationError:
        return None
    latest = to_utc(wanted, "date").timestamp()
    return max(0.0, moment - latest, latest - slack - moment)


def _by_assignee(found: list[tuple[Mapping[str, Any], Candidate]], assignee_id: str | None) -> list[Candidate]:
    """Leave out the twins that somebody else has, where there is one that the right person has."""
    right = [one.id for row, one in found if one.sure and assignee_id in (_assignees(row) or [None])]
    twins = [one.id for _, one in found if one.sure]
    dropped = set(twins) - set(right) if right else set()
    return [one for _, one in found if one.id not in dropped]


def _assignees(row: Mapping[str, Any]) -> list[Any]:
    people: Iterable[Any] = row.get("assignees") or []
    return [person.get("id") for person in people if isinstance(person, Mapping)]
