"""Reading what smartQ shows of its objects. The docs do not describe it: the names are the forms', or inferred.

A value that has another shape than expected counts as not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.timestamps import to_utc
from airflow_qa_provider.vendors.smartq.client.rules import SmartQFields

_DEADLINES = ("deadline_date", "required_by")
_TITLES = ("name", "title")
_FILE_NAMES = ("name", "file_name", "filename", "title")
_FILE_SIZES = ("size", "file_size", "filesize")


def step_of(ticket: Mapping[str, Any]) -> str | None:
    """Return the id of the step that a ticket is in.

    :param ticket: A ticket.
    """
    return _id(ticket.get("step_id"))


def step_named(steps: Iterable[Mapping[str, Any]], wanted: str, project_id: str) -> str:
    """Return the id of a step that is named by its id, or else by its name.

    :param steps: The steps of the project.
    :param wanted: Id, or name in any case.
    :param project_id: Id of the project, for the message.
    :raises QAValidationError: There is no such step, or several have that name.
    """
    names = {step_id: _title(step) or "" for step in steps if (step_id := _id(step))}
    word = wanted.strip()
    found = [word] if word in names else [key for key, name in names.items() if name.casefold() == word.casefold()]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"{name!r} ({key})" for key, name in names.items())
    problem = "several steps" if found else "no step"
    raise QAValidationError(
        f"step: project {project_id} has {problem} {wanted!r}; it has {listed or 'none at all'}",
        vendor="smartq",
        outcome="Nothing was changed",
        hint="Give the id of the step",
    )


def tags_of(ticket: Mapping[str, Any]) -> list[str]:
    """Return the tags of a ticket: a text with commas, a list of words, or a list of objects with a name.

    :param ticket: A ticket.
    """
    shown = ticket.get("tags")
    if isinstance(shown, str):
        return [word.strip() for word in shown.split(",") if word.strip()]
    words = [_title(item) for item in shown] if isinstance(shown, list) else []
    return [word for word in words if word]


def assignees_of(ticket: Mapping[str, Any]) -> list[str]:
    """Return the ids of the users whom a ticket is assigned to.

    :param ticket: A ticket.
    """
    shown = ticket.get("assigned_to")
    ids = [_id(item) for item in shown] if isinstance(shown, list) else []
    return [user_id for user_id in ids if user_id]


def deadline_of(ticket: Mapping[str, Any]) -> str | None:
    """Return the deadline of a ticket as it can be sent back: in the account's time, or with a zone.

    :param ticket: A ticket.
    """
    shown = next((ticket[name] for name in _DEADLINES if isinstance(ticket.get(name), str)), None)
    if shown is None:
        return None
    try:
        SmartQFields().timestamp(shown, "deadline")
    except QAValidationError:
        return None
    return str(shown)


def custom_fields_of(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """Return the custom fields that have a value: texts, numbers, and lists of ids for choices.

    :param ticket: A ticket.
    """
    shown = ticket.get("custom_fields")
    if not isinstance(shown, Mapping):
        return {}
    return {name: value for name, value in shown.items() if value not in (None, "", []) and _can_be_sent(value)}


def file_name_of(file: Mapping[str, Any]) -> str | None:
    """Return the name of a file.

    :param file: A file of a note.
    """
    return next((str(file[name]) for name in _FILE_NAMES if file.get(name)), None)


def file_size_of(file: Mapping[str, Any]) -> int | None:
    """Return the size of a file in bytes, where it is shown as a number.

    :param file: A file of a note.
    """
    shown = next((str(file[name]) for name in _FILE_SIZES if file.get(name) is not None), "")
    return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 20 else None


def moment_of(row: Mapping[str, Any], name: str, timezone: str) -> float | None:
    """Return a date of a row in seconds since the epoch, ``None`` when it shows none.

    :param row: A ticket, note or file.
    :param name: Name of the field, such as ``insert_time``.
    :param timezone: The account's time zone, for dates without one.
    """
    text = str(row.get(name) or "")
    try:
        return to_utc(text, name).timestamp()
    except QAValidationError:
        pass
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone)).timestamp()
    except ValueError:
        return None


def _can_be_sent(value: Any) -> bool:
    return all(isinstance(item, (str, int, float)) for item in (value if isinstance(value, list) else [value]))


def _id(value: Any) -> str | None:
    shown = value.get("id") if isinstance(value, Mapping) else value
    return str(shown) if isinstance(shown, (str, int)) and str(shown).strip() else None


def _title(value: Any) -> str | None:
    shown = next((value[key] for key in _TITLES if value.get(key)), None) if isinstance(value, Mapping) else value
    return shown.strip() if isinstance(shown, str) else None
