"""What an update of an object cannot change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_qa_provider.exceptions import QANotSupportedError


def check_same(noun: str, current: Mapping[str, Any], shown_as: str, wanted: str, field: str) -> None:
    """Check that an object refers to what is asked for.

    :param noun: The object in words.
    :param current: What the vendor shows of it.
    :param shown_as: Name of the reference there.
    :param wanted: Id that is asked for.
    :param field: Name of the argument, for the message.
    :raises QANotSupportedError: It refers to something else.
    """
    shown = (current.get(shown_as) or {}).get("id")
    if shown is not None and shown.lower() != wanted.lower():
        raise cannot_update(noun, current, f"{field} cannot be changed, and it has {shown}")


def cannot_update(noun: str, current: Mapping[str, Any], problem: str) -> QANotSupportedError:
    """Return the error for an object that no update brings to what is asked for.

    :param noun: The object in words.
    :param current: What the vendor shows of it.
    :param problem: Why.
    """
    return QANotSupportedError(
        f"{noun} {current.get('id')} cannot be brought to the input of this attempt: {problem}",
        vendor="monitorqa",
        outcome="Nothing was changed",
        hint=f"Set on_changed_input='new' to have another {noun} created. A retry fails again",
    )
