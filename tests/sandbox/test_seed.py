"""What an account begins with is the same on every date and at every time of the day, seen from the clock."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from qa_sandbox import ManualClock, SandboxSettings
from qa_sandbox.context import SandboxContext
from qa_sandbox.vendors import VENDORS, load_vendor

PRAGUE = ZoneInfo("Europe/Prague")
MOMENTS = {
    "end of January": datetime(2026, 1, 31, 23, 59, 59, 999000, tzinfo=timezone.utc),
    "end of February": datetime(2026, 2, 28, 12, 30, tzinfo=timezone.utc),
    "leap day": datetime(2028, 2, 29, 8, tzinfo=timezone.utc),
    "first of March": datetime(2026, 3, 1, tzinfo=timezone.utc),
    "night into summer time": datetime(2026, 3, 29, 1, 0, 1, tzinfo=timezone.utc),
    "mid-month Monday": datetime(2026, 6, 15, 5, 0, 0, 1000, tzinfo=timezone.utc),
    "night out of summer time": datetime(2026, 10, 25, 0, 59, 59, tzinfo=timezone.utc),
    "before the reports of a month are made": datetime(2026, 10, 31, 23, 30, tzinfo=timezone.utc),
    "end of a short month": datetime(2026, 11, 30, 7, 30, tzinfo=timezone.utc),
    "new year's eve": datetime(2026, 12, 31, 23, 0, 0, tzinfo=timezone.utc),
    "new year": datetime(2027, 1, 1, 0, 0, 0, tzinfo=timezone.utc),
    "last century's rule": datetime(2100, 2, 28, 18, tzinfo=timezone.utc),
}
ORDINARY = datetime(2026, 5, 20, 10, tzinfo=timezone.utc)
# What is no part of the account, or follows from the clock itself.
LEFT_OUT = {
    "context",
    "callbacks",
    "clock",
    "settings",
    "outcomes",
    "agenda",
    "tokens",
    "webhooks",
    "announce",
    "random",
}


class Portrait:
    """Plain data of an account: times as distances from the clock, what stands in texts too."""

    def __init__(self, store: Any, now: datetime) -> None:
        self._today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        # Reports are made two hours after a month has ended.
        billing = (now - timedelta(hours=2)).astimezone(PRAGUE)
        self._month = billing.year * 12 + billing.month if type(store).__name__ == "SimploStore" else None
        self._seen: dict[int, int] = {}
        self.data = self.of(store)

    def of(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return self._distance(value)
        if isinstance(value, date):
            return ("day", (value - self._today.date()).days)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Enum):
            return value.name
        if isinstance(value, dict):
            return {str(key): self.of(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.of(item) for item in value]
        if isinstance(value, (set, frozenset)):
            return sorted(map(str, value))
        if callable(value) or not (is_dataclass(value) or type(value).__module__.startswith("qa_sandbox.")):
            return value if isinstance(value, (int, float, type(None))) else type(value).__name__
        return self._object(value)

    def _object(self, value: Any) -> Any:
        if id(value) in self._seen:
            return ("seen", self._seen[id(value)])
        self._seen[id(value)] = len(self._seen)
        names = [spec.name for spec in fields(value)] if is_dataclass(value) else list(vars(value))
        return {name: self._member(name, value) for name in names if name.strip("_") not in LEFT_OUT}

    def _member(self, name: str, value: Any) -> Any:
        member = getattr(value, name)
        return member % 10_000 if name == "invoice_number" and member else self.of(member)

    def _distance(self, value: datetime) -> Any:
        if self._month is not None:
            local = value.astimezone(PRAGUE)
            return ("month", local.year * 12 + local.month - self._month)
        return ("seconds", (value - self._today).total_seconds())

    def _text(self, text: str) -> str:
        if self._month is not None:
            return re.sub(r"(\d\d)/(\d{4})", lambda m: str(int(m[2]) * 12 + int(m[1]) - (self._month or 0)), text)
        text = re.sub(r"\b(AUD|CA)-\d{4}-", r"\1-year-", text)
        return re.sub(r"\d{4}-\d\d-\d\d(T[0-9:.]+Z)?", lambda m: str(self.of(_moment(m[0]))), text)


def _moment(text: str) -> datetime | date:
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text.replace("Z", "+00:00"))


def portrait(vendor: str, moment: datetime, seed: int = 7) -> Any:
    context = SandboxContext(vendor, SandboxSettings(seed=seed), ManualClock(moment))
    return Portrait(load_vendor(vendor).store(context), moment).data


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    if isinstance(one, dict) and isinstance(other, dict) and set(one) == set(other):
        return [found for key in one for found in differences(one[key], other[key], f"{path}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [found for index, pair in pairs for found in differences(*pair, f"{path}[{index}]")]
    return [] if one == other else [f"{path}: {str(one)[:200]} != {str(other)[:200]}"]


@pytest.fixture(scope="module", params=VENDORS)
def ordinary(request: pytest.FixtureRequest) -> tuple[str, Any]:
    return request.param, portrait(request.param, ORDINARY)


@pytest.mark.parametrize("when", MOMENTS)
def test_account_is_the_same_at_every_moment(ordinary: tuple[str, Any], when: str) -> None:
    vendor, expected = ordinary
    assert differences(portrait(vendor, MOMENTS[when]), expected)[:9] == []


def test_another_seed_is_another_account(ordinary: tuple[str, Any]) -> None:
    vendor, expected = ordinary
    assert portrait(vendor, ORDINARY, seed=8) != expected


@pytest.mark.parametrize("vendor", VENDORS)
def test_nothing_is_of_the_future_but_what_is_planned(vendor: str) -> None:
    planned = {"due_at", "end_date", "due", "deadline", "expiryDate", "one_time_to", "next_from", "to_at"}
    moment = datetime(2026, 3, 1, tzinfo=timezone.utc)
    late = []

    def look(value: Any, name: str) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                look(item, key)
        elif isinstance(value, list):
            for item in value:
                look(item, name)
        elif isinstance(value, tuple) and value[0] in ("seconds", "month") and value[1] > 0 and name not in planned:
            late.append((name, value))

    look(portrait(vendor, moment), "")
    assert late == []
