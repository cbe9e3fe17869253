"""Arguments as they come out of templates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from airflow_qa_provider.exceptions import QAValidationError


def required_id(value: object, field: str, vendor: str) -> str:
    """Return an id that must be given, without the spaces around it.

    :param value: The id. ``"None"`` is what a template makes of an XCom that is not there, and counts as missing.
    :param field: Name of the argument, for the message.
    :param vendor: Vendor in lower case, for the message.
    :raises QAValidationError: It is missing.
    """
    text = "" if value is None else str(value).strip()
    if text in ("", "None"):
        raise QAValidationError(
            f"{field} is required, got {value!r}",
            vendor=vendor,
            outcome="Nothing was sent",
            hint="When it comes from another task, look whether that task has returned it",
        )
    return text


def from_moment(moment: datetime, value: Any) -> Any:
    """Return a date that may be relative, ``None`` for none.

    :param moment: What a ``timedelta`` counts from.
    :param value: A ``timedelta``, or what the client takes for a date.
    """
    return moment + value if isinstance(value, timedelta) else value
