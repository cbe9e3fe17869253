"""One approval and one invoice per task that is killed or loses an answer. Counted at the vendor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.retrying import QARetryPolicy
from airflow_qa_provider.exceptions import QAConnectionLostError, QAError, QAUncertainError
from airflow_qa_provider.hooks.simplo import SimploHook
from qa_sandbox import Sandbox
from tests.resilience.simplo.reports import (
    ARRIVED,
    IN_A_MOMENT,
    JOBS,
    NEVER_ARRIVED,
    PATH,
    Kill,
    before_the_answer,
    before_the_note,
    before_the_request,
    effects,
    job,
    kill_once,
    report_id,
    sent,
    shown,
)


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
