"""Making completed audits of MonitorQA active again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QANotSupportedError, QAValidationError
from airflow_qa_provider.kinds.change import Change, Shown
from airflow_qa_provider.kinds.fields import absolute, from_moment
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.rest.timestamps import to_utc
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient

_CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True)
class ReopenAudit(Change):
    """A completed audit that is to be active again (source: "Reopen audit").

    :param audit_id: Id of the audit.
    :param due: New due date, or how long after the first attempt.
    :param start: New start, in the same forms; the moment of the first attempt by default.
    :param assignees_ids: New assignees; by default it stays with those who have it.
    :param remove_assignees: Whether to take it from all assignees.
    """

    audit_id: str
    due: datetime | timedelta
    start: datetime | timedelta | None = None
    assignees_ids: tuple[str, ...] | None = None
    remove_assignees: bool = False

    id_field = "audit_id"

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        assignees, remove = given.optional_ids("assignees_ids"), given.flag("remove_assignees", False)
        if remove and assignees:
            raise given.refused("assignees_ids and remove_assignees contradict each other")
        if assignees == () and not remove:
            raise given.refused(
                "assignees_ids is empty, which would take the audit from all assignees",
                "Leave assignees_ids unset to keep them, or say remove_assignees=True",
            )
        return cls(given.id("audit_id"), given.when("due"), given.optional_when("start"), assignees, remove)

    @override
    def at(self, moment: datetime) -> Self:
        start = moment if self.start is None else from_moment(moment, self.start)
        due = from_moment(moment, self.due)
        Given({}, "monitorqa").check.in_order(start, due, "start", "due")
        return replace(self, due=due, start=start)

    @override
    def wanted(self, client: MonitorQAClient) -> Shown:
        # whatever its dates and assignees are: what counts is that it is active
        return {"state": "active"}

    @override
    def current(self, client: MonitorQAClient) -> Shown:
        audit = client.audits.get(self.audit_id)
        state = "expired" if audit.get("isExpired") else "active"
        return {
            "state": "completed" if audit.get("isCompleted") else state,
            "dates": [audit.get("startDate"), audit.get("endDate")],
            "completed_at": audit.get("completeDate"),
        }

    @override
    def send(self, client: MonitorQAClient, wanted: Shown, current: Shown | None) -> None:
        if current is not None and current["state"] == "expired":
            raise QANotSupportedError(
                f"audit {self.audit_id} has expired, and MonitorQA reopens completed audits only",
                vendor="monitorqa",
                operation="audits.reopen",
                outcome="Nothing was changed",
                hint="Create another audit. A retry fails again",
            )
        client.audits.reopen(
            self.audit_id,
            start_date=absolute(self.start or self.due),
            end_date=absolute(self.due),
            assignees_ids=self.assignees_ids,
            remove_assignees=self.remove_assignees,
        )

    @override
    def was_made(self, current: Shown | None, sent_at: datetime) -> bool:
        # it may have been completed again since
        if current is None:
            return False
        asked = (self.start, self.due)
        same_dates = all(_is_moment(shown, date) for shown, date in zip(current["dates"], asked, strict=True))
        if current["completed_at"] is None:
            return same_dates
        # clocks differ: what was completed just before the request may seem to be later, and the other way round
        slack = -_CLOCKS_DIFFER if same_dates else _CLOCKS_DIFFER
        return to_utc(current["completed_at"], "completeDate") > sent_at + slack


def _is_moment(shown: Any, wanted: Any) -> bool:
    """Tell whether a date is the one that was sent, with as many digits as the vendor likes."""
    try:
        return bool(abs(to_utc(shown, "date") - wanted) < timedelta(milliseconds=1))
    except QAValidationError:
        return False
