"""Simplo IS: a report is approved once and invoiced once, whatever happens to the task. Counted at the vendor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.retrying import QARetryPolicy
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
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.simplo import (
    SimploApproveReportOperator,
    SimploBillReportOperator,
    SimploIssueInvoiceOperator,
)
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.resilience.attempts import Killed, Task, killed_when

IN_A_MOMENT = LookupTimeouts(pause=0.02, lost_answer=0.2, no_id=0.2, settled=0.1, not_found=0.0)
PATH = {"approve": "/approved$", "invoice": "/issue-invoice$"}
JOBS = {"approve": SimploApproveReportOperator, "invoice": SimploIssueInvoiceOperator}


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["simplo"], SandboxSettings()) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connection = shared_sandbox.connections()["simplo_default"]
    fields = {**connection, "extra": {**connection["extra"], "retries": 0}}
    monkeypatch.setenv("AIRFLOW_CONN_SIMPLO_DEFAULT", json.dumps(fields))
    monkeypatch.setattr(ChangingOperator, "lookup_timeouts", IN_A_MOMENT)
    return shared_sandbox


def report_id(sandbox: Sandbox) -> int:
    """A report that is sent, and neither approved nor invoiced."""
    number: int = sandbox.connections()["simplo_default"]["extra"]["report_id"]
    return number


def job(sandbox: Sandbox, name: str, **arguments: Any) -> Task:
    given = {"report_id": report_id(sandbox), **arguments}
    return Task(lambda: JOBS[name](task_id=name, **given))


def effects(sandbox: Sandbox, name: str) -> int:
    """How many mails of an approval have gone out, or how many invoices there are."""
    snapshot = sandbox.app("simplo").state.store.snapshot()
    return len(snapshot["mails" if name == "approve" else "invoices"])


def sent(sandbox: Sandbox, name: str) -> int:
    return sum(request.path.endswith(PATH[name].strip("$")) for request in sandbox.requests("simplo"))


def shown(sandbox: Sandbox) -> dict[str, Any]:
    with SimploHook().get_conn() as client:
        return client.reports.get(report_id(sandbox))


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


# Killed


def _die(value: Any) -> None:
    raise Killed


def _die_when_done(value: Any) -> None:
    if value["object_id"]:
        raise Killed


def before_the_request(sandbox: Sandbox, task: Task, name: str) -> None:
    task.state.after = _die
    with pytest.raises(Killed):
        task.attempt()


def before_the_request_arrived(sandbox: Sandbox, task: Task, name: str) -> None:
    sandbox.add_fault("reset_before", path=PATH[name], times=1)
    with killed_when(lambda: sent(sandbox, name) > 0), pytest.raises(Killed):
        task.attempt()


def before_the_answer(sandbox: Sandbox, task: Task, name: str) -> None:
    sandbox.add_fault("reset_after", path=PATH[name], times=1)
    sandbox.add_fault({"delay": 0.5}, path=r"/reports/\d+$", first=2, times=1)
    with killed_when(lambda: effects(sandbox, name) > 0), pytest.raises(Killed):
        task.attempt()


def before_the_note(sandbox: Sandbox, task: Task, name: str) -> None:
    task.state.before = _die_when_done
    with pytest.raises(Killed):
        task.attempt()


def after_the_note(sandbox: Sandbox, task: Task, name: str) -> None:
    task.state.after = _die_when_done
    with pytest.raises(Killed):
        task.attempt()


ARRIVED = [before_the_answer, before_the_note, after_the_note]
NEVER_ARRIVED = [before_the_request, before_the_request_arrived]
Kill = Callable[[Sandbox, Task, str], None]


def kill_once(kill: Kill, sandbox: Sandbox, task: Task, name: str) -> None:
    kill(sandbox, task, name)
    task.state.before = task.state.after = lambda value: None


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize("kill", ARRIVED, ids=lambda kill: kill.__name__)
def test_a_killed_task_has_one_effect(kill: Kill, name: str, sandbox: Sandbox) -> None:
    killed = job(sandbox, name)
    kill_once(kill, sandbox, killed, name)

    assert killed.attempt() == killed.attempt() == str(report_id(sandbox))
    assert sent(sandbox, name) == effects(sandbox, name) == 1
    assert killed.told["outcome"] == "unchanged"


@pytest.mark.parametrize("kill", NEVER_ARRIVED, ids=lambda kill: kill.__name__)
def test_an_approval_that_never_arrived_is_sent_by_the_retry(kill: Kill, sandbox: Sandbox) -> None:
    killed = job(sandbox, "approve")
    kill_once(kill, sandbox, killed, "approve")
    killed.attempt()

    assert effects(sandbox, "approve") == 1
    assert killed.told["outcome"] == "updated"


@pytest.mark.parametrize("kill", NEVER_ARRIVED, ids=lambda kill: kill.__name__)
def test_an_invoice_of_which_nothing_is_seen_is_not_issued_again(kill: Kill, sandbox: Sandbox) -> None:
    killed = job(sandbox, "invoice")
    kill_once(kill, sandbox, killed, "invoice")
    arrived = sent(sandbox, "invoice")
    for clear in (False, True):  # habit must not issue an invoice
        if clear:
            killed.clear()
        with pytest.raises(QAUncertainError) as refused:
            killed.attempt()
    assert sent(sandbox, "invoice") == arrived
    assert "does not show that it was carried out: invoiced is False, invoice_number is None." in str(refused.value)
    assert f"This attempt has sent nothing about billing report {report_id(sandbox)}." in str(refused.value)
    assert "mark the task as success. Otherwise delete 'journal' from the task's state and clear" in str(refused.value)

    killed.state.clear()  # somebody has looked, and there is none
    killed.clear()
    killed.attempt()
    assert effects(sandbox, "invoice") == 1
    assert killed.told["outcome"] == "updated"


@pytest.mark.parametrize("kill", NEVER_ARRIVED, ids=lambda kill: kill.__name__)
def test_an_uncertain_invoice_can_be_repeated(kill: Kill, sandbox: Sandbox) -> None:
    killed = job(sandbox, "invoice", on_uncertain="repeat")
    kill_once(kill, sandbox, killed, "invoice")
    killed.attempt()

    assert effects(sandbox, "invoice") == 1
    assert killed.told["outcome"] == "updated"


# Lost answers


LOST: list[Any] = ["reset_after", {"status": 503, "commit": True}, {"html": True, "commit": True}]


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize("fault", LOST, ids=["reset", "503", "html"])
def test_a_lost_answer_is_made_good_in_the_same_attempt(fault: Any, name: str, sandbox: Sandbox) -> None:
    sandbox.add_fault(fault, path=PATH[name], times=1)
    losing = job(sandbox, name)
    losing.attempt()

    assert losing.told["outcome"] == "updated"
    assert losing.told["reason"] == "the answer was lost, but the vendor shows the change"
    assert sent(sandbox, name) == effects(sandbox, name) == 1


def test_an_invoice_is_known_by_its_new_number(sandbox: Sandbox) -> None:
    """As if Simplo IS wrote down the number of an invoice only."""
    issuing = job(sandbox, "invoice")
    kill_once(before_the_answer, sandbox, issuing, "invoice")
    sandbox.app("simplo").state.store.report(report_id(sandbox)).invoiced_at = None
    issuing.attempt()

    assert issuing.told["outcome"] == "unchanged"
    assert issuing.told["reason"].endswith("was carried out")
    assert issuing.told["invoice_number"] == sandbox.app("simplo").state.store.invoices[0].number
    assert sent(sandbox, "invoice") == 1


def test_the_number_is_looked_for_by_the_attempt_that_loses_the_answer(sandbox: Sandbox) -> None:
    numbered = {**shown(sandbox), "invoice_number": 20269001}
    sandbox.add_fault("reset_after", path=PATH["invoice"], times=1)
    sandbox.add_fault({"status": 200, "body": numbered}, path=r"/reports/\d+$", first=2)
    losing = job(sandbox, "invoice")
    losing.attempt()

    assert losing.told["reason"] == "the answer was lost, but the vendor shows the change"
    assert losing.told["invoice_number"] == 20269001


def test_a_number_from_before_the_request_proves_nothing(sandbox: Sandbox) -> None:
    with SimploHook().get_conn() as client:
        client.reports.patch(report_id(sandbox), invoice_number=20269001)
    killed = job(sandbox, "invoice")
    kill_once(before_the_request, sandbox, killed, "invoice")
    with pytest.raises(QAUncertainError, match="invoiced is False, invoice_number is 20269001"):
        killed.attempt()


@pytest.mark.parametrize("name", JOBS)
def test_a_retry_looks_until_a_slow_vendor_shows_it(
    name: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChangingOperator, "lookup_timeouts", replace(IN_A_MOMENT, settled=20.0))
    stale = shown(sandbox)
    killed = job(sandbox, name)
    kill_once(before_the_note, sandbox, killed, name)
    sandbox.add_fault({"status": 200, "body": stale}, path=r"/reports/\d+$", times=3)
    killed.attempt()

    assert sandbox.scenario.entries[-1].fired == 3
    assert killed.told["outcome"] == "unchanged"
    assert sent(sandbox, name) == effects(sandbox, name) == 1


@pytest.mark.parametrize(("name", "policy"), [("approve", {}), ("invoice", {"on_uncertain": "repeat"})])
def test_a_retry_looks_as_long_at_the_request_of_the_retry_before_it(
    name: str, policy: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = shown(sandbox)
    killed = job(sandbox, name, **policy)
    kill_once(before_the_request, sandbox, killed, name)
    killed.state["journal"]["sent_at"] -= 3600
    killed.state["journal"]["last_sent_at"] = killed.state["journal"]["sent_at"]
    kill_once(before_the_note, sandbox, killed, name)
    monkeypatch.setattr(ChangingOperator, "lookup_timeouts", replace(IN_A_MOMENT, settled=20.0))
    sandbox.add_fault({"status": 200, "body": stale}, path=r"/reports/\d+$", times=3)
    killed.attempt()

    assert killed.told["outcome"] == "unchanged"
    assert sent(sandbox, name) == effects(sandbox, name) == 1


@pytest.mark.parametrize(("name", "policy"), [("approve", {}), ("invoice", {"on_uncertain": "repeat"})])
def test_a_task_that_is_cleared_in_the_middle_of_a_request_looks_as_long(
    name: str, policy: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChangingOperator, "lookup_timeouts", replace(IN_A_MOMENT, settled=20.0))
    stale = shown(sandbox)
    cleared = job(sandbox, name, **policy)
    kill_once(before_the_note, sandbox, cleared, name)
    cleared.clear()
    sandbox.add_fault({"status": 200, "body": stale}, path=r"/reports/\d+$", times=3)
    cleared.attempt()

    assert cleared.told["outcome"] == "unchanged"
    assert sent(sandbox, name) == effects(sandbox, name) == 1


def test_a_lost_request_is_retried_by_airflow_and_an_uncertain_one_is_not(sandbox: Sandbox) -> None:
    sandbox.add_fault("reset_before", path=PATH["invoice"], times=1)
    losing = job(sandbox, "invoice")
    with pytest.raises(QAConnectionLostError, match="may be changed, but the vendor does not show it") as lost:
        losing.attempt()
    with pytest.raises(QAUncertainError) as uncertain:
        losing.attempt()
    actions = [QARetryPolicy().evaluate(error.value, 1, 3).action.value for error in (lost, uncertain)]

    assert actions == ["retry", "fail"]
    assert "A retry looks again, and sends nothing." in str(lost.value)
    assert effects(sandbox, "invoice") == 0


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize("status", [403, 422, 429])
def test_a_refused_request_leaves_no_trace(status: int, name: str, sandbox: Sandbox) -> None:
    sandbox.add_fault({"status": status}, path=PATH[name], times=1)
    refused = job(sandbox, name)
    with pytest.raises(QAError, match=str(status)):
        refused.attempt()
    assert refused.state == {}
    refused.attempt()

    assert effects(sandbox, name) == 1


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
