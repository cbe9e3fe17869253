"""What time it is at the vendor."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import pytest
import responses

from airflow_qa_provider.exceptions import QAError
from airflow_qa_provider.rest.clock import VendorClock
from tests.unit.acme import acme, answer

DATE = "Sat, 31 Jan 2026 18:00:00 GMT"
MOMENT = 1769882400.0


class Clocks:
    """Both clocks of a machine."""

    def __init__(self) -> None:
        self.wall, self.monotonic = MOMENT + 600, 50.0

    def clock(self) -> VendorClock:
        return VendorClock(lambda: self.wall, lambda: self.monotonic)


def test_an_unknown_time_is_unknown() -> None:
    clock = Clocks().clock()
    assert clock.offset is None
    assert clock.now() is None
    for headers in ({}, {"Date": "yesterday"}, {"Date": ""}, {"Date": DATE, "Age": "7"}, {"Date": "x" * 5000}):
        clock.note(headers)
    for year in (1970, 2106, 9999):  # of a gateway without a clock, or one that has run over
        clock.note({"Date": f"Thu, 01 Jan {year} 00:00:10 GMT"})
    assert clock.offset is None


@pytest.mark.parametrize("date", [DATE, "Saturday, 31-Jan-26 18:00:00 GMT", "Sat, 31 Jan 2026 18:00:00"])
def test_a_vendor_s_clock_that_is_ten_minutes_slow(date: str) -> None:
    clock = Clocks().clock()
    clock.note({"Date": date})
    assert clock.offset == -599.5  # a date has whole seconds: half of one is added


def test_setting_our_clock_does_not_move_the_vendor_s() -> None:
    clocks = Clocks()
    clock = clocks.clock()
    clock.note({"Date": DATE})
    clocks.monotonic += 5
    clocks.wall += 5 + 3600  # set while nobody was asked
    assert clock.now() == MOMENT + 5.5
    assert clock.offset == -599.5 - 3600


def test_the_latest_answer_counts_and_one_without_a_date_changes_nothing() -> None:
    clocks = Clocks()
    clock = clocks.clock()
    clock.note({"Date": DATE})
    clock.note({"Date": "Sat, 31 Jan 2026 18:00:30 GMT"})
    clock.note({})
    assert clock.offset == -569.5


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("ahead", [-600, 0, 3600])
def test_a_client_knows_the_vendor_s_clock_after_its_first_answer(ahead: int, status: int) -> None:
    with responses.RequestsMock() as mock:
        date = formatdate(time.time() + ahead, usegmt=True)
        answer(mock, "parts.list", status=status, json=[], headers={"Date": date})
        client = acme(retries=0)
        assert client.transport.clock_offset is None
        if status == 200:
            client.ask("parts.list")
        else:
            with pytest.raises(QAError):
                client.ask("parts.list")

    offset: Any = client.transport.clock_offset
    assert ahead - 1.5 < offset < ahead + 1.5
    assert client.without_retries().transport.clock_offset == pytest.approx(offset, abs=1), "the same vendor's"
