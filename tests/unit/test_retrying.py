"""Which requests are sent again, and how long after."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any

import pytest
import responses
import tenacity

from airflow_qa_provider.exceptions import (
    QAConflictError,
    QAConnectError,
    QAConnectionLostError,
    QAError,
    QANotFoundError,
    QARateLimitError,
    QARequestRejectedError,
    QAResponseError,
    QAServerError,
    QATimeoutError,
    QATLSError,
)
from airflow_qa_provider.rest import pacing
from airflow_qa_provider.rest.retrying import may_repeat, retry_after_of, retry_after_seconds
from tests.unit.acme import BASE_URL, KEY, ROUTES, acme, failures

READS = ("parts.list", "parts.get", "parts.file")
WRITES = ("parts.create", "parts.replace", "parts.change", "parts.delete", "parts.issue")
REPEATABLE_WRITE = "parts.link"

# What happened: the error it becomes, who may be sent again after it.
NOBODY: tuple[str, ...] = ()
HARMLESS = (*READS, REPEATABLE_WRITE)
EVERYBODY = (*HARMLESS, *WRITES)
CASES: dict[str | int, tuple[type[QAError], tuple[str, ...]]] = {
    "refused": (QAConnectError, EVERYBODY),
    "unknown host": (QAConnectError, EVERYBODY),
    "connect time-out": (QAConnectError, EVERYBODY),
    "proxy refused": (QAConnectError, EVERYBODY),
    429: (QARateLimitError, EVERYBODY),
    "silent": (QATimeoutError, HARMLESS),
    "silent in the body": (QATimeoutError, HARMLESS),
    "reset": (QAConnectionLostError, HARMLESS),
    "cut off": (QAConnectionLostError, HARMLESS),
    "cut in TLS": (QAConnectionLostError, HARMLESS),
    500: (QAServerError, HARMLESS),
    502: (QAServerError, HARMLESS),
    503: (QAServerError, HARMLESS),
    504: (QAServerError, HARMLESS),
    408: (QAServerError, HARMLESS),
    425: (QAServerError, HARMLESS),
    499: (QAServerError, HARMLESS),
    **{status: (QAServerError, HARMLESS) for status in (507, 520, 521, 522, 524, 525, 530, 599)},
    423: (QAConflictError, HARMLESS),
    501: (QAServerError, NOBODY),
    505: (QAServerError, NOBODY),
    511: (QAServerError, NOBODY),
    400: (QARequestRejectedError, NOBODY),
    401: (QAError, NOBODY),
    403: (QAError, NOBODY),
    404: (QANotFoundError, NOBODY),
    409: (QAConflictError, NOBODY),
    410: (QARequestRejectedError, NOBODY),
    422: (QARequestRejectedError, NOBODY),
    "certificate refused": (QATLSError, NOBODY),
}


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses that were asked for and not taken: tenacity sleeps in its ``nap`` module so that tests can replace it."""
    asked: list[float] = []
    passed = [0.0]

    def pause(seconds: float) -> None:
        passed.append(seconds)

    def announced(seconds: float) -> None:
        asked.append(seconds)
        pause(seconds)

    monkeypatch.setattr(tenacity.nap, "time", SimpleNamespace(sleep=announced))
    monkeypatch.setattr(pacing, "time", SimpleNamespace(sleep=pause, monotonic=lambda: sum(passed)))
    return asked


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def answer(vendor: responses.RequestsMock, operation: str, what: Any = 200, **details: Any) -> None:
    """Add an answer; the last one added for an operation is given again and again."""
    route = ROUTES[operation]
    content: dict[str, Any] = {"status": what, "json": []} if isinstance(what, int) else {"body": failures()[what]}
    vendor.add(route.method, BASE_URL + route.path.replace("{id}", "7"), **content, **details)


@pytest.mark.parametrize("operation", EVERYBODY)
@pytest.mark.parametrize("what", CASES)
def test_only_what_can_do_no_harm_is_sent_again(
    what: str | int, operation: str, vendor: responses.RequestsMock, pauses: list[float]
) -> None:
    kind, repeated = CASES[what]
    answer(vendor, operation, what)

    with pytest.raises(kind) as failed:
        acme(retries=3).ask(operation)

    tries = 4 if operation in repeated else 1
    assert len(vendor.calls) == tries
    assert len(pauses) == tries - 1
    assert type(failed.value) is kind or kind is QAError
    assert failed.value.operation == operation


