"""Moments in time: what is read, what is refused, and how MonitorQA wants it written."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.timestamps import to_utc, utc_milliseconds

SIX_PM = datetime(2026, 1, 31, 18, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "value",
    [
        SIX_PM,
        pendulum.datetime(2026, 1, 31, 19, tz="Europe/Berlin"),
        datetime(2026, 1, 31, 13, tzinfo=ZoneInfo("America/New_York")),
        datetime(2026, 1, 31, 23, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        "2026-01-31T18:00:00Z",
        "2026-01-31T18:00:00z",
        "2026-01-31T18:00Z",
        "2026-01-31 18:00:00Z",
        "2026-01-31T18:00:00.000000+00:00",
        "2026-01-31T19:00:00+01:00",
        "2026-01-31T19:00:00+0100",
        "2026-01-31T19:00:00+01",
        "2026-01-31T13:00:00-05:00",
        "20260131T180000Z",
        "  2026-01-31T18:00:00Z\n",
    ],
    ids=str,
)
def test_the_same_moment_in_every_form(value: Any) -> None:
    moment = to_utc(value, "end_date")

    assert moment == SIX_PM
    assert moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 31, 18),
        "2026-01-31T18:00:00",
        "2026-01-31 18:00",
        "2026-01-31",
        "20260131T180000",
        "2026-01-31T18:00",
    ],
    ids=str,
)
def test_no_time_zone_is_refused(value: Any) -> None:
    with pytest.raises(QAValidationError) as refused:
        to_utc(value, "end_date")

    assert str(refused.value) == (
        f"end_date {value!s} has no time zone. Nothing was sent. "
        "Give an aware datetime, or end the string with Z or an offset such as +02:00."
    )


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            "   ",
            "now",
            "tomorrow",
            "12:00",
            "12:00Z",
            "None",
            "2026-02-30T00:00:00Z",
            "2026-01-31T25:00:00Z",
            "P1D",
            "1700000000",
        ),
        *("2026-01-01T00:00:00Z/2026-02-01T00:00:00Z", "31.01.2026 18:00 +01:00"),
        *(None, 5, 1.7e9, True, date(2026, 1, 31), ["2026-01-31T18:00:00Z"]),
    ],
    ids=repr,
)
def test_what_is_no_moment_is_refused(value: Any) -> None:
    with pytest.raises(QAValidationError) as refused:
        to_utc(value, "end_date")

    assert str(refused.value) == (
        f"end_date must be a date and time such as 2026-01-31T18:00:00Z, got {value!r}. Nothing was sent."
    )


@pytest.mark.parametrize("value", ["9999-12-31T23:59:59-05:00", datetime.min.replace(tzinfo=ZoneInfo("Asia/Tokyo"))])
def test_a_moment_outside_of_the_calendar_is_refused(value: Any) -> None:
    with pytest.raises(QAValidationError, match="end_date must be a date and time"):
        to_utc(value, "end_date")


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (SIX_PM, "2026-01-31T18:00:00.000Z"),
        (SIX_PM.replace(microsecond=123_999), "2026-01-31T18:00:00.123Z"),
        (SIX_PM.replace(microsecond=999_999), "2026-01-31T18:00:00.999Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"),
        ("2026-01-31T18:00:00.1234567Z", "2026-01-31T18:00:00.123Z"),
    ],
)
def test_monitorqa_gets_utc_with_milliseconds(value: Any, wire: str) -> None:
    assert utc_milliseconds(value, "end_date") == wire


@given(
    st.datetimes(
        min_value=datetime(1970, 1, 3),
        max_value=datetime(2200, 1, 1),
        timezones=st.timezones(),
    )
)
def test_what_is_written_is_read_as_the_same_millisecond(moment: datetime) -> None:
    read = to_utc(utc_milliseconds(moment, "end_date"), "end_date")

    assert timedelta(0) <= moment.astimezone(timezone.utc) - read < timedelta(milliseconds=1)
