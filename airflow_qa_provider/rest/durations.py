"""Durations as people and templates write them."""

from __future__ import annotations

import re
from datetime import timedelta

LONGEST = timedelta(days=36500)
"""Longest duration that is taken: beyond it lies the end of the calendar, and of what clocks can wait for."""
LONGEST_IN_SECONDS = timedelta(seconds=10**8)
"""Longest that is taken of a bare number where a date may stand as well: more are seconds since 1970."""

_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
# str(timedelta(...)), which a template makes
_TIMEDELTA = re.compile(r"(?:(?P<days>-?\d+) days?, )?(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d(?:\.\d+)?)")


def duration_of(value: object) -> timedelta | None:
    """Return a value as a duration: a ``timedelta``, ``P1D``, ``PT8H``, ``1 day, 0:00:00``, or seconds.

    :param value: The value.
    :return: ``None`` for anything else. What is longer than Python can say is ``timedelta.max``.
    """
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return None
    try:
        return _read(value)
    except OverflowError:
        return timedelta.max
    except ValueError:  # not a number
        return None


def _read(value: str | float) -> timedelta | None:
    if not isinstance(value, str):
        return timedelta(seconds=value)
    text = value.strip()
    found = _DURATION.fullmatch(text.upper()) or _TIMEDELTA.fullmatch(text)
    if found:
        return timedelta(**{name: float(part) for name, part in found.groupdict().items() if part})
    # eight digits are a date without signs
    return timedelta(seconds=float(text)) if re.fullmatch(r"\d{1,7}(\.\d+)?", text) else None