@pytest.mark.parametrize("operation", ["parts.list", "parts.create"])
def test_the_answer_of_a_later_try_is_the_result(
    operation: str, vendor: responses.RequestsMock, pauses: list[float]
) -> None:
    answer(vendor, operation, "refused")
    answer(vendor, operation, 429)
    vendor.add(ROUTES[operation].method, BASE_URL + "/parts", json=[{"id": 7}])

    assert acme(retries=2).ask(operation) == [{"id": 7}]
    assert len(vendor.calls) == 3
    assert len(pauses) == 2


@pytest.mark.parametrize("body", ["<html><title>Sign in</title></html>", '[{"id": 7'])
def test_a_read_is_repeated_after_a_page_or_half_an_answer(
    body: str, vendor: responses.RequestsMock, pauses: list[float]
) -> None:
    for operation in ("parts.list", "parts.create", "parts.issue", "parts.link"):
        method, path = ROUTES[operation].method, ROUTES[operation].path.replace("{id}", "7")
        vendor.add(method, BASE_URL + path, body=body)
        vendor.add(method, BASE_URL + path, json=[{"id": 7}])

    assert acme(retries=2).ask("parts.list") == [{"id": 7}]
    assert (len(vendor.calls), len(pauses)) == (2, 1)
    for operation in ("parts.create", "parts.issue", "parts.link"):
        with pytest.raises(QAResponseError):
            acme(retries=2).ask(operation)
    assert (len(vendor.calls), len(pauses)) == (5, 1)


def test_a_good_answer_costs_no_pause(vendor: responses.RequestsMock, pauses: list[float]) -> None:
    answer(vendor, "parts.list")
    acme().ask("parts.list")

    assert (len(vendor.calls), pauses) == (1, [])


@pytest.mark.parametrize("make", [lambda: acme(retries=0), lambda: acme(retries=5).without_retries()])
def test_a_client_without_retries_asks_once(make: Any, vendor: responses.RequestsMock, pauses: list[float]) -> None:
    answer(vendor, "parts.list", 503)
    with pytest.raises(QAServerError):
        make().ask("parts.list")

    assert (len(vendor.calls), pauses) == (1, [])


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("operation", ["parts.list", REPEATABLE_WRITE])
def test_retry_after_in_seconds_is_the_floor(
    operation: str, status: int, vendor: responses.RequestsMock, pauses: list[float]
) -> None:
    answer(vendor, operation, status, headers={"Retry-After": "7"})
    with pytest.raises(QAError) as failed:
        acme(retries=3).ask(operation)

    assert [7 <= pause <= 7 + most for pause, most in zip(pauses, (0.5, 1, 2), strict=True)] == [True] * 3
    assert failed.value.retry_after == 7


def test_retry_after_as_a_date_is_the_floor(vendor: responses.RequestsMock, pauses: list[float]) -> None:
    answer(vendor, "parts.create", 429, headers={"Retry-After": formatdate(time.time() + 30, usegmt=True)})
    with pytest.raises(QARateLimitError):
        acme(retries=1).ask("parts.create")

    (pause,) = pauses
    assert 25 < pause <= 30.5  # the date has whole seconds, and the test may be slow


@pytest.mark.parametrize(
    "past",
    ["0", "-5", formatdate(time.time() - 3600, usegmt=True), "soon", ""],
    ids=["zero", "negative", "an hour ago", "no date", "empty"],
)
def test_a_retry_after_that_says_nothing_leaves_the_back_off(
    past: str, vendor: responses.RequestsMock, pauses: list[float]
) -> None:
    answer(vendor, "parts.list", 429, headers={"Retry-After": past})
    with pytest.raises(QARateLimitError):
        acme(retries=1).ask("parts.list")

    (pause,) = pauses
    assert 0 <= pause <= 0.5


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [("61", 61, 61), ("1e300", 86400, 86400), ("tomorrow", 86000, 86400)],
    ids=["a second more", "for ever", "tomorrow"],
)
@pytest.mark.parametrize(("status", "operation"), [(429, "parts.list"), (429, "parts.create"), (503, "parts.list")])
def test_a_longer_wish_is_raised_at_once(
    status: int,
    operation: str,
    header: str,
    low: float,
    high: float,
    vendor: responses.RequestsMock,
    pauses: list[float],
) -> None:
    if header == "tomorrow":
        header = formatdate(time.time() + 86400, usegmt=True)
    answer(vendor, operation, status, headers={"Retry-After": header})
    with pytest.raises(QAError) as failed:
        acme(max_retry_wait=60).ask(operation)

    assert (len(vendor.calls), pauses) == (1, [])
    assert low <= (failed.value.retry_after or 0) <= high
    assert "The vendor asks to wait" in str(failed.value)


