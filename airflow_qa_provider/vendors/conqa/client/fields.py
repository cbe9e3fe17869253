"""Values of a milestone's status and fields, in the forms that "Upsert Milestone" documents."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_qa_provider.vendors.conqa.client.rules import check

_OPTION_KEYS = frozenset({"value", "display", "createNew"})


@dataclass(frozen=True)
class Option:
    """A value of an option field, or a status (source: "Upsert Milestone", Field Value Formats).

    At least one of ``value`` and ``display`` is needed; CONQA matches by ``value`` when both are given.

    :param value: The unchanging identifier, such as ``"ground-floor"``; matched exactly.
    :param display: The label that people see, such as ``"Ground Floor"``; breaks when the label is renamed.
    :param create_new: Whether CONQA adds the option when it does not exist. The identifier is then ``value``, or else
        ``display``, in lower case with dashes for everything outside ``a-z 0-9 . -``; the label is ``display``, or else
        ``value``. Only for option fields of the project itself, never for a status, checklist template fields or
        options of the whole account.
    """

    value: str | None = None
    display: str | None = None
    create_new: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the option under its wire names."""
        named = {"value": self.value, "display": self.display, "createNew": self.create_new or None}
        return {name: value for name, value in named.items() if value is not None}


FieldValue = str | int | float | dt.date | Option | Mapping[str, Any] | None
"""A text, a number, a date (sent as ``YYYY-MM-DD``), an option or its wire form, or ``None`` to clear the field."""


def status_value(status: str | Option | Mapping[str, Any]) -> dict[str, Any]:
    """Return a status for the wire.

    :param status: Its identifier, such as ``"planned"``, an :class:`Option`, or ``{"value", "display"}``.
    :raises QAValidationError: It names no status, or asks to create one.
    """
    if isinstance(status, str) and status.lstrip().startswith("{"):
        status = check.mapping(status, "status")
    wire = {"value": check.text(status, "status")} if isinstance(status, str) else _wire_form(status)
    if wire is None:
        raise check.refused(f"status must be a text, an Option or an object, got {status!r}", 'Give "planned", say')
    if "createNew" in wire:
        raise check.refused("status cannot be created: createNew is for option fields only")
    return _matched(wire, "status")


def field_values(fields: Mapping[str, FieldValue] | str | None) -> dict[str, Any] | None:
    """Return the fields of a milestone for the wire, ``None`` when they are not given.

    :param fields: Field name to value, or JSON text of that.
    :raises QAValidationError: A name is empty, or a value is of no documented form; the message names the field.
    """
    read = check.structure(fields, "fields")
    if read is None:
        return None
    if not isinstance(read, Mapping):
        raise check.refused(
            f"fields must be an object of field name to value, got {fields!r}"[:300], 'Give {"Floor": "Ground"}'
        )
    for name in read:
        if not isinstance(name, str) or not name.strip():
            raise check.refused(f"fields has the name {name!r}; a field name must be a non-empty string")
    return {name: _field_value(value, f"fields[{name!r}]") for name, value in read.items()}


def _field_value(value: Any, field: str) -> Any:
    option = _wire_form(value)
    if option is not None:
        return _option(option, field)
    if isinstance(value, dt.datetime):
        raise check.refused(
            f"{field} is a date field without a time, got {value}", "Give value.date(), in the zone you mean"
        )
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, (str, int, float, type(None))):
        raise check.refused(
            f"{field} must be a string, a number, a date, an option or None, got {value!r} ({type(value).__name__})"
        )
    if isinstance(value, float) and not math.isfinite(value):
        raise check.refused(f"{field} must be a finite number, got {value}", "None clears the field")
    return value


def _wire_form(value: Any) -> dict[str, Any] | None:
    if isinstance(value, Option):
        return value.as_dict()
    return dict(value) if isinstance(value, Mapping) else None


def _option(option: dict[str, Any], field: str) -> dict[str, Any]:
    if option == {"value": None}:
        return option
    if "value" in option and option["value"] is None:
        raise check.refused(
            f"{field} has value null, which clears the field, beside {sorted(set(option) - {'value'})}",
            "Leave value out to match by display, or give value null alone to clear",
        )
    if "createNew" in option:
        option["createNew"] = check.flag(option["createNew"], f"{field}.createNew")
    return _matched(option, field)


def _matched(option: dict[str, Any], field: str) -> dict[str, Any]:
    unknown = sorted(map(str, set(option) - _OPTION_KEYS))
    if unknown:
        raise check.refused(f"{field} has the unknown members {unknown}; an option has value, display and createNew")
    if "value" not in option and "display" not in option:
        raise check.refused(f"{field} must have at least one of value and display, got {option!r}")
    for name in ("value", "display"):
        text = option.get(name, "absent")
        if not isinstance(text, str) or not text.strip():
            raise check.refused(f"{field}.{name} must be a non-empty string, got {text!r}")
    return option
