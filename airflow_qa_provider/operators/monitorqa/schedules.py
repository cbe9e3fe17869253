"""Operators for MonitorQA's schedules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.inputs import from_moment, required_id
from airflow_qa_provider.operators.monitorqa.updates import check_same

if TYPE_CHECKING:
    from airflow_qa_provider.kinds.polling import Poller
    from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
    from airflow_qa_provider.vendors.monitorqa.client.repeats import Repeat


class MonitorQACreateScheduleOperator(CreatingOperator):
    """Creates a schedule, which makes audits at intervals, once.

    How it repeats is said by ``repeat_pattern`` and the fields of that pattern in ``repeat``:

    - ``daily``: ``repeat_every`` (days, 1 to 10)
    - ``weekly``: ``days_of_week`` (such as ``["monday", "thursday"]``), ``repeat_every`` (weeks)
    - ``multiple_weeks``: ``repeat_every`` (weeks), ``start_day``, ``duration`` (days that each audit is open)
    - ``monthly``: ``repeat_every`` (months), ``start_rule``, ``end_rule``

    The types of :mod:`~airflow_qa_provider.vendors.monitorqa.client.repeats`, such as ``Weekly``, say the same without
    a pattern, and its rules, such as ``StartOnDay(15)``, the same as the vendor's JSON. They load the client with the
    DAG file, and what is in them is not templated.

    A schedule whose id was lost is found by name, template, objects and pattern among the schedules that were not there
    before the request. MonitorQA lists active schedules only: when the answer is lost for one with ``active=False``,
    nobody can tell, and the task fails as uncertain; so it does when nothing is found of one that starts later, since
    the docs do not say whether the list shows it before. ``if_exists`` looks at active schedules.
    ``on_changed_input="update"`` changes all but the template; assignees, hint and dates that are not given stay.

    Returns the id of the schedule.

    :param name: Name of the schedule and of its audits. (templated)
    :param template_id: Template of its audits. (templated)
    :param repeat: How it repeats: fields by name, or one of the types. (templated)
    :param repeat_pattern: ``daily``, ``weekly``, ``multiple_weeks`` or ``monthly``; needed with fields by name.
        (templated)
    :param audit_object_ids: Objects to audit; these or groups are needed. (templated)
    :param audit_object_group_ids: Groups of objects to audit. (templated)
    :param assignees_ids: Users who do the audits. (templated)
    :param auditor_hint: Instructions for the auditor, at most 2,000 characters. (templated)
    :param active: Whether it makes audits; the vendor's default is yes.
    :param start_from_date: From when on it makes audits: an aware ``datetime``, an ISO 8601 string with a zone, or a
        ``timedelta`` from the creation on. (templated)
    :param stop_by_date: Until when it makes audits, in the same forms. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.creating.CreatingOperator`.
    """

    kind = "monitorqa.schedule"
    noun = "schedule"
    payload_fields = (
        "name",
        "template_id",
        "repeat",
        "repeat_pattern",
        "audit_object_ids",
        "audit_object_group_ids",
        "assignees_ids",
        "auditor_hint",
        "active",
        "start_from_date",
        "stop_by_date",
    )
    updates = True
    template_fields = (*payload_fields, "conn_id", "preview")
    template_fields_renderers = {"repeat": "json"}  # noqa: RUF012 - Airflow's own shape
    ui_color = "#e3f4ea"

    def __init__(
        self,
        *,
        name: str,
        template_id: str,
        repeat: Repeat | Mapping[str, Any],
        repeat_pattern: str | int | None = None,
        audit_object_ids: Iterable[str] | str | None = None,
        audit_object_group_ids: Iterable[str] | str | None = None,
        assignees_ids: Iterable[str] | str | None = None,
        auditor_hint: str | None = None,
        active: bool | None = None,
        start_from_date: datetime | timedelta | str | None = None,
        stop_by_date: datetime | timedelta | str | None = None,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=monitorqa_conn_id, **kwargs)
        self.name = name
        self.template_id = template_id
        self.repeat = repeat
        self.repeat_pattern = repeat_pattern
        self.audit_object_ids = audit_object_ids
        self.audit_object_group_ids = audit_object_group_ids
        self.assignees_ids = assignees_ids
        self.auditor_hint = auditor_hint
        self.active = active
        self.start_from_date = start_from_date
        self.stop_by_date = stop_by_date

    def facts(self, now: datetime, marker: str) -> dict[str, Any]:
        """Return the fields by which the list of schedules shows this one.

        :param now: The moment that relative dates are relative to.
        :param marker: Not used: a schedule has no room for it.
        """
        from airflow_qa_provider.vendors.monitorqa.client import rules
        from airflow_qa_provider.vendors.monitorqa.schedules import schedule_facts

        rules.at_most(self.auditor_hint, rules.MAX_HINT, "auditor_hint")
        rules.optional_ids(self.assignees_ids, "assignees_ids")
        given = {
            "name": self.name,
            "template_id": required_id(self.template_id, "template_id", "monitorqa"),
            "audit_object_ids": self.audit_object_ids,
            "audit_object_group_ids": self.audit_object_group_ids,
            "active": None if self.active is None else rules.flag(self.active, "active"),
            "start_from_date": from_moment(now, self.start_from_date),
            "stop_by_date": from_moment(now, self.stop_by_date),
        }
        floating = any(isinstance(date, timedelta) for date in (self.start_from_date, self.stop_by_date))
        return {**schedule_facts(self._repeat(), given), "floating": floating}

    def create(self, client: MonitorQAClient, facts: Mapping[str, Any]) -> str:
        """Create the schedule, with the call of its pattern.

        :param client: The client.
        :param facts: What :meth:`facts` returned.
        """
        from airflow_qa_provider.vendors.monitorqa.client import repeats

        repeat = self._repeat()
        calls: dict[type, Callable[..., str]] = {
            repeats.Daily: client.schedules.create_daily,
            repeats.Weekly: client.schedules.create_weekly,
            repeats.MultipleWeeks: client.schedules.create_multiple_weeks,
            repeats.Monthly: client.schedules.create_monthly,
        }
        return calls[type(repeat)](
            name=facts["name"],
            template_id=facts["template_id"],
            audit_object_ids=self.audit_object_ids,
            audit_object_group_ids=self.audit_object_group_ids,
            assignees_ids=self.assignees_ids,
            auditor_hint=self.auditor_hint,
            active=self.active,
            start_from_date=facts["start"],
            stop_by_date=facts["stop"],
            **vars(repeat),
        )

    def update(self, client: MonitorQAClient, object_id: str, facts: Mapping[str, Any]) -> None:
        """Change a schedule; what is not given stays as it is.

        :param client: The client.
        :param object_id: Id of the schedule.
        :param facts: What :meth:`facts` returned.
        :raises QANotSupportedError: It has another template.
        """
        current = client.schedules.get(object_id)
        check_same("schedule", current, "template", facts["template_id"], "template_id")
        people = [person["id"] for person in current.get("assignees") or ()]
        client.schedules.update(
            object_id,
            name=facts["name"],
            repeat=self._repeat(),
            active=current.get("active") is not False if self.active is None else self.active,
            audit_object_ids=self.audit_object_ids,
            audit_object_group_ids=self.audit_object_group_ids,
            assignees_ids=people if self.assignees_ids is None else self.assignees_ids,
            auditor_hint=current.get("auditorHint") if self.auditor_hint is None else self.auditor_hint,
            start_from_date=facts["start"] or current.get("startFromDate"),
            stop_by_date=facts["stop"] or current.get("stopByDate"),
        )

    def poller(self) -> Poller:
        """Return how to see whether a schedule is there still."""
        from airflow_qa_provider.vendors.monitorqa.schedules import SchedulePoller

        return SchedulePoller()

    def _repeat(self) -> Repeat:
        from airflow_qa_provider.vendors.monitorqa.client import rules
        from airflow_qa_provider.vendors.monitorqa.client.repeats import OneTime, repeat_of

        repeat = repeat_of(self.repeat, self.repeat_pattern)
        if isinstance(repeat, OneTime):
            raise rules.refused(
                "a schedule repeats daily, weekly, every multiple weeks or monthly, and this one is for one time",
                "MonitorQACreateAuditOperator creates a single audit",
            )
        return repeat
