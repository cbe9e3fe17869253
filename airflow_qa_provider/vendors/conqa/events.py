"""What the calls of CONQA's webhooks tell (source: "Report Webhook", "Webhook Types")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from airflow_qa_provider.kinds.event import Event

ObjectId = Callable[[Mapping[str, Any]], "str | None"]

MARKER = "airflow"
"""Name in a report's ``context`` under which its id goes out and comes back."""

_LONGEST = 4000


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
    """Return where a report is, which every task of a run is handed."""
    address = _data(call).get("reportUrl")
    return address if isinstance(address, str) and 0 < len(address) <= _LONGEST else None


def _no_address(call: Mapping[str, Any]) -> str | None:
    return None if _address(call) else f"but CONQA names no address of up to {_LONGEST} characters for it"


def _what_failed(call: Mapping[str, Any]) -> str:
    data = _data(call)
    code = data.get("supportCode")
    told = f"; CONQA's support knows it as {code:.100}" if isinstance(code, str) and code else ""
    return f"{str(data.get('error') or 'CONQA does not say why')[:_LONGEST]}{told}"


def _reports(about: str, prefix: str, types: tuple[str, ...], object_id: ObjectId) -> tuple[Event, Event]:
    """Return the two ends of a report.

    :param about: What kind of report it is.
    :param prefix: In front of the names of the events.
    :param types: CONQA's types of report.
    :param object_id: A call to the id of the report, where it names one.
    """

    def is_one(status: str) -> Callable[[Mapping[str, Any]], bool]:
        return lambda call: _data(call).get("reportType") in types and _data(call).get("status") == status

    return (
        Event(
            name=f"{prefix}report_completed",
            about=f"{about} is there",
            is_told_by=is_one("completed"),
            key=_key,
            failure=_no_address,
            result=_address,
            object_id=object_id,
        ),
        Event(
            name=f"{prefix}report_failed",
            about=f"{about} could not be made",
            is_told_by=is_one("failed"),
            key=_key,
            failure=_what_failed,
            object_id=object_id,
        ),
    )


def _is_of_milestone(call: Mapping[str, Any]) -> bool:
    # the docs show no call about milestones; those about reports name their type
    return "reportType" not in _data(call)


EVENTS = (
    *_reports("the report of a checklist", "", ("QAREPORT", "HISTORY", "FAILED_CHECKPOINT"), _marker),
    # their calls have no context, so nothing in them tells who has asked
    *_reports("a report of issues", "issue_", ("ISSUES",), lambda call: None),
    Event(
        name="milestone",
        about="something about a milestone; the docs do not show what",
        is_told_by=_is_of_milestone,
        object_id=lambda call: None,
    ),
)
