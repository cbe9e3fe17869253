"""A report is asked for once, whatever happens to the task. Counted at the vendor."""

from __future__ import annotations

import re
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.bases.retrying import QARetryPolicy
from airflow_qa_provider.exceptions import QAConnectionLostError, QARateLimitError, QAUncertainError, QAValidationError
from airflow_qa_provider.operators.conqa import ConqaGenerateReportOperator
from qa_sandbox import Sandbox
from tests.resilience.attempts import Task
from tests.resilience.conqa.project import after_the_note, before_the_note, before_the_request, ids, writes


def report(sandbox: Sandbox, **arguments: Any) -> Task:
    found = {name: ids(sandbox)[name] for name in ("project_id", "checklist_id")}
    return Task(lambda: ConqaGenerateReportOperator(task_id="ask", **{**found, **arguments}))


def contexts(sandbox: Sandbox) -> list[dict[str, Any]]:
    """What the webhook will hand back, of each report that is being made."""
    return [dict(run.given) for run in sandbox.app("conqa").state.store._runs.values()]


def test_a_report_is_asked_for_under_an_id_that_comes_back(sandbox: Sandbox) -> None:
    asking = report(sandbox, context={"building": "B2"})
    returned = asking.attempt()
    assert asking.attempt() == returned

    assert re.fullmatch("airflow-[0-9a-f]{32}", returned)
    assert contexts(sandbox) == [{"building": "B2", "airflow": returned}]
    assert asking.told["remote_id"] == returned
    assert asking.told["outcome"] == "adopted"


def test_an_unexpected_answer_to_a_report_is_an_answer(sandbox: Sandbox) -> None:
    sandbox.add_fault({"status": 200, "body": {"status": "queued"}, "commit": True}, method="POST", times=1)
    asking = report(sandbox)

    assert asking.attempt() == contexts(sandbox)[0]["airflow"]
    assert asking.told["outcome"] == "created"


def test_mapped_reports_have_ids_of_their_own(sandbox: Sandbox) -> None:
    siblings = [report(sandbox) for _ in range(3)]
    for index, sibling in enumerate(siblings):
        sibling.map_index = index
    returned = [sibling.attempt() for sibling in siblings]

    assert [one["airflow"] for one in contexts(sandbox)] == returned
    assert len(set(returned)) == len(siblings)


@pytest.mark.parametrize("policy", ["fail", "repeat"])
def test_nobody_can_tell_whether_a_lost_report_is_made(policy: str, sandbox: Sandbox) -> None:
    sandbox.add_fault("reset_after", method="POST", times=1)
    losing = report(sandbox, on_uncertain=policy)
    kind, words = (
        (QAUncertainError, "nothing at the vendor shows whether any report came of it")
        if policy == "fail"
        else (QAConnectionLostError, "on_uncertain is 'repeat': a retry creates another one")
    )
    with pytest.raises(kind, match=words) as lost:
        losing.attempt()
    decision = QARetryPolicy().evaluate(lost.value, 1, 3)

    assert decision.action.value == ("fail" if policy == "fail" else "retry")
    if policy == "fail":
        with pytest.raises(QAUncertainError, match="This attempt has created nothing"):
            losing.attempt()
        assert len(contexts(sandbox)) == 1
    else:
        returned = losing.attempt()
        assert losing.attempt() == returned
        assert [one["airflow"] == returned for one in contexts(sandbox)] == [False, True]


@pytest.mark.parametrize("kill", [before_the_request, before_the_note, after_the_note], ids=lambda kill: kill.__name__)
def test_a_killed_task_asks_for_one_report(kill: Any, sandbox: Sandbox) -> None:
    killed = report(sandbox)
    kill(sandbox, killed)
    killed.state.before = killed.state.after = lambda value: None
    if kill is after_the_note:
        assert killed.attempt() == contexts(sandbox)[0]["airflow"]
    else:
        with pytest.raises(QAUncertainError):
            killed.attempt()

    assert len(contexts(sandbox)) == (0 if kill is before_the_request else 1)


@pytest.mark.parametrize("fault", ["reset_before", {"status": 429, "retry_after": 1}])
def test_a_report_that_was_refused_is_asked_for_again(fault: Any, sandbox: Sandbox) -> None:
    sandbox.add_fault(fault, method="POST", times=1)
    asking = report(sandbox, on_uncertain="repeat")
    with pytest.raises((QAConnectionLostError, QARateLimitError)):
        asking.attempt()

    assert asking.attempt() == contexts(sandbox)[0]["airflow"]
    assert len(contexts(sandbox)) == 1


def test_a_cleared_report_is_asked_for_anew_where_that_is_wanted(sandbox: Sandbox) -> None:
    kept, renewed = report(sandbox), report(sandbox, on_clear="new")
    for cleared in (kept, renewed):
        first = cleared.attempt()
        cleared.clear()
        assert (cleared.attempt() == first) is (cleared is kept)

    assert len(contexts(sandbox)) == 3


def test_a_report_is_not_asked_for_in_a_preview(sandbox: Sandbox) -> None:
    previewing = report(sandbox, context={"building": "B2"}, preview="true")
    with pytest.raises(AirflowSkipException):
        previewing.attempt()

    body = previewing.xcoms[-1, "preview"]["request"]["body"]
    assert body["checklistId"] == ids(sandbox)["checklist_id"]
    assert body["context"]["building"] == "B2"
    assert writes(sandbox) == []
    assert previewing.state == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"checklist_id": ""}, "checklist_id is required"),
        ({"project_id": "None"}, "project_id is required"),
        ({"context": "B2"}, "context is not JSON: 'B2'"),
        ({"context": ["B2"]}, "context must be an object"),
        ({"context": {"airflow": 1}}, r"context has the name 'airflow'.*Take another name"),
        ({"context": {"share": float("nan")}}, "context cannot be sent as JSON"),
    ],
)
def test_bad_input_for_a_report_is_refused_before_anything_is_sent(
    arguments: Any, words: str, sandbox: Sandbox
) -> None:
    with pytest.raises(QAValidationError, match=words):
        report(sandbox, **arguments).attempt()

    assert sandbox.requests("conqa") == []
