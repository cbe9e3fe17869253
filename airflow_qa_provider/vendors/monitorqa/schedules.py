"""Finding MonitorQA schedules whose id was lost, and looking at those whose id is known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timezone
from functools import partial
from typing import Any, ClassVar

from airflow_qa_provider.exceptions import QANotSupportedError, QAValidationError
from airflow_qa_provider.kinds.lookup import Candidate, Search
from airflow_qa_provider.kinds.polling import Statuses, doubted, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.rest.timestamps import to_utc
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient, rules
from airflow_qa_provider.vendors.monitorqa.client.repeats import Repeat

_PAGE_SIZE = 100
_MOST_ROWS = 1000
_SAME_SECONDS = 1.0


def schedule_facts(repeat: Repeat, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Check what a schedule is made of; return what the list shows of it, as plain JSON.

    :param repeat: How it repeats.
    :param arguments: Arguments as of ``schedules.create_daily``; those that the list does not show are left out.
    :return: ``name``, ``template_id``, ``object_ids``, ``group_ids``, ``pattern``, ``repeat``, ``active``, ``start``
        and ``stop`` (ISO 8601 in UTC, or ``None``), ``floating`` (whether the dates are relative to the moment of the
        request, which then says nothing about schedules that were there before).
    :raises QAValidationError: A field breaks a documented rule.
    """
    objects = rules.optional_ids(arguments.get("audit_object_ids"), "audit_object_ids") or []
    groups = rules.optional_ids(arguments.get("audit_object_group_ids"), "audit_object_group_ids") or []
    if not objects and not groups:
        raise rules.refused("audit_object_ids or audit_object_group_ids must name at least one id")
    start, stop = arguments.get("start_from_date"), arguments.get("stop_by_date")
    rules.in_order(start, stop, "start_from_date", "stop_by_date")
    return {
        "name": rules.required(arguments.get("name"), "name"),
        "template_id": rules.required(arguments.get("template_id"), "template_id"),
        "object_ids": sorted(set(objects)),
        "group_ids": sorted(set(groups)),
        "pattern": int(repeat.pattern),
        "repeat": repeat.wire(),
        "active": arguments.get("active") is not False,
        "start": rules.moment(start, "start_from_date"),
        "stop": rules.moment(stop, "stop_by_date"),
        "floating": False,
    }


class ScheduleLookup:
    """Schedules, by name, template, objects, groups and repeat pattern, in the list of active schedules.

    The list tells neither when a schedule was created nor by whom: what is new is told by comparison with what was
    there before the request. One that is alike, but repeats otherwise or has other dates, is reported and never taken
    over. A paused schedule is in no list, and the docs do not say whether one that starts later is.

    ``facts``: see :func:`schedule_facts`.
    """

    compares: ClassVar[bool] = True

    def find(self, client: MonitorQAClient, search: Search) -> list[Candidate]:
        """Return the schedules that match.

        :param client: The client.
        :param search: What to look for.
        :raises QANotSupportedError: The list would not show it.
        """
        facts = search.facts
        if not facts["active"] or _is_over(facts["stop"]):
            raise _unlisted("this one is not")
        rows = list(client.schedules.list(page_size=_PAGE_SIZE, limit=_MOST_ROWS, **_filter(facts)))
        found = [_candidate(row, search) for row in rows if _is_alike(row, facts)]
        waiting = _is_ahead(facts["start"]) and not any(_is_ahead(row.get("startFromDate")) for row in rows)
        if not found and waiting and search.since is not None:
            raise _unlisted(f"the docs do not say whether one that starts on {facts['start']} is before that")
        return found


