"""What the calls of MonitorQA's webhook tell (source: "Webhook")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from airflow_qa_provider.kinds.event import Event

_AUDIT = {
    "assigned": "an audit was assigned to a user",
    "completed": "an audit was completed",
    "deleted": "an audit was deleted",
    "expired": "an audit has expired",
    "rescheduled": "an audit was reopened",
}
_CORRECTIVE_ACTION = {
    "created": "a corrective action was created",
    "assigned": "a corrective action was assigned to a user",
    "submitted": "a corrective action was submitted",
    "approved": "a corrective action was approved",
    "rejected": "a corrective action was rejected",
    "deleted": "a corrective action was deleted",
    "expired": "a corrective action has expired",
    "updated": "a corrective action was changed, but for its status and assignees",
}
_TEMPLATE = {
    "created": "a template was created",
    "deleted": "a template was deleted",
}


def _named(name: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda call: call.get("event") == name.upper()


def _text_of(field: str) -> Callable[[Mapping[str, Any]], str | None]:
    def read(call: Mapping[str, Any]) -> str | None:
        data = call.get("data")
        value = data.get(field) if isinstance(data, Mapping) else None
        return value if isinstance(value, str) and value else None

    return read


def _completion(call: Mapping[str, Any]) -> str | None:
    """Return the audit and when it was completed: one that was reopened is completed again."""
    audit_id, data = _text_of("auditId")(call), call.get("data")
    if audit_id is None or not isinstance(data, Mapping):
        return None
    # the docs do not show whether the details stand beside the id or below a name of their own
    own = data.get("audit")
    moment = (own if isinstance(own, Mapping) else data).get("completeDate")
    return f"{audit_id} {moment}" if isinstance(moment, str) and moment else None


def _events(noun: str, field: str, known: Mapping[str, str]) -> tuple[Event, ...]:
    return tuple(
        Event(
            name=f"{noun}_{what}",
            about=about,
            is_told_by=_named(f"{noun}_{what}"),
            object_id=_text_of(field),
            **({"key": _completion} if (noun, what) == ("audit", "completed") else {}),
        )
        for what, about in known.items()
    )


EVENTS = (
    *_events("audit", "auditId", _AUDIT),
    *_events("corrective_action", "correctiveActionId", _CORRECTIVE_ACTION),
    *_events("template", "id", _TEMPLATE),
)
