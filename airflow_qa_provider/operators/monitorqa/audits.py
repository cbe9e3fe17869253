"""Operators for MonitorQA's audits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.creating import RemoteJobOperator
from airflow_qa_provider.inputs import from_moment, required_id
from airflow_qa_provider.links.monitorqa import MonitorQAAuditLink
from airflow_qa_provider.operators.monitorqa.updates import cannot_update, check_same

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient

_CLOCKS_DIFFER = timedelta(minutes=1)


class MonitorQACreateAuditOperator(RemoteJobOperator):
    """Creates a one-time audit, once, and waits until it is completed.

    A completed audit is a success, also when its score is low: the score is in the XCom ``result`` under
    ``detail``. An audit that expired or was deleted fails the task. MonitorQA can expire a waiting audit, so
    ``on_kill="cancel"`` works.

    An audit whose id was lost is found by template, object, name and dates. ``if_exists`` looks at the same, and with a
    relative due date at all open audits of that name; it is ``create`` by default, since a weekly walk has the same
    name every week. ``on_changed_input="update"`` changes name, dates, hint and assignee.

    Returns the id of the audit.

    :param name: Name of the audit. (templated)
    :param template_id: Template to use. (templated)
    :param audit_object_id: Object to be audited. (templated)
    :param audit_end_date: Due date: an aware ``datetime``, an ISO 8601 string with a zone, or a ``timedelta`` from
        the creation on. (templated)
    :param audit_start_date: From when it can be started, in the same forms; at once by default. (templated)
    :param auditor_hint: Instructions for the auditor, at most 2,000 characters. (templated)
    :param assignee_id: User who will do it. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.creating.RemoteJobOperator`.
    """

    kind = "monitorqa.audit"
    noun = "audit"
    payload_fields = (
        "name",
        "template_id",
        "audit_object_id",
        "audit_end_date",
        "audit_start_date",
        "auditor_hint",
        "assignee_id",
    )
    updates = True
    template_fields = (*payload_fields, "conn_id", "preview")
    operator_extra_links = (MonitorQAAuditLink(),)
    ui_color = "#e3f4ea"

    def __init__(
        self,
        *,
        name: str,
        template_id: str,
        audit_object_id: str,
        audit_end_date: datetime | timedelta | str,
        audit_start_date: datetime | timedelta | str | None = None,
        auditor_hint: str | None = None,
        assignee_id: str | None = None,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=monitorqa_conn_id, **kwargs)
        self.name = name
        self.template_id = template_id
        self.audit_object_id = audit_object_id
        self.audit_end_date = audit_end_date
        self.audit_start_date = audit_start_date
        self.auditor_hint = auditor_hint
        self.assignee_id = assignee_id

    def facts(self, now: datetime, marker: str) -> dict[str, Any]:
        """Return the fields by which the lists of audits show this one.

        :param now: The moment that relative dates are relative to.
        :param marker: Not used: an audit has no room for it.
        """
        from airflow_qa_provider.vendors.monitorqa.client import rules

        dates = rules.period(from_moment(now, self.audit_start_date), from_moment(now, self.audit_end_date))
        rules.at_most(self.auditor_hint, rules.MAX_HINT, "auditor_hint")
        return {
            "name": rules.required(self.name, "name"),
            "template_id": required_id(self.template_id, "template_id", "monitorqa"),
            "audit_object_id": required_id(self.audit_object_id, "audit_object_id", "monitorqa"),
            "start": dates["startDate"],
            "end": dates["endDate"],
            "floating": any(isinstance(date, timedelta) for date in (self.audit_start_date, self.audit_end_date)),
            "assignee_id": self.assignee_id,
        }

    def create(self, client: MonitorQAClient, facts: Mapping[str, Any]) -> str:
        """Create the audit.

        :param client: The client.
        :param facts: What :meth:`facts` returned.
        """
        return client.audits.create(
            name=facts["name"],
            template_id=facts["template_id"],
            audit_object_id=facts["audit_object_id"],
            end_date=facts["end"],
            start_date=facts["start"],
            auditor_hint=self.auditor_hint,
            assignee_id=self.assignee_id,
        )

    def update(self, client: MonitorQAClient, object_id: str, facts: Mapping[str, Any]) -> None:
        """Change an audit that is still open; without an ``assignee_id`` it stays with whoever has it.

        :param client: The client.
        :param object_id: Id of the audit.
        :param facts: What :meth:`facts` returned.
        :raises QANotSupportedError: Template or object differ, or nobody can say whose it is.
        """
        current = client.audits.get(object_id)
        check_same("audit", current, "template", facts["template_id"], "template_id")
        check_same("audit", current, "auditObject", facts["audit_object_id"], "audit_object_id")
        client.audits.update(
            object_id,
            name=facts["name"],
            start_date=facts["start"] or current.get("startDate") or datetime.now(timezone.utc),
            end_date=facts["end"],
            assignee_id=self.assignee_id or _only_assignee(current),
            auditor_hint=self.auditor_hint,
        )


class MonitorQAReopenAuditOperator(ChangingOperator):
    """Makes a completed audit active again, once.

    An audit that is active already is left as it is, whatever its dates and assignees are. One that has expired is
    refused: MonitorQA reopens completed audits only.

    A retry whose earlier attempt lost the answer does not reopen an audit that was reopened by it and has been
    completed again since. That is seen by its dates, and by a completion more than a minute after the request. What
    cannot be told: an audit that somebody has given other dates and completed within that minute is reopened again.

    Returns the id of the audit. :class:`~airflow_qa_provider.sensors.monitorqa.MonitorQAAuditSensor` waits for its
    completion.

    :param audit_id: Id of a completed audit. (templated)
    :param audit_end_date: New due date: an aware ``datetime``, an ISO 8601 string with a zone, or a ``timedelta`` from
        the first attempt on. (templated)
    :param audit_start_date: New start, in the same forms; the moment of the first attempt by default. (templated)
    :param assignees_ids: New assignees; by default it stays with those who have it. (templated)
    :param remove_assignees: Whether to take it from all assignees; an empty ``assignees_ids`` is refused.
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "monitorqa.audit"
    noun = "audit"
    payload_fields = ("audit_id", "audit_end_date", "audit_start_date", "assignees_ids", "remove_assignees")
    template_fields = (*payload_fields, "conn_id", "preview")
    operator_extra_links = (MonitorQAAuditLink(),)
    ui_color = "#e3f4ea"

    def __init__(
        self,
        *,
        audit_id: str,
        audit_end_date: datetime | timedelta | str,
        audit_start_date: datetime | timedelta | str | None = None,
        assignees_ids: Iterable[str] | str | None = None,
        remove_assignees: bool = False,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=monitorqa_conn_id, **kwargs)
        self.audit_id = audit_id
        self.audit_end_date = audit_end_date
        self.audit_start_date = audit_start_date
        self.assignees_ids = assignees_ids
        self.remove_assignees = remove_assignees

    @property
    def awaited_id(self) -> str:
        """Id of the audit, for the link to it."""
        return self.audit_id

    def changed_id(self) -> str:
        """Return the id of the audit."""
        return required_id(self.audit_id, "audit_id", "monitorqa")

    def wanted(self, client: MonitorQAClient, moment: datetime) -> dict[str, Any]:
        """Check the input; what counts is that the audit is active.

        :param client: The client.
        :param moment: What relative dates count from.
        """
        from airflow_qa_provider.vendors.monitorqa.client import rules

        rules.period(*self._period(moment))
        rules.new_assignees(self.assignees_ids, rules.flag(self.remove_assignees, "remove_assignees"))
        return {"state": "active"}

    def current(self, client: MonitorQAClient) -> dict[str, Any]:
        """Return where the audit stands, its dates, and when it was completed.

        :param client: The client.
        """
        from airflow_qa_provider.kinds.snapshot import Phase
        from airflow_qa_provider.vendors.monitorqa.audits import audit_snapshot

        audit = client.audits.get(self.changed_id())
        seen = audit_snapshot({"id": self.audit_id, **audit})
        return {
            "state": "active" if seen.phase is Phase.ACTIVE else seen.status,
            "dates": [audit.get("startDate"), audit.get("endDate")],
            "completed_at": audit.get("completeDate"),
        }

    def send(
        self, client: MonitorQAClient, wanted: Mapping[str, Any], current: Mapping[str, Any] | None, moment: datetime
    ) -> None:
        """Reopen the audit.

        :param client: The client.
        :param wanted: What :meth:`wanted` returned.
        :param current: What :meth:`current` returned.
        :param moment: What relative dates count from.
        :raises QANotSupportedError: It has expired.
        """
        if current is not None and current["state"] == "expired":
            from airflow_qa_provider.exceptions import QANotSupportedError

            raise QANotSupportedError(
                f"audit {self.audit_id} has expired, and MonitorQA reopens completed audits only",
                vendor="monitorqa",
                operation="audits.reopen",
                outcome="Nothing was changed",
                hint="Create another audit. A retry fails again",
            )
        start, end = self._period(moment)
        client.audits.reopen(
            self.changed_id(),
            start_date=start,
            end_date=end,
            assignees_ids=self.assignees_ids,
            remove_assignees=self.remove_assignees,
        )

    def was_made(self, current: Mapping[str, Any] | None, sent_at: datetime) -> bool:
        """Tell whether a request whose answer was lost has reopened the audit, which has ended again since.

        :param current: What :meth:`current` returned.
        :param sent_at: When it was sent.
        """
        from airflow_qa_provider.rest.timestamps import to_utc
        from airflow_qa_provider.vendors.monitorqa.client import rules

        if current is None:
            return False
        asked = rules.period(*self._period(sent_at)).values()
        same_dates = all(_is_moment(shown, date) for shown, date in zip(current["dates"], asked, strict=True))
        if current["completed_at"] is None:
            return same_dates
        # clocks differ: what was completed just before the request may seem to be later, and the other way round
        slack = -_CLOCKS_DIFFER if same_dates else _CLOCKS_DIFFER
        completed_at = to_utc(current["completed_at"], "completeDate")
        return completed_at > sent_at + slack

    def _period(self, moment: datetime) -> tuple[Any, Any]:
        start = moment if self.audit_start_date is None else from_moment(moment, self.audit_start_date)
        return start, from_moment(moment, self.audit_end_date)


def _is_moment(shown: Any, wanted: str | None) -> bool:
    """Tell whether a date is the one that was sent, with as many digits as the vendor likes."""
    from airflow_qa_provider.exceptions import QAValidationError
    from airflow_qa_provider.vendors.monitorqa.client import rules

    try:
        return rules.moment(shown, "date") == wanted
    except QAValidationError:
        return False


def _only_assignee(current: Mapping[str, Any]) -> str | None:
    ids: list[str] = [person["id"] for person in current.get("assignees") or ()]
    if len(ids) > 1:
        problem = "it has several assignees, of which a change would leave one; give assignee_id"
        raise cannot_update("audit", current, problem)
    return ids[0] if ids else None
