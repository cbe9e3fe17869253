"""One look at many objects: whom a broken object harms, and when an object counts as gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from airflow_qa_provider.exceptions import (
    QAApiError,
    QAAuthenticationError,
    QAConfigurationError,
    QAConflictError,
    QAConnectError,
    QAConnectionLostError,
    QAError,
    QANotFoundError,
    QAPermissionError,
    QARateLimitError,
    QARequestRejectedError,
    QAResponseError,
    QAServerError,
    QATimeoutError,
    QATLSError,
)
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.polling import Poll, Statuses, doubted, poll_all, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors import BUILT_IN, vendor_named
from tests.unit.looks import outcome, outcomes

# One after the other


class Things:
    """Things that can be looked at, some of them broken."""

    def __init__(self, **errors: Exception) -> None:
        self.errors = errors
        self.asked: list[str] = []

    def get(self, thing: str) -> Snapshot:
        self.asked.append(thing)
        if thing in self.errors:
            raise self.errors[thing]
        return Snapshot(thing, Phase.ACTIVE, "running")


@pytest.mark.parametrize(
    "error",
    [
        *(QANotFoundError("404"), QARequestRejectedError("400"), QAConflictError("409")),
        *(QAPermissionError("403"), QAServerError("500"), QATimeoutError("silent"), QAConnectionLostError("reset")),
        *(QAResponseError("HTML"), KeyError("id")),
    ],
)
def test_what_is_wrong_with_one_stays_with_it(error: Exception) -> None:
    things = Things(b=error)
    looks = poll_each(things.get, "abc")
    assert outcomes(looks)["a"] == outcomes(looks)["c"] == "active"
    assert isinstance(looks["b"], QAError)
    assert looks["b"] is error or outcome(looks, "b") == "QAResponseError"


@pytest.mark.parametrize(
    "error",
    [
        *(QAAuthenticationError("401"), QARateLimitError("429"), QAConnectError("refused"), QATLSError("expired")),
        *(QAConfigurationError("redirect"), QAServerError("503", retry_after=5.0)),
    ],
)
def test_what_is_wrong_with_the_vendor_ends_the_look(error: QAError) -> None:
    things = Things(b=error)
    looks = poll_each(things.get, "abcd")
    assert things.asked == ["a", "b"]
    assert outcome(looks, "a") == "active"
    assert looks["b"] is looks["c"] is looks["d"] is error


@pytest.mark.parametrize("error", [QAServerError("500"), QAPermissionError("403"), KeyError("id")])
def test_two_in_a_row_are_taken_for_the_vendor(error: Exception) -> None:
    things = Things(b=error, c=error)
    assert len(poll_each(things.get, "abcdef")) == 6
    assert things.asked == ["a", "b", "c"]


@pytest.mark.parametrize("first", [QAServerError("500"), QAPermissionError("403")])
def test_what_one_may_not_see_refuses_no_other(first: Exception) -> None:
    looks = poll_each(Things(a=first, b=QAPermissionError("no right to b")).get, "abcd")

    assert isinstance(looks["b"], QAPermissionError)
    for other in "cd":
        assert type(looks[other]) is QAApiError
        assert "no right to b" in str(looks[other])


@pytest.mark.parametrize("between", [None, QANotFoundError("404")])
def test_an_answer_in_between_breaks_the_row(between: Exception | None) -> None:
    broken = QAServerError("500")
    things = Things(b=broken, d=broken, f=broken, **({"c": between, "e": between} if between else {}))
    poll_each(things.get, "abcdefg")
    assert things.asked == list("abcdefg")


# All at once


def answering(answer: Callable[[], Any]) -> Poll:
    """Return a poll that answers as told."""
    return lambda client, ids, since: answer()


def raising(error: Exception) -> Callable[[], Any]:
    def answer() -> Any:
        raise error

    return answer


def test_a_look_has_something_to_say_of_every_object() -> None:
    seen = {"a": Snapshot("a", Phase.ACTIVE, "x"), "b": None, "z": Snapshot("z", Phase.ACTIVE, "x")}
    looks = poll_all(answering(lambda: seen), None, ["a", "b", "c"], 0.0)
    assert outcomes(looks) == {"a": "active", "b": "QAResponseError", "c": "QAResponseError"}


def test_a_missing_list_says_nothing_about_what_should_be_in_it() -> None:
    error = QANotFoundError("no such path", vendor="monitorqa", status_code=404, retry_after=7.0)
    seen = poll_all(answering(raising(error)), None, ["a"], 0.0)["a"]
    assert type(seen) is QAApiError
    assert (seen.message, seen.vendor, seen.status_code, seen.retry_after) == ("no such path", "monitorqa", 404, 7.0)


@pytest.mark.parametrize("answer", [lambda: None, list, raising(ZeroDivisionError("token=abc123"))])
def test_no_answer_of_a_probe_breaks_a_look(answer: Callable[[], Any]) -> None:
    looks = poll_all(answering(answer), None, ["a", "b"], 0.0)
    assert outcomes(looks) == {"a": "QAResponseError", "b": "QAResponseError"}
    assert "abc123" not in str(looks["a"])


MISSING: Statuses = {"a": QANotFoundError("404"), "b": QANotFoundError("404")}


@pytest.mark.parametrize(
    ("witness", "expected"),
    [
        (lambda: 3, "QANotFoundError"),
        (raising(QAPermissionError("403")), "QANotFoundError"),
        (raising(QAAuthenticationError("401")), "QANotFoundError"),
        (raising(QANotFoundError("404")), "QAApiError"),
        (raising(QAServerError("503")), "QAServerError"),
        (raising(TypeError("odd")), "QAResponseError"),
    ],
)
def test_404_is_believed_from_a_vendor_that_is_there(witness: Callable[[], Any], expected: str) -> None:
    assert outcomes(doubted(MISSING, witness)) == {"a": expected, "b": expected}


@pytest.mark.parametrize("other", [Snapshot("b", Phase.ACTIVE, "x"), QAServerError("500")])
def test_where_other_answers_came_nothing_more_is_asked(other: Any) -> None:
    looks: Statuses = {"a": QANotFoundError("404"), "b": other}
    assert doubted(looks, raising(AssertionError("asked"))) == looks
    assert doubted({}, raising(AssertionError("asked"))) == {}


@pytest.mark.parametrize("kind", [kind for name in BUILT_IN for kind in vendor_named(name).kinds if kind.condition])
def test_what_can_be_waited_for_can_be_polled(kind: Kind) -> None:
    assert callable(kind.new_poll())
    assert not isinstance(kind.poll, type) or kind.new_poll() is not kind.new_poll(), "one may remember"
    assert kind.noun
