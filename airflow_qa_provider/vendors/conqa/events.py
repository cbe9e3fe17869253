"""What the calls of CONQA's webhooks tell (source: "Report Webhook", "Webhook Types")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from airflow_qa_provider.kinds.event import Event

MARKER = "airflow"
"""Name in a report's ``context`` under which its id goes out and comes back."""

_OF_CHECKLISTS = ("QAREPORT", "HISTORY", "FAILED_CHECKPOINT")
_OF_ISSUES = ("ISSUES",)


def _data(call: Mapping[str, Any]) -> Mapping[str, Any]:
    data = call.get("data")
    return data if isinstance(data, Mapping) else {}


def _marker(call: Mapping[str, Any]) -> str | None:
    """Return the id of a report that a task of ours has asked for."""
    context = _data(call).get("context")
    marker = context.get(MARKER) if isinstance(context, Mapping) else None
    return marker if isinstance(marker, str) and marker else None


def _key(call: Mapping[str, Any]) -> str | None:
    """Return the id of ours, or what else belongs to one report: its address, or the code for CONQA's support."""
    data = _data(call)
    own = _marker(call) or data.get("reportUrl") or data.get("supportCode")
    return own if isinstance(own, str) and own else None


def _address(call: Mapping[str, Any]) -> str | None:
    return _data(call).get("reportUrl") or None


def _what_failed(call: Mapping[str, Any]) -> str:
    data = _data(call)
    code = data.get("supportCode")
    told = f"; CONQA's support knows it as {code}" if code else ""
    return f"{data.get('error') or 'CONQA does not say why'}{told}"


def _report(types: tuple[str, ...], status: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda call: _data(call).get("reportType") in types and _data(call).get("status") == status


def _is_of_milestone(call: Mapping[str, Any]) -> bool:
    # the docs show no call about milestones; those about reports name their type
    return "reportType" not in _data(call)


EVENTS = (
    Event(
        name="report_completed",
        about="the report of a checklist is there",
        is_told_by=_report(_OF_CHECKLISTS, "completed"),
        object_id=_marker,
        key=_key,
        result=_address,
    ),
    Event(
        name="report_failed",
        about="the report of a checklist could not be made",
        is_told_by=_report(_OF_CHECKLISTS, "failed"),
        object_id=_marker,
        key=_key,
        failure=_what_failed,
    ),
    Event(
        name="issue_report_completed",
        about="a report of issues is there",
        is_told_by=_report(_OF_ISSUES, "completed"),
        object_id=lambda call: None,
        key=_key,
    ),
    Event(
        name="issue_report_failed",
        about="a report of issues could not be made",
        is_told_by=_report(_OF_ISSUES, "failed"),
        object_id=lambda call: None,
        key=_key,
    ),
    Event(
        name="milestone",
        about="something about a milestone; the docs do not show what",
        is_told_by=_is_of_milestone,
        object_id=lambda call: None,
    ),
)
