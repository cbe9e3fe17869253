"""The error tree: what a person reads, which status gives which class, and that nothing is lost between processes."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from collections.abc import Iterator

import pytest

from airflow_qa_provider import exceptions
from airflow_qa_provider.exceptions import (
    QAApiError,
    QAAuthenticationError,
    QAConflictError,
    QAError,
    QANotFoundError,
    QAPermissionError,
    QARateLimitError,
    QARequestRejectedError,
    QAServerError,
    QAValidationError,
    error_class_for,
    may_be_done,
    was_accepted,
)
from airflow_qa_provider.kinds import lookup

FACTS = {
    "vendor": "monitorqa",
    "operation": "audits.create",
    "object_id": "a1",
    "status_code": 503,
    "code": "busy",
    "request_id": "req-1",
    "retry_after": 12.5,
    "outcome": "Nothing was created",
    "hint": "Try later",
}


def tree(of: type[QAError] = QAError) -> Iterator[type[QAError]]:
    yield of
    for child in of.__subclasses__():
        yield from tree(child)


def test_a_message_says_where_what_and_what_next() -> None:
    error = QAError("HTTP 503", **FACTS)

    assert str(error) == (
        "monitorqa audits.create: HTTP 503. The vendor asks to wait 12.5 s. Nothing was created. Try later. "
        "Request id req-1."
    )


@pytest.mark.parametrize(
    ("message", "facts", "text"),
    [
        ("it broke", {}, "it broke."),
        ("it broke!", {}, "it broke!"),
        ("is it there?", {"vendor": "qalyptus"}, "qalyptus: is it there?"),
        ("no route (errno 5)", {"outcome": "Nothing was sent"}, "no route (errno 5). Nothing was sent."),
        ("refused (ask again.)", {"hint": "Look"}, "refused (ask again.) Look."),
        ("slow", {"retry_after": 0.0}, "slow. The vendor asks to wait 0 s."),
        ("slow", {"retry_after": 90.0}, "slow. The vendor asks to wait 90 s."),
    ],
)
def test_sentences_are_joined_whatever_is_known(message: str, facts: dict[str, object], text: str) -> None:
    assert str(QAError(message, **facts)) == text


@pytest.mark.parametrize("kind", list(tree()), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("clone", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])  # noqa: S301
def test_an_error_crosses_a_process_border_whole(kind: type[QAError], clone: object) -> None:
    error = kind("HTTP 503", **FACTS)
    arrived = clone(error)  # type: ignore[operator]

    assert type(arrived) is kind
    assert str(arrived) == str(error)
    assert vars(arrived) == vars(error) == {"message": "HTTP 503", **FACTS}


def test_notes_survive_pickling() -> None:
    error = QAError("it broke", vendor="conqa")
    error.__notes__ = ["seen at 3 a.m."]  # add_note came with Python 3.11

    assert pickle.loads(pickle.dumps(error)).__notes__ == ["seen at 3 a.m."]  # noqa: S301


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (101, QAApiError),
        (200, QARequestRejectedError),
        (300, QAApiError),
        (304, QAApiError),
        (400, QARequestRejectedError),
        (401, QAAuthenticationError),
        (402, QARequestRejectedError),
        (403, QAPermissionError),
        (404, QANotFoundError),
        (405, QANotFoundError),
        (408, QAServerError),
        (409, QAConflictError),
        (410, QARequestRejectedError),
        (418, QARequestRejectedError),
        (422, QARequestRejectedError),
        (423, QAConflictError),
        (425, QAServerError),
        (429, QARateLimitError),
        (444, QAApiError),
        (460, QAApiError),
        (499, QAServerError),
        (500, QAServerError),
        (502, QAServerError),
        (503, QAServerError),
        (504, QAServerError),
        (520, QAServerError),
        (530, QAServerError),
        (599, QAServerError),
    ],
)
def test_every_status_has_a_class(status: int, kind: type[QAApiError]) -> None:
    assert error_class_for(status) is kind


def test_bad_input_is_a_value_error() -> None:
    assert issubclass(QAValidationError, ValueError)


def test_the_documented_tree_is_the_real_one() -> None:
    lines = re.findall(r"^ {4}([│├└─ ]*)(QA\w+)", inspect.getdoc(exceptions) or "", re.MULTILINE)
    path: list[str] = []
    documented = {}
    for prefix, name in lines:
        depth = len(prefix) // 4
        path[depth:] = [name]
        documented[name] = path[depth - 1] if depth else None

    own = [kind for kind in tree() if kind.__module__ == exceptions.__name__]
    real = {kind.__name__: kind.__bases__[0].__name__ if kind is not QAError else None for kind in own}
    assert documented == real


NOT_DONE = (400, 401, 402, 403, 404, 405, 409, 410, 415, 418, 422, 423, 429)
PERHAPS_DONE = (101, 300, 304, 408, 419, 425, 444, 460, 494, 499, *range(500, 600), 999)


@pytest.mark.parametrize("status", NOT_DONE)
def test_a_status_that_means_refused(status: int) -> None:
    assert not may_be_done(error_class_for(status)("refused", status_code=status))


@pytest.mark.parametrize("status", PERHAPS_DONE)
def test_a_status_that_leaves_it_open(status: int) -> None:
    assert may_be_done(error_class_for(status)("lost", status_code=status))


def test_the_journal_s_contract_has_both_predicates() -> None:
    assert lookup.may_be_done is may_be_done
    assert lookup.was_accepted is was_accepted
