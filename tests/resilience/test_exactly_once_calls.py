"""Generic operators: a change is carried out once, whatever happens to the task. Counted at the vendor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.exceptions import (
    QAConnectionLostError,
    QAJournalError,
    QANotFoundError,
    QANotSupportedError,
    QARateLimitError,
    QAUncertainError,
    QAValidationError,
)
from airflow_qa_provider.hooks.smartq import SmartQHook
from airflow_qa_provider.operators.conqa import ConqaOperator
from airflow_qa_provider.operators.smartq import SmartQOperator
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.resilience.attempts import Killed, Task, connect

TOKEN = "/oauth2/"


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["smartq", "conqa"], SandboxSettings()) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    return shared_sandbox


def named(sandbox: Sandbox, name: str) -> Any:
    return next(c["extra"][name] for c in sandbox.connections().values() if name in c["extra"])


@pytest.fixture
def task(sandbox: Sandbox) -> Callable[..., Task]:
    """Returns a function that makes a task which adds a ticket, with policies and arguments of its own."""

    def make(keeps_state: bool = True, name: str = "A loose handrail", **policies: Any) -> Task:
        arguments = {"project_id": named(sandbox, "project_id"), "step_id": named(sandbox, "step_id"), "name": name}
        given = {"operation": "tickets.create", "arguments": arguments, **policies}
        return Task(lambda: SmartQOperator(task_id="create", **given), keeps_state)

    return make


def tickets(sandbox: Sandbox, name: str = "A loose handrail") -> list[str]:
    """Ids of the tickets with a name at the vendor."""
    with SmartQHook().get_conn() as client:
        rows = client.tickets.list(named(sandbox, "project_id"), name_contains=name)
        return [str(row["id"]) for row in rows if row["name"] == name]


def posts(sandbox: Sandbox) -> int:
    return sum(r.method != "GET" and TOKEN not in r.path for v in ("smartq", "conqa") for r in sandbox.requests(v))


def test_the_answer_is_kept_for_a_task_that_was_killed_after_it(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    killed = task()

    def die(value: Any) -> None:
        if value["object_id"]:
            raise Killed

    killed.state.after = die
    with pytest.raises(Killed):
        killed.attempt()
    killed.state.after = lambda value: None
    answer = killed.attempt()

    assert [answer["id"]] == tickets(sandbox)
    assert posts(sandbox) == 1
    assert (killed.told["outcome"], killed.generation) == ("adopted", 1)
    assert "an earlier attempt carried it out at" in killed.told["reason"]


def test_a_lost_answer_is_uncertain_at_once_and_stays_so(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    fault = sandbox.add_fault("reset_after", vendor="smartq", method="POST", path="/tickets")
    lost = task()
    with pytest.raises(QAUncertainError, match=r"smartq tickets\.create: the answer was lost .* The request was sent"):
        lost.attempt()
    with pytest.raises(QAUncertainError, match=r"was lost, and nothing at the vendor shows .* has sent nothing"):
        lost.attempt()

    assert (posts(sandbox), len(tickets(sandbox))) == (1, 1)
    assert lost.state["journal"]["object_id"] is None

    del lost.state["journal"]  # as the message says
    lost.clear()
    sandbox.remove_fault(fault)
    lost.attempt()
    assert len(tickets(sandbox)) == 2


def test_a_request_that_did_not_arrive_is_sent_by_the_retry(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_fault({"status": 429, "retry_after": 0}, vendor="smartq", method="POST", path="/tickets", times=1)
    refused = task()
    with pytest.raises(QARateLimitError):
        refused.attempt()
    refused.attempt()
    assert len(tickets(sandbox)) == 1
    assert refused.told["outcome"] == "created"


def test_repeat_is_a_choice(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_fault("reset_after", vendor="smartq", method="POST", path="/tickets", times=1)
    lost = task(on_uncertain="repeat")
    with pytest.raises(QAConnectionLostError, match="A retry sends the request once more"):
        lost.attempt()
    lost.attempt()
    assert len(tickets(sandbox)) == 2
    assert "on_uncertain is 'repeat'" in lost.told["reason"]


def test_a_cleared_task_keeps_its_answer_or_asks_anew(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    kept, anew = task(), task(on_clear="new", name="Another")
    for one in (kept, anew):
        first = one.attempt()
        one.clear()
        again = one.attempt()
        assert (again == first) == (one is kept)
    assert (len(tickets(sandbox)), len(tickets(sandbox, "Another"))) == (1, 2)
    assert anew.generation == 2


def test_another_input_is_refused_or_a_call_of_its_own(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    changed = task()
    changed.attempt()
    changed.make = task(name="A loose stair").make
    with pytest.raises(QAJournalError, match=r"asks for another name.*on_changed_input='new'"):
        changed.attempt()
    changed.make = task(name="A loose stair", on_changed_input="new").make
    changed.attempt()
    assert (len(tickets(sandbox)), len(tickets(sandbox, "A loose stair"))) == (1, 1)


def test_what_the_vendor_takes_for_the_same_is_repeated(sandbox: Sandbox) -> None:
    sandbox.add_fault("reset_after", vendor="conqa", method="PUT", times=1)
    arguments = {"project_id": named(sandbox, "project_id"), "external_id": "none-such"}
    deletion = Task(lambda: ConqaOperator(task_id="t", operation="milestones.delete", arguments=arguments))
    sandbox.add_fault("reset_after", vendor="conqa", method="DELETE", times=1)
    with pytest.raises(QAConnectionLostError, match="A retry sends the request once more"):
        deletion.attempt()
    with pytest.raises(QANotFoundError):
        deletion.attempt()
    assert posts(sandbox) == 2


def test_a_repeated_change_has_the_transaction_time_of_the_first(sandbox: Sandbox) -> None:
    project_id = sandbox.connections()["conqa_default"]["extra"]["project_id"]
    arguments = {"project_id": project_id, "external_id": "P6-A1310"}
    deletion = Task(lambda: ConqaOperator(task_id="t", operation="milestones.delete", arguments=arguments))
    sandbox.add_fault("reset_after", vendor="conqa", method="DELETE", times=1)
    with pytest.raises(QAConnectionLostError):
        deletion.attempt()
    sandbox.add_fault({"status": 429}, vendor="conqa", method="DELETE", times=1)
    with pytest.raises(QARateLimitError):
        deletion.attempt()
    deletion.attempt()

    times = [request.query for request in sandbox.requests("conqa") if request.method == "DELETE"]
    assert len(times) == 3
    assert len(set(times)) == 1


def test_without_a_state_a_second_attempt_knows_nothing(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    forgetful = task(keeps_state=False)
    forgetful.attempt()
    with pytest.raises(QAUncertainError, match="this Airflow keeps no state of tasks"):
        forgetful.attempt()
    assert len(tickets(sandbox)) == 1


def test_a_dry_run_shows_the_request_and_sends_nothing(
    sandbox: Sandbox, task: Callable[..., Task], capsys: pytest.CaptureFixture[str]
) -> None:
    rehearsed = task(preview="True")
    with pytest.raises(AirflowSkipException, match=r"POST http://.*/tickets.* was not sent"):
        rehearsed.attempt()

    assert posts(sandbox) == 0
    assert not rehearsed.state
    request = rehearsed.xcoms[-1, "preview"]["request"]
    assert (request["operation"], request["method"]) == ("tickets.create", "POST")
    assert "A loose handrail" in request["body"].values()
    logged = capsys.readouterr().out
    assert "A loose handrail" in logged
    assert "sandbox-smartq" not in logged + json.dumps(request)

    rehearsed.make = task(preview=False).make
    rehearsed.attempt()
    assert len(tickets(sandbox)) == 1


def test_a_dry_run_hides_secrets(sandbox: Sandbox) -> None:
    secret = "a-password-of-a-user"
    arguments = {"name": "Ann", "email": "ann@example.com", "password": secret}
    operator = SmartQOperator(task_id="t", operation="users.create", arguments=arguments, preview=True)
    rehearsed = Task(lambda: operator)
    with pytest.raises(AirflowSkipException):
        rehearsed.attempt()
    shown = json.dumps(rehearsed.xcoms[-1, "preview"])
    assert "ann@example.com" in shown
    assert secret not in shown


def test_a_dry_run_of_what_only_reads_reads(sandbox: Sandbox) -> None:
    listing = Task(lambda: SmartQOperator(task_id="t", operation="projects.list", preview=True))
    assert named(sandbox, "project_id") in [row["id"] for row in listing.attempt()]


@pytest.mark.parametrize(
    ("policies", "kind", "message"),
    [
        ({"preview": "perhaps"}, QAValidationError, "preview must be true or false, got 'perhaps'"),
        ({"preview": "None"}, QAValidationError, "preview is required, got 'None'"),
        ({"preview": None}, QAValidationError, "preview is required, got None"),
        ({"on_uncertain": "guess"}, QAValidationError, "on_uncertain must be one of fail, repeat"),
        ({"on_changed_input": "update"}, QAValidationError, "on_changed_input must be one of fail, new"),
        ({"if_exists": "adopt"}, QANotSupportedError, "nothing at the vendor shows whether this was done before"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_before_anything_is_sent(
    policies: dict[str, Any], kind: type[Exception], message: str, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    with pytest.raises(kind, match=message):
        task(**policies).attempt()
    assert posts(sandbox) == 0
