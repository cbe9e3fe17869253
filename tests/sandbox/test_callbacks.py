"""Outgoing calls: time, attempts, ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from qa_sandbox import ManualClock, Sandbox, run_sandbox
from qa_sandbox.callbacks import Callbacks, DeliveryPolicy, Endpoint, Result
from tests.sandbox.receiver import Receiver


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    """Serve one vendor only: every test resets all that are served."""
    with run_sandbox(["conqa"], clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture
def callbacks(sandbox: Sandbox) -> Callbacks:
    return sandbox.callbacks("conqa")


def test_timers_follow_the_clock_in_order(sandbox: Sandbox, callbacks: Callbacks) -> None:
    rung: list[int] = []
    now = sandbox.clock.now()
    for seconds in (20, 10, 30):
        callbacks.at(now + timedelta(seconds=seconds), partial(rung.append, seconds))
    assert callbacks.wait(5)
    assert rung == []
    sandbox.advance(25)
    assert callbacks.wait(5)
    assert rung == [10, 20]


def test_attempts_follow_the_clock(sandbox: Sandbox, callbacks: Callbacks, receiver: Receiver) -> None:
    receiver.status = 503
    endpoint = Endpoint("one", receiver.url)
    delivery = callbacks.send(endpoint, {"n": 1}, DeliveryPolicy(5, attempts=3, retry_seconds=60))
    for tries in (1, 2, 3):
        assert callbacks.wait(5)
        assert receiver.count == tries
        assert delivery.result is (Result.FAILED if tries == 3 else Result.PENDING)
        sandbox.advance(59)
        assert callbacks.wait(5)
        assert receiver.count == tries
        sandbox.advance(1)
    assert (endpoint.active, endpoint.failures) == (True, 1)


def test_a_later_attempt_can_arrive(sandbox: Sandbox, callbacks: Callbacks, receiver: Receiver) -> None:
    receiver.status = 500
    endpoint = Endpoint("one", receiver.url, failures=4)
    delivery = callbacks.send(endpoint, [1, "ü"], DeliveryPolicy(5, attempts=2, retry_seconds=60, disable_after=5))
    assert callbacks.wait(5)
    receiver.status = 200
    sandbox.advance(60)
    assert callbacks.wait(5)
    assert [attempt["status"] for attempt in delivery.attempts] == [500, 200]
    assert (delivery.result, endpoint.failures, receiver.next()) == (Result.DELIVERED, 0, [1, "ü"])


def test_one_endpoint_gets_its_messages_in_order(callbacks: Callbacks, receiver: Receiver) -> None:
    endpoint = Endpoint("one", receiver.url)
    for number in range(20):
        callbacks.send(endpoint, number, DeliveryPolicy(5))
    assert [receiver.next() for _ in range(20)] == list(range(20))


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://example.com/webhook", "not reached: a sandbox calls 127.0.0.1 and localhost only"),
        ("http://127.0.0.1@example.com/", "not reached: a sandbox calls 127.0.0.1 and localhost only"),
        ("http://127.0.0.1.example.com/", "not reached: a sandbox calls 127.0.0.1 and localhost only"),
        ("ftp://127.0.0.1/", "not reached: a sandbox calls 127.0.0.1 and localhost only"),
        ("http://127.0.0.1:1/", "not reached: ConnectError"),
        ("http://127.0.0.1:port/", "not reached: InvalidURL"),
    ],
)
def test_only_this_machine_is_called(callbacks: Callbacks, url: str, problem: str) -> None:
    delivery = callbacks.send(Endpoint("one", url), {}, DeliveryPolicy(5))
    assert callbacks.wait(10)
    assert delivery.attempts[0]["problem"] == problem
    assert delivery.as_dict()["url"].endswith("***")


def test_localhost_works_and_the_address_stays_secret(callbacks: Callbacks, receiver: Receiver) -> None:
    url = receiver.url.replace("127.0.0.1", "user:secret@localhost") + "/secret?token=secret"
    endpoint = Endpoint("one", url)
    delivery = callbacks.send(endpoint, {}, DeliveryPolicy(5))
    assert callbacks.wait(5)
    assert delivery.result is Result.DELIVERED
    assert "secret" not in f"{delivery!r}{delivery.as_dict()}"


def test_reset_and_stop_drop_what_is_on_its_way(receiver: Receiver) -> None:
    receiver.hangs = True
    policy, before = DeliveryPolicy(30), set(threading.enumerate())
    with run_sandbox(["conqa"], clock=ManualClock()) as sandbox:
        callbacks = sandbox.callbacks("conqa")
        callbacks.send(Endpoint("one", receiver.url), 1, policy)
        assert receiver.next() == 1
        with pytest.raises(TimeoutError, match="a call to a webhook has not ended"):
            sandbox.deliveries("conqa", timeout=0.05)
        callbacks.at(sandbox.clock.now() + timedelta(hours=1), lambda: None)
        sandbox.reset()
        assert sandbox.deliveries("conqa", timeout=5) == []
        callbacks.send(Endpoint("two", receiver.url), 2, policy)
        assert receiver.next() == 2
    left = {thread for thread in threading.enumerate() if thread.name == "airflow-qa-sandbox"}
    assert left <= before


def test_the_clock_may_be_moved_after_the_end() -> None:
    clock = ManualClock()
    with run_sandbox(["conqa"], clock=clock) as sandbox:
        callbacks = sandbox.callbacks("conqa")
    clock.advance(1)
    callbacks.send(Endpoint("one", "http://127.0.0.1:1"), {}, DeliveryPolicy(1))
    assert not callbacks.wait(0.01), "nobody sends any more"


def test_what_waits_is_bounded(
    sandbox: Sandbox, callbacks: Callbacks, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_sandbox.callbacks.MAX_PENDING", 2)
    tomorrow = sandbox.clock.now() + timedelta(days=1)
    assert [callbacks.at(tomorrow, lambda: None) for _ in range(3)] == [True, True, False]
    assert callbacks.send(Endpoint("one", receiver.url), {}, DeliveryPolicy(5)).result is Result.SKIPPED
    assert callbacks.wait(5)
    assert receiver.count == 0


@pytest.mark.parametrize("wrong", [{"timeout": 0}, {"timeout": 1, "attempts": 0}, {"timeout": 1, "retry_seconds": -1}])
def test_policy_is_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"[Dd]elivery"):
        DeliveryPolicy(**wrong)
