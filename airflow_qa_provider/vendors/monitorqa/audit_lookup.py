"""Finding MonitorQA audits whose id was lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.exceptions import QANotSupportedError, QAValidationError
from airflow_qa_provider.kinds.lookup import Candidate, Search
from airflow_qa_provider.kinds.snapshot import Phase
from airflow_qa_provider.rest.timestamps import to_utc
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.monitorqa.audits import AuditFields

_PAGE_SIZE = 100
_MOST_ROWS = 1000
# further apart than any two time zones: a due date that was read as local time, which the docs call it
_ZONES_SECONDS = 14.5 * 3600
# what any two of them differ by is a multiple of this
_ZONE_STEP_SECONDS = 900.0
_CLOCK_MARGIN = timedelta(hours=1)


def find_audits(client: MonitorQAClient, search: Search) -> list[Candidate]:
    """Find one-time audits, by template, object, name and dates, in the lists of pending and completed audits.

    The lists tell neither when an audit was created nor by whom, but the dates tell one audit from the next: a due date
    that is relative to the moment of the request is as good as a marker, to the millisecond that MonitorQA shows. With
    other dates, what is new is told by comparison with what was there before the request. Several audits with the same
    dates are told apart by their assignees. One whose dates differ by some full quarters of an hour is reported, but
    never taken over: that is what a change of the time zone on the way would look like. So is one that is shown
    without the milliseconds which were sent. Expired audits are in no list.

    :raises QANotSupportedError: There are more than can be read.
    """
    fields: AuditFields = search.fields
    filters: dict[str, Any] = {
        "template_id": fields.template_id,
        "audit_object_id": fields.audit_object_id,
        "page_size": _PAGE_SIZE,
        "limit": _MOST_ROWS + 1,
    }
    rows = [(row, Phase.ACTIVE) for row in _all(client.audits.list_pending(**filters), "pending")]
    # what is relative to now cannot be the same as what was completed before
    if search.since is not None or not fields.floating:
        listed = client.audits.list_complete(from_date=_completed_from(search), **filters)
        rows += [(row, Phase.SUCCEEDED) for row in _all(listed, "completed")]
    alike = [(row, _candidate(row, phase, search)) for row, phase in rows if _is_alike(row, fields)]
    return _by_assignee([(row, one) for row, one in alike if one is not None], fields.assignee_id)


def _all(rows: Iterable[Mapping[str, Any]], which: str) -> list[Mapping[str, Any]]:
    read = list(rows)
    if len(read) > _MOST_ROWS:
        raise QANotSupportedError(
            f"there are more than {_MOST_ROWS} {which} audits of that template and object, and no more are read",
            vendor="monitorqa",
            operation="audits.list_pending" if which == "pending" else "audits.list_complete",
        )
    return read


def _completed_from(search: Search) -> datetime | None:
    if search.since is not None:
        return datetime.fromtimestamp(search.since, timezone.utc) - _CLOCK_MARGIN
    start: datetime | None = search.fields.start
    return start


def _is_alike(row: Mapping[str, Any], fields: AuditFields) -> bool:
    """Compare what the filters ask for once more: a filter that a server ignores would answer with strangers."""
    same_template = _id_of(row, "template") in (None, fields.template_id.lower())
    same_object = _id_of(row, "auditObject") in (None, fields.audit_object_id.lower())
    return same_template and same_object and str(row.get("name") or "").strip() == fields.name.strip()


def _id_of(row: Mapping[str, Any], name: str) -> str | None:
    reference = row.get(name)
    return str(reference["id"]).lower() if isinstance(reference, Mapping) and reference.get("id") else None


def _candidate(row: Mapping[str, Any], phase: Phase, search: Search) -> Candidate | None:
    """Return the candidate for a row, ``None`` when its dates are those of another audit."""
    fields: AuditFields = search.fields
    status = "completed" if phase is Phase.SUCCEEDED else "started" if row.get("isStarted") else "pending"
    about = f"audit {row['id']} ({row.get('number')}, {row.get('name')!r}, due {row.get('endDate')}, {status})"
    if search.since is None and fields.floating:
        return Candidate(str(row["id"]), phase, about)
    slack = search.sent_at - search.since if search.since is not None and fields.floating else 0.0
    pairs = [(row.get("endDate"), fields.due)]
    if fields.start is not None:
        pairs.append((row.get("startDate"), fields.start))
    if all(_gap(shown, wanted, slack) == 0.0 for shown, wanted in pairs):
        # without a note of the moment, any audit of that name from this run on would do
        told_apart = search.since is None or (search.compared if not fields.floating else slack == 0.0)
        return Candidate(str(row["id"]), phase, about, sure=told_apart)
    if all(_may_be_moved(shown, wanted, slack) for shown, wanted in pairs):
        return Candidate(str(row["id"]), phase, about, sure=False, current=False)
    return None


def _gap(shown: Any, wanted: Any, slack: float) -> float | None:
    """Return by how many seconds a date misses the span that ends with the wanted one; ``None`` when it has none."""
    try:
        moment = to_utc(shown, "date")
    except QAValidationError:
        return None
    # MonitorQA is sent milliseconds, and shows them
    latest = wanted.replace(microsecond=wanted.microsecond // 1000 * 1000)
    seconds: float = (moment - latest).total_seconds()
    return max(0.0, seconds, -slack - seconds)


def _may_be_moved(shown: Any, wanted: Any, slack: float) -> bool:
    """Tell whether a date may be the wanted one after a change of its time zone, or shown less exactly."""
    gap = _gap(shown, wanted, slack)
    if gap is None or slack or gap > _ZONES_SECONDS:
        return gap is None or gap <= _ZONES_SECONDS
    beside = gap % _ZONE_STEP_SECONDS
    beside = min(beside, _ZONE_STEP_SECONDS - beside)
    return beside < 0.0005 or (to_utc(shown, "date").microsecond == 0 and beside < 60.0)


def _by_assignee(found: list[tuple[Mapping[str, Any], Candidate]], assignee_id: str | None) -> list[Candidate]:
    """Leave out the twins that somebody else has, where there is one that the right person has."""
    right = [one.id for row, one in found if one.sure and assignee_id in (_assignees(row) or [None])]
    twins = [one.id for _, one in found if one.sure]
    dropped = set(twins) - set(right) if right else set()
    return [one for _, one in found if one.id not in dropped]


def _assignees(row: Mapping[str, Any]) -> list[Any]:
    people: Iterable[Any] = row.get("assignees") or []
    return [person.get("id") for person in people if isinstance(person, Mapping)]