def test_a_wish_of_just_the_longest_wait_is_kept(vendor: responses.RequestsMock, pauses: list[float]) -> None:
    answer(vendor, "parts.list", 429, headers={"Retry-After": "60"})
    with pytest.raises(QARateLimitError):
        acme(max_retry_wait=60, retries=1).ask("parts.list")

    assert len(vendor.calls) == 2
    assert 60 <= pauses[0] <= 60.5


def test_back_off_doubles_up_to_a_limit_and_is_spread(vendor: responses.RequestsMock, pauses: list[float]) -> None:
    bounds = [0.5, 1, 2, 4, 8, 16, 20, 20]
    answer(vendor, "parts.list", 503)
    client = acme(retries=len(bounds))
    for _ in range(40):
        with pytest.raises(QAServerError):
            client.ask("parts.list")

    for number, bound in enumerate(bounds):
        asked = pauses[number :: len(bounds)]
        assert len(asked) == 40
        assert 0 <= min(asked) < 0.5 * bound < max(asked) <= bound
        assert len(set(asked)) > 30


def test_each_pause_is_announced_with_its_reason(
    vendor: responses.RequestsMock, pauses: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    answer(vendor, "parts.create", 429, headers={"Retry-After": "7"})
    with caplog.at_level(logging.DEBUG), pytest.raises(QARateLimitError):
        acme(retries=2).ask("parts.create")

    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [line.partition("; ")[2] for line in lines] == [
        f"try {number} of 3 in {pause:.1f} s" for number, pause in zip((2, 3), pauses, strict=True)
    ]
    assert all(line.startswith("acme parts.create: HTTP 429 Too Many Requests for POST /parts") for line in lines)
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        ("0", 0),
        ("120", 120),
        (" 1.5 ", 1.5),
        ("-1", 0),
        ("1700000000", 86400),
        ("Sun, 01 Jan 2090 00:00:00 GMT", 86400),
        ("soon", None),
        ("inf", None),
        ("nan", None),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 20),
        ("Thu, 01 Jan 1970 01:02:00 +0100", 20),
        ("Thu, 01 Jan 1970 00:02:00", 20),
        ("Thu, 01 Jan 1970 00:02:00 -0000", 20),
        ("Thursday, 01-Jan-70 00:02:00 GMT", 20),
        ("Thu, 01 Jan 1970 00:00:30 GMT", 0),
        ("Thu, 99 Jan 1970 00:02:00 GMT", None),
        ("1970-01-01T00:02:00Z", None),
    ],
)
def test_retry_after_is_read_in_both_forms(
    header: str | None, seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert retry_after_seconds(header, now=100.0) == seconds
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_failure_of_another_request_on_the_way_is_not_repeated() -> None:
    sign_in_failed = QAConnectError("could not connect", vendor="acme", operation="auth.sign_in")

    assert not may_repeat(ROUTES["parts.list"], sign_in_failed, 60)
    assert may_repeat(ROUTES["parts.list"], QAConnectError("could not connect"), 60)


def test_a_defect_of_our_own_is_not_repeated() -> None:
    assert not may_repeat(ROUTES["parts.list"], KeyError("id"), 60)


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("Sat, 31 Jan 2026 18:00:00 GMT", 30.0),
        ("Sat, 31 Jan 2026 19:00:00 GMT", 0.0),
    ],
)
def test_a_date_is_read_by_the_clock_of_the_server(date: str, seconds: float) -> None:
    headers = {"Retry-After": "Sat, 31 Jan 2026 18:00:30 GMT", "Date": date}
    assert retry_after_of(headers) == seconds


@pytest.mark.parametrize("headers", [{}, {"Date": "today"}])
def test_a_server_that_tells_no_time_is_read_by_our_clock(headers: dict[str, str]) -> None:
    later = formatdate(time.time() + 60, usegmt=True)
    assert 55 < (retry_after_of({"Retry-After": later, **headers}) or 0) <= 60
    assert retry_after_of({"Retry-After": "7", **headers}) == 7.0
    assert retry_after_of(headers) is None
