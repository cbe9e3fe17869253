"""Schedules of MonitorQA, which make audits at intervals: what is asked for, and how one is found whose id was lost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any, ClassVar

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QANotSupportedError, QAValidationError
from airflow_qa_provider.kinds.fields import UNNOTED, KindFields, absolute, from_moment
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.lookup import Candidate, Search
from airflow_qa_provider.kinds.polling import Statuses, doubted, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.rest.timestamps import to_utc
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.monitorqa.client.repeats import (
    Daily,
    Monthly,
    MultipleWeeks,
    OneTime,
    Repeat,
    Weekly,
    repeat_of,
)
from airflow_qa_provider.vendors.monitorqa.updates import check_same

_PAGE_SIZE = 100
_MOST_ROWS = 1000
_SAME_SECONDS = 1.0
_LONGEST_HINT = 2000


@dataclass(frozen=True)
class ScheduleFields(KindFields):
    """A schedule (source: "Create daily schedule" and its sisters).

    :param name: Name of the schedule and of its audits.
    :param template_id: Template of its audits.
    :param pattern: Number of the repeat pattern.
    :param repeat: How it repeats, as MonitorQA writes it.
    :param object_ids: Objects to audit; these or groups.
    :param group_ids: Groups of objects to audit.
    :param active: Whether it makes audits; ``None`` for the vendor's default, yes.
    :param start: From when on it makes audits, or how long after the creation.
    :param stop: Until when it makes audits, in the same forms.
    :param assignees_ids: Users who do the audits.
    :param auditor_hint: Instructions for the auditor.
    :param floating: Whether a date is relative to the moment of the request, which then says nothing about schedules
        that were there before.
    """

    updates: ClassVar[bool] = True

    name: str
    template_id: str
    pattern: int
    repeat: Mapping[str, Any]
    object_ids: tuple[str, ...] = ()
    group_ids: tuple[str, ...] = ()
    active: bool | None = None
    start: datetime | timedelta | None = None
    stop: datetime | timedelta | None = None
    assignees_ids: tuple[str, ...] | None = field(default=None, metadata=UNNOTED)
    auditor_hint: str | None = field(default=None, metadata=UNNOTED)
    floating: bool = False

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        shown = given.raw("repeat")
        repeat = repeat_of(given.check.structure(shown, "repeat"), given.raw("repeat_pattern"))
        if isinstance(repeat, OneTime):
            raise given.refused(
                "a schedule repeats daily, weekly, every multiple weeks or monthly, and this one is for one time",
                "MonitorQACreateAuditOperator creates a single audit",
            )
        return cls._of(given, repeat)

    @classmethod
    def of_call(cls, repeat_from: Callable[[Mapping[str, Any]], Repeat]) -> Callable[[Given], ScheduleFields]:
        """Return what the arguments of ``schedules.create_daily`` or one of its sisters ask for.

        :param repeat_from: Arguments to how it repeats.
        """
        return lambda given: cls._of(given, repeat_from(given.arguments))

    @classmethod
    def _of(cls, given: Given, repeat: Repeat) -> Self:
        objects = given.optional_ids("audit_object_ids") or ()
        groups = given.optional_ids("audit_object_group_ids") or ()
        if not objects and not groups:
            raise given.refused("audit_object_ids or audit_object_group_ids must name at least one id")
        return cls(
            name=given.text("name"),
            template_id=given.id("template_id"),
            pattern=int(repeat.pattern),
            repeat=repeat.wire(),
            object_ids=tuple(sorted(set(objects))),
            group_ids=tuple(sorted(set(groups))),
            active=given.optional_flag("active"),
            start=given.optional_when("start_from_date"),
            stop=given.optional_when("stop_by_date"),
            assignees_ids=given.optional_ids("assignees_ids"),
            auditor_hint=given.optional_text("auditor_hint", longest=_LONGEST_HINT),
        )

    @override
    def at(self, moment: datetime, marker: str) -> Self:
        start = None if self.start is None else from_moment(moment, self.start)
        stop = None if self.stop is None else from_moment(moment, self.stop)
        Given({}, "monitorqa").check.in_order(start, stop, "start_from_date", "stop_by_date")
        floating = any(isinstance(date, timedelta) for date in (self.start, self.stop))
        return replace(self, start=start, stop=stop, floating=floating)

    @override
    def create(self, client: MonitorQAClient) -> str:
        repeat = repeat_of(self.repeat, self.pattern)
        calls: dict[type, Callable[..., str]] = {
            Daily: client.schedules.create_daily,
            Weekly: client.schedules.create_weekly,
            MultipleWeeks: client.schedules.create_multiple_weeks,
            Monthly: client.schedules.create_monthly,
        }
        return calls[type(repeat)](
            name=self.name,
            template_id=self.template_id,
            audit_object_ids=self.object_ids or None,
            audit_object_group_ids=self.group_ids or None,
            assignees_ids=self.assignees_ids,
            auditor_hint=self.auditor_hint,
            active=self.active,
            start_from_date=self.start,
            stop_by_date=self.stop,
            **vars(repeat),
        )

    @override
    def update(self, client: MonitorQAClient, object_id: str) -> None:
        current = client.schedules.get(object_id)
        check_same("schedule", current, "template", self.template_id, "template_id")
        # what is not given stays as it is
        people = [person["id"] for person in current.get("assignees") or ()]
        client.schedules.update(
            object_id,
            name=self.name,
            repeat=repeat_of(self.repeat, self.pattern),
            active=current.get("active") is not False if self.active is None else self.active,
            audit_object_ids=self.object_ids or None,
            audit_object_group_ids=self.group_ids or None,
            assignees_ids=people if self.assignees_ids is None else self.assignees_ids,
            auditor_hint=current.get("auditorHint") if self.auditor_hint is None else self.auditor_hint,
            start_from_date=absolute(self.start) if self.start else current.get("startFromDate"),
            stop_by_date=absolute(self.stop) if self.stop else current.get("stopByDate"),
        )


def find_schedules(client: MonitorQAClient, search: Search) -> list[Candidate]:
    """Find schedules, by name, template, objects, groups and repeat pattern, in the list of active schedules.

    The list tells neither when a schedule was created nor by whom: what is new is told by comparison with what was
    there before the request. One that is alike, but repeats otherwise or has other dates, is reported and never taken
    over. A paused schedule is in no list, and the docs do not say whether one that starts later is.

    :raises QANotSupportedError: The list would not show it.
    """
    fields: ScheduleFields = search.fields
    if fields.active is False or _is_over(fields.stop):
        raise _unlisted("this one is not")
    rows = list(client.schedules.list(page_size=_PAGE_SIZE, limit=_MOST_ROWS + 1, **_filter(fields)))
    if len(rows) > _MOST_ROWS:
        raise _unlisted(f"there are more than {_MOST_ROWS} of them for that object, which is as many as are read")
    found = [_candidate(row, search) for row in rows if _is_alike(row, fields)]
    waiting = _is_ahead(fields.start) and not any(_is_ahead(row.get("startFromDate")) for row in rows)
    if not found and waiting and search.since is not None:
        raise _unlisted(f"the docs do not say whether one that starts on {fields.start} is before that")
    return found


def poll_schedules(client: MonitorQAClient, ids: Collection[str], since: float) -> Statuses:
    """Ask whether schedules whose id is known are there still."""
    statuses = poll_each(partial(_seen, client), ids)
    return doubted(statuses, lambda: client.schedules.list(page_size=1).total)


def _seen(client: MonitorQAClient, schedule_id: str) -> Snapshot:
    active = client.schedules.get(schedule_id).get("active")
    return Snapshot(schedule_id, Phase.ACTIVE, "active" if active else "paused")


def _filter(fields: ScheduleFields) -> dict[str, str]:
    if fields.object_ids:
        return {"audit_object_id": fields.object_ids[0]}
    return {"audit_object_group_id": fields.group_ids[0]}


def _is_alike(row: Mapping[str, Any], fields: ScheduleFields) -> bool:
    objects, wanted = _ids(row.get("auditObjects")), _lower(fields.object_ids)
    return (
        str(row.get("name") or "").strip() == fields.name
        and _ids([row.get("template")]) in (set(), _lower([fields.template_id]))
        # a list that spells out the members of the groups shows more objects than were asked for
        and (objects == wanted or (bool(fields.group_ids) and objects > wanted))
        and _ids(row.get("auditObjectGroups")) == _lower(fields.group_ids)
        and row.get("repeatPattern") == fields.pattern
    )


def _candidate(row: Mapping[str, Any], search: Search) -> Candidate:
    fields: ScheduleFields = search.fields
    any_dates = search.since is None and fields.floating
    exact = _holds(row.get("repeat"), fields.repeat) and (
        any_dates
        or (_same_moment(row.get("startFromDate"), fields.start) and _same_moment(row.get("stopByDate"), fields.stop))
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


def _same_moment(shown: Any, wanted: Any) -> bool:
    """Tell whether a date is the wanted one; without a wish, the vendor may have put in what it likes."""
    if wanted is None:
        return True
    moment = _moment(shown)
    return moment is not None and abs((moment - wanted).total_seconds()) < _SAME_SECONDS


def _moment(shown: Any) -> datetime | None:
    try:
        return to_utc(shown or "", "date")
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


SCHEDULE = Kind(
    name="monitorqa.schedule",
    noun="schedule",
    poll=poll_schedules,
    fields=ScheduleFields,
    lookup=find_schedules,
    made_by={
        "schedules.create_daily": ScheduleFields.of_call(lambda given: Daily(given.get("repeat_every", ""))),
        "schedules.create_weekly": ScheduleFields.of_call(
            lambda given: Weekly(given.get("days_of_week", ()), given.get("repeat_every", ""))
        ),
        "schedules.create_multiple_weeks": ScheduleFields.of_call(
            lambda given: MultipleWeeks(
                given.get("repeat_every", ""), given.get("start_day", ""), given.get("duration", "")
            )
        ),
        "schedules.create_monthly": ScheduleFields.of_call(
            lambda given: Monthly(given.get("repeat_every", ""), given.get("start_rule", ""), given.get("end_rule", ""))
        ),
    },
)
