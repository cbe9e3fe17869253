"""Field values of milestones: what may be sent for which kind of field, and what is stored."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from qa_sandbox.conqa.models import MilestoneData, StatusRef
from qa_sandbox.conqa.projects import FieldSpec, MilestoneConfig, Option

Stored = str | int | float | None
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_OPTION_MEMBERS = frozenset({"value", "display", "createNew"})


class WrongValue(Exception):
    """A value that the field does not take; the text says why."""


@dataclass
class Change:
    """A request body that was checked against a configuration, and the options that it adds; None clears a field."""

    name: str | None = None
    status: str | None = None
    fields: dict[str, Stored] = field(default_factory=dict)
    new_options: list[tuple[FieldSpec, Option]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return self.name is None and self.status is None and not self.fields


def slugify(text: str) -> str:
    """Derive an option identifier: lower case, everything outside ``a-z0-9.-`` replaced by dashes."""
    return re.sub(r"[^a-z0-9.-]", "-", text.lower())


def read_change(config: MilestoneConfig, data: MilestoneData) -> tuple[Change, dict[str, str]]:
    change, problems = Change(name=data.name), {}
    if data.status is not None:
        change.status = _status(config, data.status)
        if change.status is None:
            problems["status"] = "is not a configured status"
    for name, raw in (data.fields or {}).items():
        spec = config.fields.get(name)
        if spec is None:
            problems[f"fields.{name}"] = "is not a field of this project's milestones"
            continue
        try:
            change.fields[name] = _stored(spec, raw, change)
        except WrongValue as error:
            problems[f"fields.{name}"] = str(error)
    return change, problems


def _status(config: MilestoneConfig, wanted: StatusRef) -> str | None:
    if wanted.value is not None:
        return wanted.value if wanted.value in config.statuses else None
    return next((value for value, label in config.statuses.items() if label == wanted.display), None)


def _stored(spec: FieldSpec, raw: Any, change: Change) -> Stored:
    if raw is None or (isinstance(raw, dict) and "value" in raw and raw["value"] is None):
        return None
    if spec.kind == "option":
        return _option(spec, raw, change).value
    return _SIMPLE[spec.kind](raw)


def _option(spec: FieldSpec, raw: Any, change: Change) -> Option:
    if not isinstance(raw, dict) or not set(raw) <= _OPTION_MEMBERS:
        raise WrongValue("must be an object with value, display and createNew")
    value, display, create = raw.get("value"), raw.get("display"), raw.get("createNew", False)
    if not isinstance(create, bool):
        raise WrongValue("createNew must be true or false")
    if value is None and display is None:
        raise WrongValue("needs value or display")
    for text in (value, display):
        if text is not None and not (is_text(text) and text):
            raise WrongValue("value and display must be text that is not empty")
    found = spec.option(value) if value is not None else spec.labelled(str(display))
    if create and spec.origin != "project":
        raise WrongValue("createNew works for project-specific option fields only")
    if found is None and create:
        found = spec.option(slugify(value if value is not None else str(display)))
    if found is not None:
        if not found.active:
            raise WrongValue("is an inactive option")
        return found
    if not create:
        raise WrongValue("is not an option of this field; set createNew to add it")
    source = str(value if value is not None else display)
    new = Option(slugify(source), str(display) if display is not None else source)
    change.new_options.append((spec, new))
    return new


def is_text(value: Any) -> bool:
    """Say whether a value is text that can be sent; half of a surrogate pair cannot."""
    return isinstance(value, str) and value.encode("utf-8", "ignore").decode() == value


def _date(raw: Any) -> str:
    if isinstance(raw, str) and _DAY.fullmatch(raw):
        try:
            return date.fromisoformat(raw).isoformat()
        except ValueError:
            raise WrongValue("is not a day of the calendar") from None
    raise WrongValue("must be a date in the format YYYY-MM-DD")


def _number(raw: Any) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise WrongValue("must be a number")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise WrongValue("must be a finite number")
    return raw


def _text(raw: Any) -> str:
    if not is_text(raw):
        raise WrongValue("must be text")
    return str(raw)


_SIMPLE = {"date": _date, "number": _number, "text": _text}
