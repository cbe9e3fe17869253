"""Dates as Simplo IS writes them, and the calendar of billing periods."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError

LOCAL = ZoneInfo("Europe/Prague")
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(?:\.\d{1,6})?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)


def format_date(value: datetime) -> str:
    """Write a date of a report: local time, offset without a colon."""
    return value.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M:%S%z")


def format_utc(value: datetime) -> str:
    """Write a date of a report setting, which comes in another format."""
    return value.astimezone(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_date(value: Any) -> datetime:
    """Read a date; without a zone it is local."""
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if match is not None and 1970 <= int(match.group(1)[:4]) <= 2200:
        day, time, zone = match.groups()
        try:
            moment = datetime.fromisoformat(f"{day}T{time or '00:00:00'}")
            if zone is None:
                return moment.replace(tzinfo=LOCAL)
            return moment.replace(tzinfo=timezone.utc) - _offset(zone)
        except ValueError:
            pass
    raise PydanticCustomError("date", "must be a date such as 2023-01-31T23:59:59+0100")


def _offset(zone: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -size if zone[0] == "-" else size


def month_start(moment: datetime, months: int = 0) -> datetime:
    local = moment.astimezone(LOCAL)
    number = local.year * 12 + local.month - 1 + months
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=LOCAL)
