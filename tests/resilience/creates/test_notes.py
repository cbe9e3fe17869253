"""The notes of tasks that create: unreadable or refused they stop everything, and they hold no secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAJournalError, QAValidationError
from qa_sandbox import Sandbox
from tests.resilience.attempts import Task
from tests.resilience.creates.creating import VENDOR_OF, posts


@pytest.mark.parametrize("note", ["text", {"format": 2}, {"format": 1, "kind": "monitorqa.audit"}, []])
def test_a_note_that_cannot_be_read_stops_everything(note: Any, sandbox: Sandbox, task: Callable[..., Task]) -> None:
    reading = task("audit")
    reading.state["journal"] = note
    with pytest.raises(
        QAJournalError, match=r"cannot be read.*Nothing was sent.*name the object under 'journal\.adopt'"
    ):
        reading.attempt()

    assert sandbox.requests("monitorqa") == []


def test_without_a_writable_state_nothing_is_sent(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    def refuse(value: Any) -> None:
        raise RuntimeError("the API server is away")

    writing = task("audit")
    writing.state.before = refuse
    with pytest.raises(QAJournalError, match=r"could not be written: RuntimeError: the API server is away\. Nothing"):
        writing.attempt()

    assert posts(sandbox, "audit") == 0


@pytest.mark.parametrize(
    ("kind", "policy", "words"),
    [
        ("audit", {"on_uncertain": "ignore"}, "on_uncertain must be one of fail, repeat, got 'ignore'"),
        ("report", {"on_changed_input": "update"}, "on_changed_input must be one of fail, new, got 'update'"),
        ("task", {"if_exists": "skip"}, "if_exists must be one of create, adopt, fail, got 'skip'"),
    ],
)
def test_policies_are_words(
    kind: str, policy: dict[str, Any], words: str, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    with pytest.raises(QAValidationError, match=words):
        task(kind, **policy).attempt()

    assert sandbox.requests(VENDOR_OF[kind]) == []


def test_notes_hold_no_secrets(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    noting = task("report", selections={"Patient": ["Jane Example"]})
    noting.attempt()

    note = json.dumps(noting.state)
    assert "Jane" not in note
    assert all(connection["password"] not in note for connection in sandbox.connections().values())
    assert len(note) < 2000
