"""A report is approved once, invoiced once, and only as it was shown. Counted at the vendor."""

from __future__ import annotations

import json
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.exceptions import (
    QAConnectionLostError,
    QAError,
    QANotFoundError,
    QAResponseError,
    QAServerError,
    QAUncertainError,
    QAValidationError,
)
from airflow_qa_provider.hooks.simplo import SimploHook
from airflow_qa_provider.operators.simplo import SimploBillReportOperator
from qa_sandbox import Sandbox
from tests.resilience.attempts import Task
from tests.resilience.simplo.reports import (
    JOBS,
    PATH,
    before_the_answer,
    effects,
    job,
    kill_once,
    report_id,
    sent,
    shown,
)

# What is done


def test_a_report_is_approved_once(sandbox: Sandbox) -> None:
    approving, later = job(sandbox, "approve"), job(sandbox, "approve")
    assert approving.attempt() == later.attempt() == str(report_id(sandbox))

    moment = shown(sandbox)["approved_at"]
    assert approving.told == {
        "outcome": "updated",
        "reason": "the vendor showed something else",
        "changes": {"approved": {"from": False, "to": True}},
        "approved_at": moment,
    }
    assert (later.told["outcome"], later.told["approved_at"]) == ("unchanged", moment)
    assert sent(sandbox, "approve") == effects(sandbox, "approve") == 1


def test_a_report_is_invoiced_once(sandbox: Sandbox) -> None:
    invoicing, later = job(sandbox, "invoice"), job(sandbox, "invoice")
    assert invoicing.attempt() == later.attempt() == str(report_id(sandbox))

    (invoice,) = sandbox.app("simplo").state.store.invoices
    assert invoicing.told["outcome"] == "updated"
    assert invoicing.told["changes"] == {"invoiced": {"from": False, "to": True}}
    assert later.told["outcome"] == "unchanged"
    for done in (invoicing, later):
        assert done.told["invoice_number"] == invoice.number
        assert done.told["invoiced_at"] == shown(sandbox)["invoiced_at"] is not None


def test_a_number_that_was_given_by_hand_is_no_invoice(sandbox: Sandbox) -> None:
    with SimploHook().get_conn() as client:
        client.reports.patch(report_id(sandbox), invoice_number=20269001)
    invoicing = job(sandbox, "invoice")
    invoicing.attempt()

    assert invoicing.told["outcome"] == "updated"
    assert invoicing.told["invoice_number"] == 20269001
    assert effects(sandbox, "invoice") == 1


@pytest.mark.parametrize("name", JOBS)
def test_a_result_that_cannot_be_read_is_read_by_the_retry(name: str, sandbox: Sandbox) -> None:
    sandbox.add_fault({"status": 503}, path=r"/reports/\d+$", nth=2)
    reading = job(sandbox, name)
    with pytest.raises(QAServerError):
        reading.attempt()
    reading.attempt()

    assert reading.told["reason"].startswith("an earlier attempt made the change at 2")
    assert None not in reading.told.values()
    assert sent(sandbox, name) == effects(sandbox, name) == 1


# Both in one


def bill(sandbox: Sandbox, **arguments: Any) -> Task:
    return Task(lambda: SimploBillReportOperator(task_id="bill", report_id=report_id(sandbox), **arguments))


def assert_billed_once(sandbox: Sandbox, returned: Any) -> None:
    (invoice,) = sandbox.app("simplo").state.store.invoices
    assert returned == invoice.number
    assert effects(sandbox, "approve") == sent(sandbox, "approve") == 1


def test_a_report_is_billed_once(sandbox: Sandbox) -> None:
    billing, later = bill(sandbox), bill(sandbox)
    assert_billed_once(sandbox, billing.attempt())
    calls = len(sandbox.requests("simplo"))
    assert_billed_once(sandbox, later.attempt())

    number, one = sandbox.app("simplo").state.store.invoices[0].number, str(report_id(sandbox))
    done = billing.told
    assert (done["invoice_number"], done["outcome"]) == (number, "updated")
    assert done["approve"] == {"id": one, "outcome": "updated"}
    assert (later.told["outcome"], later.told["approve"]["outcome"]) == ("unchanged", "unchanged")
    assert calls == 4, "a look, both requests, and the number"
    assert bill(sandbox, preview=True).attempt() == number, "there is nothing to send"


@pytest.mark.parametrize("name", PATH)
def test_a_bill_is_taken_up_where_it_stopped(name: str, sandbox: Sandbox) -> None:
    killed = bill(sandbox)
    kill_once(before_the_answer, sandbox, killed, name)

    assert_billed_once(sandbox, killed.attempt())
    before = len(sandbox.requests("simplo"))
    assert_billed_once(sandbox, killed.attempt())
    assert len(sandbox.requests("simplo")) == before + 1, "both are noted: only the number is read"