class SchedulePoller:
    """Schedules whose id is known: whether they are there still."""

    kind: ClassVar[str] = "monitorqa.schedule"
    noun: ClassVar[str] = "schedule"

    def poll(self, client: MonitorQAClient, ids: Collection[str], since: float) -> Statuses:
        """Look at schedules.

        :param client: The client.
        :param ids: Ids of schedules.
        :param since: Not used.
        """
        looks = poll_each(partial(_seen, client), ids)
        return doubted(looks, lambda: client.schedules.list(page_size=1).total)

    def cancel(self, client: MonitorQAClient, object_id: str) -> str:
        """Refuse: nothing waits for a schedule.

        :param client: The client.
        :param object_id: Id of the schedule.
        :raises QANotSupportedError: Always.
        """
        raise QANotSupportedError("a schedule is not cancelled with its task", vendor="monitorqa")


def _seen(client: MonitorQAClient, schedule_id: str) -> Snapshot:
    active = client.schedules.get(schedule_id).get("active")
    return Snapshot(schedule_id, Phase.ACTIVE, "active" if active else "paused")


def _filter(facts: Mapping[str, Any]) -> dict[str, str]:
    if facts["object_ids"]:
        return {"audit_object_id": facts["object_ids"][0]}
    return {"audit_object_group_id": facts["group_ids"][0]}


def _is_alike(row: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    objects, wanted = _ids(row.get("auditObjects")), _lower(facts["object_ids"])
    return (
        str(row.get("name") or "").strip() == facts["name"]
        and _ids([row.get("template")]) in (set(), _lower([facts["template_id"]]))
        # a list that spells out the members of the groups shows more objects than were asked for
        and (objects == wanted or (bool(facts["group_ids"]) and objects > wanted))
        and _ids(row.get("auditObjectGroups")) == _lower(facts["group_ids"])
        and row.get("repeatPattern") == facts["pattern"]
    )


def _candidate(row: Mapping[str, Any], search: Search) -> Candidate:
    facts = search.facts
    any_dates = search.since is None and facts["floating"]
    exact = _holds(row.get("repeat"), facts["repeat"]) and (
        any_dates
        or (
            _same_moment(row.get("startFromDate"), facts["start"])
            and _same_moment(row.get("stopByDate"), facts["stop"])
        )
    )
    about = f"schedule {row['id']} ({row.get('name')!r}, repeats {row.get('repeat')}, from {row.get('startFromDate')})"
    sure = exact and (search.compared or search.since is None)
    return Candidate(str(row["id"]), Phase.ACTIVE, about, sure, current=exact)


def _holds(shown: Any, wanted: Any) -> bool:
    """Tell whether repeat options are the wanted ones, whatever else the vendor shows beside them."""
    if isinstance(wanted, Mapping):
        return isinstance(shown, Mapping) and all(_holds(shown.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(shown, list) and sorted(shown) == sorted(wanted)
    return bool(shown == wanted)


def _same_moment(shown: Any, wanted: str | None) -> bool:
    """Tell whether a date is the wanted one; without a wish, the vendor may have put in what it likes."""
    if wanted is None:
        return True
    moment = _moment(shown)
    return moment is not None and abs((moment - to_utc(wanted, "date")).total_seconds()) < _SAME_SECONDS


def _moment(text: Any) -> datetime | None:
    try:
        return to_utc(text or "", "date")
    except QAValidationError:
        return None


def _is_ahead(text: Any) -> bool:
    moment = _moment(text)
    return moment is not None and moment > datetime.now(timezone.utc)


def _is_over(text: Any) -> bool:
    moment = _moment(text)
    return moment is not None and moment <= datetime.now(timezone.utc)


def _ids(references: Any) -> set[str]:
    return _lower(str(one["id"]) for one in references or () if isinstance(one, Mapping) and one.get("id"))


def _lower(ids: Iterable[str]) -> set[str]:
    return {one.lower() for one in ids}


def _unlisted(why: str) -> QANotSupportedError:
    return QANotSupportedError(
        f"MonitorQA lists active schedules only, and {why}",
        vendor="monitorqa",
        operation="schedules.list",
        hint="Look at the schedules in MonitorQA's own app",
    )
