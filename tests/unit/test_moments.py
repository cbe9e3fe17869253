"""The moments at which the tests run once more."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from tests.moments import candidates, drawn, moment_of

TODAY = date(2026, 11, 30)
FOUR_YEARS_ON = date(2030, 12, 1)


def test_times_at_which_things_go_wrong_are_among_them() -> None:
    found = {kind: [str(moment) for moment in moments] for kind, moments in candidates(TODAY, FOUR_YEARS_ON).items()}

    assert found["leap days"] == ["2028-02-29T12:00:00Z@UTC"]
    assert found["ends of years"][1] == "2027-12-31T23:59:50Z@UTC"
    assert {"2026-11-30T23:59:50Z@UTC", "2028-02-29T23:59:50Z@UTC"} <= set(found["ends of months"])
    assert {
        "2027-03-28T00:59:50Z@Europe/Prague",
        "2027-10-31T00:59:50Z@Europe/London",
        "2027-11-07T05:59:50Z@America/New_York",
        "2027-04-03T14:59:50Z@Australia/Lord_Howe",
    } <= set(found["nights of the clock"])
    assert all(found.values())


def test_any_day_of_the_next_four_years_has_a_leap_day() -> None:
    for year in (2026, 2028):
        now = datetime(year, 3, 1, tzinfo=timezone.utc)
        moments = [drawn(random.Random(seed), now) for seed in range(60)]
        assert all(now - timedelta(minutes=1) <= moment.at <= now + timedelta(days=4 * 366) for moment in moments)
        assert any((moment.at.month, moment.at.day) == (2, 29) for moment in moments)


def test_a_moment_that_was_printed_is_the_same_again() -> None:
    for seed in range(20):
        moment = drawn(random.Random(seed), datetime(2026, 11, 30, tzinfo=timezone.utc))
        again = moment_of(str(moment))
        assert (again.zone, again.at) == (moment.zone, moment.at.replace(microsecond=0))
    assert moment_of("2028-02-29").at == datetime(2028, 2, 29, tzinfo=timezone.utc)


def test_a_text_stands_for_one_moment() -> None:
    moments = [str(moment_of(f"random:{number}")) for number in range(40)]

    assert moments == [str(moment_of(f"random:{number}")) for number in range(40)]
    assert len(set(moments)) > 20


@pytest.mark.parametrize("asked", ["tomorrow", "2028-02-30", "2028-02-29@Atlantis", "@UTC", ""])
def test_what_is_no_moment_is_refused(asked: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid isoformat|day is out of range|'Atlantis' is no time zone|month"):
        moment_of(asked)


def test_time_goes_on_from_the_moment() -> None:
    import time

    asked = moment_of("2028-02-29T12:00:00Z@America/New_York")
    steady = time.monotonic()
    with asked.travel():
        first, local = time.time(), datetime.now().astimezone()
        while time.time() == first:
            pass
        assert asked.at.timestamp() <= first < time.time() < first + 60
        assert local.utcoffset() == ZoneInfo("America/New_York").utcoffset(datetime(2028, 2, 29))
        assert 0 <= time.monotonic() - steady < 60
