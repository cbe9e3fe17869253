"""Which errors a retry can mend, and how long it waits."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG, BaseOperator

from airflow_qa_provider import compat, exceptions
from airflow_qa_provider.bases.retrying import QARetryPolicy, failing_now
from airflow_qa_provider.exceptions import (
    QAApiError,
    QAAuthenticationError,
    QAConflictError,
    QAConnectionLostError,
    QADeliveryError,
    QAError,
    QANotFoundError,
    QAPermissionError,
    QARateLimitError,
    QARequestRejectedError,
    QAServerError,
    QATaskStateError,
    QATimeoutError,
    QAUncertainError,
    QAValidationError,
    error_class_for,
)
from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditOperator
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor

if not compat.RETRY_POLICIES:
    pytest.skip("Airflow 3.3 and later", allow_module_level=True)

from airflow.sdk.definitions.retry_policy import RetryAction, RetryDecision, RetryPolicy
from airflow.sdk.exceptions import AirflowFailException

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
FINAL = [QAAuthenticationError, QAPermissionError, QANotFoundError, QARequestRejectedError, QAValidationError]


def decide(error: BaseException, try_number: int = 1, **task: Any) -> RetryDecision:
    settings = {"retry_delay": timedelta(seconds=60), **task}
    context = {"ti": SimpleNamespace(task=SimpleNamespace(**settings))}
    decision: RetryDecision = QARetryPolicy().evaluate(error, try_number, 5, context)
    return decision


@pytest.mark.parametrize("kind", [*FINAL, QAUncertainError])
def test_what_no_retry_can_mend_fails_now(kind: type[QAError]) -> None:
    decision = decide(kind("no"))
    assert decision.action is RetryAction.FAIL
    assert kind.__name__ in str(decision.reason)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_each_of_these_statuses_fails_now(status: int) -> None:
    assert decide(error_class_for(status)("no")).action is RetryAction.FAIL


def test_a_rate_limit_waits_exactly_as_long_as_the_vendor_asks_for() -> None:
    decision = decide(QARateLimitError("slowly", retry_after=173.5))
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=173.5))


@pytest.mark.parametrize("error", [QAServerError("away"), QAConnectionLostError("cut"), QATimeoutError("silent")])
@pytest.mark.parametrize(("tries", "least"), [(1, 60), (2, 120), (4, 480), (30, 3600)])
def test_what_may_mend_itself_backs_off(error: QAError, tries: int, least: int) -> None:
    decision = decide(error, tries)
    assert decision.action is RetryAction.RETRY
    assert decision.retry_delay is not None
    assert least <= decision.retry_delay.total_seconds() <= 1.1 * least


def test_a_server_that_names_a_time_is_not_asked_before() -> None:
    later = decide(QAServerError("maintenance", retry_after=900.0))
    assert later.retry_delay is not None
    assert later.retry_delay >= timedelta(seconds=900)


def test_the_tasks_own_limits_count() -> None:
    capped = decide(QAServerError("away"), 5, max_retry_delay=timedelta(seconds=90))
    assert capped.retry_delay is not None
    assert capped.retry_delay.total_seconds() <= 99
    slow = decide(QAServerError("away"), 1, retry_delay=timedelta(hours=3))
    assert slow.retry_delay is not None
    assert slow.retry_delay >= timedelta(hours=3)
    own = decide(QAServerError("away"), 3, retry_exponential_backoff=True)
    assert own.action is RetryAction.DEFAULT


@pytest.mark.parametrize(
    "error",
    [ValueError("other"), QAConflictError("busy"), QAApiError("odd"), QARateLimitError("?"), QATaskStateError("away")],
)
def test_anything_else_is_left_to_the_task(error: Exception) -> None:
    assert decide(error).action is RetryAction.DEFAULT


def test_a_delivery_to_uncertain_recipients_only_is_not_repeated() -> None:
    error = QADeliveryError("uncertain")
    error.permanent = True
    assert decide(error).action is RetryAction.FAIL
    assert decide(QADeliveryError("postponed")).action is RetryAction.DEFAULT


class MyPolicy(RetryPolicy):
    def evaluate(self, *_: Any, **__: Any) -> RetryDecision:
        return RetryDecision.default()


def audit(**arguments: Any) -> MonitorQACreateAuditOperator:
    given = {"name": "Walk", "template_id": "t", "audit_object_id": "o", "due": timedelta(days=1)}
    return MonitorQACreateAuditOperator(task_id="audit", **{**given, **arguments})


@pytest.mark.parametrize("kind", [QARateLimitError, QAServerError])
def test_a_moment_in_place_of_seconds_parks_no_task_for_years(kind: type[QAError]) -> None:
    for wished in (1795314000.0, 1795314000000.0, 1e20):
        assert decide(kind("later", retry_after=wished)).retry_delay == timedelta(days=1)


def test_it_is_the_default_and_can_be_replaced() -> None:
    mine = MyPolicy()
    assert isinstance(audit().retry_policy, QARetryPolicy)
    assert isinstance(MonitorQAAuditSensor(task_id="wait", audit_id="a").retry_policy, QARetryPolicy)
    assert audit(retry_policy=mine).retry_policy is mine
    with DAG("mine", schedule=None, start_date=START, default_args={"retry_policy": mine}):
        assert audit().retry_policy is mine


def test_it_is_the_default_of_mapped_tasks_as_well() -> None:
    mine = MyPolicy()
    with DAG("mapped", schedule=None, start_date=START):
        plain = MonitorQAAuditSensor.partial(task_id="plain").expand(audit_id=["a"])
        own = MonitorQAAuditSensor.partial(task_id="own", retry_policy=mine).expand(audit_id=["a"])
    assert isinstance(plain.unmap({"audit_id": "a"}).retry_policy, QARetryPolicy)
    assert own.unmap({"audit_id": "a"}).retry_policy is mine


def test_it_survives_serialization() -> None:
    policy = QARetryPolicy(timedelta(minutes=7))
    assert QARetryPolicy.deserialize(policy.serialize()).longest == timedelta(minutes=7)


class Failing(BaseOperator):
    def __init__(self, error: Exception, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error = error

    @failing_now()
    def execute(self, context: Any) -> None:
        raise self.error


@pytest.mark.parametrize("kind", FINAL)
def test_before_airflow_3_3_it_is_said_with_an_exception(kind: type[QAError], monkeypatch: pytest.MonkeyPatch) -> None:
    task = Failing(error=kind("the key is wrong", hint="Correct it"), task_id="t")
    with pytest.raises(kind):
        task.execute({})
    monkeypatch.setattr(compat, "RETRY_POLICIES", False)
    with pytest.raises(AirflowFailException, match=r"the key is wrong\. Correct it"):
        task.execute({})


def test_before_airflow_3_3_other_errors_are_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compat, "RETRY_POLICIES", False)
    with pytest.raises(QAServerError):
        Failing(error=QAServerError("away"), task_id="t").execute({})


def test_every_error_class_says_whether_it_is_permanent() -> None:
    classes = [one for one in vars(exceptions).values() if isinstance(one, type) and issubclass(one, QAError)]
    permanent = {one.__name__ for one in classes if one.permanent}
    assert permanent == {
        *("QAConfigurationError", "QAValidationError", "QARequestRejectedError", "QAAuthenticationError"),
        *("QAPermissionError", "QANotFoundError", "QANotSupportedError", "QAJournalError", "QAUncertainError"),
    }
