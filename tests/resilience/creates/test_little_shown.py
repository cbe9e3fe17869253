"""Vendors that tell no id or show nothing afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from typing_extensions import Self, override

from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.exceptions import QAJobFailedError, QANotSupportedError, QAResponseError, QAUncertainError
from airflow_qa_provider.hooks.qalyptus import QalyptusHook
from airflow_qa_provider.kinds.fields import KindFields
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.vendors import vendor_named
from airflow_qa_provider.vendors.monitorqa import vendor as monitorqa
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from qa_sandbox.settings import QalyptusWire
from tests.resilience.attempts import Task, connect
from tests.resilience.creates.creating import SECONDS, counting, objects, operator, posts

# Runs without an id


@pytest.fixture
def nameless(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A Qalyptus that does not tell the id of a run that it starts."""
    wire = QalyptusWire(task_run_returns_id=False)
    with run_sandbox(["qalyptus"], SandboxSettings(**SECONDS, qalyptus=wire)) as sandbox:
        connect(monkeypatch, sandbox)
        yield sandbox


def test_a_run_without_an_id_is_found(nameless: Sandbox) -> None:
    starting = Task(lambda: operator(nameless, "task"))
    with counting(nameless, "task") as made:
        returned = starting.attempt()

    assert list(made) == [returned]
    assert starting.told["outcome"] == "created"
    assert "the answer names no id, it was found" in starting.told["reason"]


def test_a_run_that_was_accepted_is_never_started_again(nameless: Sandbox) -> None:
    starting = Task(lambda: operator(nameless, "task"))
    empty = {"status": 200, "body": {"data": [], "isSuccess": True}}
    nameless.add_fault(empty, method="GET", path="scheduled-tasks$", first=2)
    with pytest.raises(QAResponseError, match=r"The task run was created, but is not to be seen at the vendor\."):
        starting.attempt()
    with pytest.raises(QAUncertainError, match=r"named no id, though the vendor accepted it, and no task run of it is"):
        starting.attempt()

    assert posts(nameless, "task") == 1


@pytest.mark.parametrize("late", [False, True])
def test_a_run_without_an_id_that_fails_at_once_is_seen_to_fail(late: bool, nameless: Sandbox) -> None:
    nameless.add_outcome("task", "error", seconds=0.0, times=1)
    starting = Task(lambda: operator(nameless, "task"))
    if late:
        empty = {"status": 200, "body": {"data": [], "isSuccess": True}}
        hidden = nameless.add_fault(empty, method="GET", path="scheduled-tasks$", first=2)
        with pytest.raises(QAResponseError, match=r"The task run was created, but is not to be seen at the vendor\."):
            starting.attempt()
        nameless.remove_fault(hidden)
    else:
        with pytest.raises(QAJobFailedError):
            starting.attempt()
    with counting(nameless, "task") as made:
        returned = starting.attempt()

    assert list(made) == [returned]
    assert starting.generation == 2


def test_the_hook_finds_the_run_that_it_started(nameless: Sandbox) -> None:
    task_id = nameless.connections()["qalyptus_default"]["extra"]["qalyptus_task_id"]
    with counting(nameless, "task") as made:
        started = [QalyptusHook().run_task(task_id) for _ in range(2)]

    assert list(made) == started, "a call of the hook is not repeatable"


# Operators that do not wait, at vendors that show little


@dataclass(frozen=True)
class ReminderFields(KindFields):
    """An audit of which nothing is to be seen afterwards."""

    text: str
    marker: str = ""
    end: datetime | None = None

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(given.text("text"))

    @override
    def at(self, moment: datetime, marker: str) -> Self:
        return replace(self, marker=marker, end=moment + timedelta(days=1))

    @override
    def create(self, client: MonitorQAClient) -> str:
        templates, places = client.audit_templates.list(), client.audit_objects.list()
        ids = {"template_id": templates[0]["id"], "audit_object_id": places[0]["id"]}
        assert self.end is not None
        return client.audits.create(name=self.marker, end_date=self.end, **ids)


class Reminder(CreatingOperator):
    """Creates an audit of which it cannot see anything afterwards."""

    kind = "monitorqa.reminder"
    payload_fields = ("text",)

    def __init__(self, *, text: str, monitorqa_conn_id: str = "monitorqa_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text = text
        self.monitorqa_conn_id = monitorqa_conn_id


@pytest.fixture
def reminders(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A vendor that has a kind with no more than what creates one."""
    reminder = Kind(name="monitorqa.reminder", noun="reminder", fields=ReminderFields)
    known = vendor_named("monitorqa")
    monkeypatch.setattr(monitorqa, "VENDOR", replace(known, kinds=(*known.kinds, reminder)))
    vendor_named.cache_clear()
    yield
    vendor_named.cache_clear()


@pytest.mark.usefixtures("reminders")
def test_an_operator_needs_no_more_than_a_request(sandbox: Sandbox) -> None:
    reminding = Task(lambda: Reminder(task_id="create", text="Walk"))
    with counting(sandbox, "audit") as made:
        returned = reminding.attempt()
        assert reminding.attempt() == returned

    assert list(made) == [returned]
    assert reminding.told["remote_id"] == returned
    assert reminding.told["outcome"] == "adopted"


@pytest.mark.usefixtures("reminders")
def test_what_cannot_be_searched_is_uncertain(sandbox: Sandbox) -> None:
    sandbox.add_fault("reset_after", method="POST", times=1)
    policy = "fail"
    reminding = Task(lambda: Reminder(task_id="create", text="Walk", on_uncertain=policy))
    for outcome in ("The request was sent, and the answer", "This attempt has created nothing"):
        with pytest.raises(QAUncertainError, match=f"nothing at the vendor shows whether any reminder.*{outcome}"):
            reminding.attempt()
    assert posts(sandbox, "audit") == 1

    policy = "repeat"
    with counting(sandbox, "audit") as made:
        returned = reminding.attempt()
    assert list(made) == [returned]
    markers = [one["name"] for one in objects(sandbox, "audit").values() if one["name"].startswith("airflow-")]
    assert len(set(markers)) == 2, "each generation has its own"


@pytest.mark.usefixtures("reminders")
def test_if_exists_needs_something_to_search(sandbox: Sandbox) -> None:
    with pytest.raises(QANotSupportedError, match=r"Nothing was sent\. Leave if_exists at 'create'\."):
        Task(lambda: Reminder(task_id="create", text="Walk", if_exists="adopt")).attempt()


@pytest.mark.usefixtures("reminders")
def test_a_task_that_stores_no_xcoms_stores_none(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    silent = task("audit", do_xcom_push=False)
    assert silent.attempt() == silent.attempt()
    assert silent.xcoms == {}
    Task(lambda: Reminder(task_id="create", text="Walk", do_xcom_push=False), xcoms=silent.xcoms).attempt()
    assert silent.xcoms == {}
