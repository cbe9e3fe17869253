"""The attributes of a user that ``Update user`` changes. The documentation names them in words only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qa_sandbox.qalyptus.envelope import Refused


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _text_or_null(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


ATTRIBUTES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "status": (_text, "text"),
    "organizations": (_list_of_text, "a list of ids"),
    "groups": (_list_of_text, "a list of ids"),
    "organizationRoles": (_list_of_objects, "a list of objects"),
    "license": (_text_or_null, "text or null"),
    "tenantAdminRole": (_text_or_null, "text or null"),
}


def new_value(kind: str, value: Any) -> tuple[str, Any]:
    """Check an update."""
    known = {name.lower(): name for name in ATTRIBUTES}
    name = known.get(kind.lower())
    if name is None:
        raise Refused(400, "Invalid update type", f"The type is one of {', '.join(ATTRIBUTES)}.")
    fits, shape = ATTRIBUTES[name]
    if not fits(value):
        raise Refused(400, "Invalid update value", f"The value of {name} is {shape}.")
    return name, value