def test_nothing_is_invoiced_that_was_not_approved(sandbox: Sandbox) -> None:
    sandbox.add_fault({"status": 503}, path=PATH["approve"], times=1)
    billing = bill(sandbox)
    with pytest.raises(QAServerError):
        billing.attempt()
    assert sent(sandbox, "invoice") == 0
    billing.attempt()
    assert effects(sandbox, "invoice") == effects(sandbox, "approve") == 1


def test_a_bill_of_which_nothing_is_seen_is_not_issued_again(sandbox: Sandbox) -> None:
    sandbox.add_fault({"status": 503}, path=PATH["invoice"], times=1)
    billing = bill(sandbox)
    with pytest.raises(QAServerError):
        billing.attempt()
    with pytest.raises(QAUncertainError, match="delete 'journal' from the task's state"):
        billing.attempt()
    assert (sent(sandbox, "invoice"), sent(sandbox, "approve")) == (1, 1)
    with pytest.raises(AirflowSkipException):
        Task(lambda: SimploBillReportOperator(task_id="dry", report_id=report_id(sandbox), preview=True)).attempt()


# Without a state, cleared, shown


def test_without_a_state_an_invoice_is_issued_by_the_first_attempt_only(sandbox: Sandbox) -> None:
    sandbox.add_fault("reset_before", path=PATH["invoice"], times=1)
    forgetful = job(sandbox, "invoice")
    forgetful.keeps_state = False
    with pytest.raises(QAConnectionLostError):
        forgetful.attempt()
    with pytest.raises(QAUncertainError, match=r"this Airflow keeps no state of tasks.*on_uncertain='repeat'") as lost:
        forgetful.attempt()
    assert "delete" not in str(lost.value)
    assert effects(sandbox, "invoice") == 0

    job(sandbox, "invoice").attempt()  # somebody else does
    forgetful.attempt()
    assert forgetful.told["outcome"] == "unchanged"
    assert effects(sandbox, "invoice") == 1


@pytest.mark.parametrize("name", JOBS)
def test_a_cleared_task_compares_anew(name: str, sandbox: Sandbox) -> None:
    cleared = job(sandbox, name)
    cleared.attempt()
    cleared.clear()
    cleared.attempt()

    assert cleared.told["outcome"] == "unchanged"
    assert cleared.told["reason"] == "the vendor shows what is asked for"
    assert effects(sandbox, name) == 1


@pytest.mark.parametrize("name", JOBS)
def test_a_dry_run_shows_the_request_without_the_hash(
    name: str, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = shown(sandbox)["hash"], sandbox.connections()["simplo_default"]["password"]
    previewing = job(sandbox, name, preview=True)
    with pytest.raises(AirflowSkipException):
        previewing.attempt()

    dry = previewing.xcoms[-1, "preview"]
    assert dry["request"]["url"].endswith(PATH[name].strip("$"))
    assert list(dry["changes"].values()) == [{"from": False, "to": True}]
    assert effects(sandbox, name) == sent(sandbox, name) == 0
    assert previewing.state == {}
    assert not [secret for secret in secrets if secret in json.dumps(dry) + capsys.readouterr().out]


@pytest.mark.parametrize("name", JOBS)
def test_the_hash_is_nowhere(name: str, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    secret = shown(sandbox)["hash"]
    done = job(sandbox, name)
    done.attempt()
    sandbox.add_fault({"status": 422, "body": {"message": f"hash {secret} is odd"}}, path=r"/reports/\d+")
    with pytest.raises(QAError) as refused:
        job(sandbox, name).attempt()

    told = json.dumps([done.state, list(done.xcoms.values())]) + capsys.readouterr().out + str(refused.value)
    assert secret not in told


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"report_id": None}, "report_id is required"),
        ({"report_id": "None"}, "report_id is required"),
        ({"report_id": "46/approved"}, "report_id must be a whole number of at least 0, got '46/approved'"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(arguments: Any, words: str, name: str, sandbox: Sandbox) -> None:
    with pytest.raises(QAValidationError, match=words):
        job(sandbox, name, **arguments).attempt()

    assert sandbox.requests("simplo") == []


def test_an_unknown_policy_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(QAValidationError, match="on_uncertain must be one of fail, repeat, got 'ask'"):
        job(sandbox, "invoice", on_uncertain="ask").attempt()

    assert sandbox.requests("simplo") == []


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_report_of_another_shape_is_not_taken_for_open(wrapped: bool, name: str, sandbox: Sandbox) -> None:
    job(sandbox, name).attempt()
    body = {"data": shown(sandbox)} if wrapped else {"id": report_id(sandbox)}
    sandbox.add_fault({"status": 200, "body": body}, path=r"/reports/\d+$")
    with pytest.raises(QAResponseError, match=r"the billing report shows no (approved|invoiced)_at"):
        job(sandbox, name).attempt()

    assert sent(sandbox, name) == effects(sandbox, name) == 1


@pytest.mark.parametrize("name", JOBS)
def test_a_report_that_is_not_there_is_an_error(name: str, sandbox: Sandbox) -> None:
    with pytest.raises(QANotFoundError):
        job(sandbox, name, report_id=999_999).attempt()
