"""Properties of the wait for one object, whatever a vendor answers and whenever."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain, cycle, repeat
from typing import Any

import hypothesis
import pytest
from hypothesis import assume
from hypothesis import strategies as st

from airflow_qa_provider.exceptions import (
    QAApiError,
    QAAuthenticationError,
    QAConfigurationError,
    QAConnectError,
    QAConnectionLostError,
    QAError,
    QANotFoundError,
    QAPermissionError,
    QARateLimitError,
    QARequestRejectedError,
    QAResponseError,
    QAServerError,
    QATimeoutError,
    QATLSError,
)
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.waiting.decisions import Decision, Finished, GaveUp, WaitPolicy, WaitUntil
from airflow_qa_provider.waiting.machine import Wait

START = 1_800_000_000.0
INTERVAL = 30.0
POLICY = WaitPolicy(INTERVAL, START)
ACTIVE = Snapshot("a1", Phase.ACTIVE, "pending", link="https://example.com/a1")
TRANSIENT = (
    *(QAConnectError, QAConnectionLostError, QATimeoutError, QAResponseError, QAServerError, QARateLimitError),
    *(QATLSError, QAConfigurationError, QARequestRejectedError, QAApiError),
)

Seen = Snapshot | QAError

# quarters of seconds keep the arithmetic exact
quarters = st.integers(1, 4 * 3600).map(lambda number: number / 4)
jitters = st.floats(0, 1)
actives = st.sampled_from(["pending", "started", "", "odd", "odder"]).map(
    lambda status: Snapshot("a1", Phase.ACTIVE, status, known=not status.startswith("odd"))
)
ends = st.sampled_from([phase for phase in Phase if phase is not Phase.ACTIVE]).map(
    lambda phase: Snapshot("a1", phase, phase.value)
)
transients = st.builds(
    lambda kind, retry_after: kind("broken", retry_after=retry_after),
    st.sampled_from(TRANSIENT),
    st.none() | st.just(0.0) | quarters,
)
refusals = st.sampled_from([QAAuthenticationError, QAPermissionError]).map(lambda kind: kind("refused"))
missing = st.just(QANotFoundError("no such audit", status_code=404))
looks = st.one_of(actives, transients, refusals, missing)
policies = st.builds(
    lambda interval, lookup_timeouts, failures, grace: WaitPolicy(
        interval, START, None if lookup_timeouts is None else START + lookup_timeouts, failures, not_found_grace=grace
    ),
    quarters,
    st.none() | quarters,
    st.integers(1, 12),
    st.just(0.0) | quarters,
)


def given(*strategies: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Try many; a slow machine is no failure."""
    return lambda test: hypothesis.settings(deadline=None)(hypothesis.given(*strategies)(test))


def drive(wait: Wait, script: Iterable[Seen], jitter: float = 0.5) -> Iterator[tuple[float, Seen | None, Decision]]:
    """Look when the machine wants to, each look taking no time; yield (time, what was seen, decision)."""
    planned = wait.begin(wait.policy.started_at, float("inf"))
    for seen in script:
        now = planned.at
        given_up = wait.overdue(now)
        if given_up is not None:
            yield now, None, given_up
            return
        decision = wait.on_poll(now, seen, jitter)
        yield now, seen, decision
        if not isinstance(decision, WaitUntil):
            return
        planned = decision


def last(steps: Iterable[tuple[float, Seen | None, Decision]]) -> tuple[float, Decision]:
    *_, (now, _seen, decision) = steps
    return now, decision


def begun(policy: WaitPolicy = POLICY) -> Wait:
    wait = Wait("a1", policy)
    wait.begin(policy.started_at, float("inf"))
    return wait


def floor_after(seen: Seen, policy: WaitPolicy) -> float:
    if isinstance(seen, Snapshot):
        return policy.poll_interval / 2
    return max(policy.poll_interval, seen.retry_after or 0.0)


# Pace


@given(policies, st.lists(looks, min_size=1, max_size=30), jitters)
def test_looks_are_never_closer_than_the_floor(policy: WaitPolicy, script: list[Seen], jitter: float) -> None:
    before: tuple[float, Seen] | None = None
    for now, seen, _ in drive(Wait("a1", policy), script, jitter):
        if seen is not None and before is not None:
            assert now - before[0] >= floor_after(before[1], policy)
        before = (now, seen) if seen is not None else before


@given(policies, st.lists(st.tuples(looks, jitters, st.booleans(), quarters), min_size=1, max_size=30))
def test_no_plan_allows_a_look_before_the_floor(
    policy: WaitPolicy, script: list[tuple[Seen, float, bool, float]]
) -> None:
    wait, now = begun(policy), policy.started_at
    for seen, jitter, early, pause in script:
        decision = wait.on_poll(now, seen, jitter, early)
        if not isinstance(decision, WaitUntil):
            return
        assert decision.earliest >= now + floor_after(seen, policy)
        assert decision.at >= decision.earliest or decision.at >= (policy.deadline or 0.0)
        now = max(decision.earliest, now + pause)


@given(quarters, jitters, st.integers(1, 40))
def test_back_off_grows_up_to_its_limit(interval: float, jitter: float, number: int) -> None:
    policy = replace(POLICY, poll_interval=interval, max_failures=50)
    wait, now = begun(policy), START
    for _ in range(number):
        decision = wait.on_error(now, QAServerError("503"), jitter)
        assert isinstance(decision, WaitUntil)
        extra = decision.at - now - interval
        assert -1e-6 <= extra <= policy.max_backoff + 1e-6
        assert extra == pytest.approx(jitter * min(policy.max_backoff, interval * 2.0**wait.failures), abs=1e-6)
        now = decision.at


@given(quarters, quarters)
def test_a_new_wait_falls_in_with_others(interval: float, others_in: float) -> None:
    planned = Wait("a1", replace(POLICY, poll_interval=interval)).begin(START, START + others_in)
    assert planned == WaitUntil(START + min(interval, others_in), START)


@given(policies, transients, jitters, quarters)
def test_a_vendor_that_wants_to_be_left_alone_is(
    policy: WaitPolicy, error: QAError, jitter: float, pause: float
) -> None:
    wait = begun(policy)
    before = wait.next
    decision = wait.hold(START, START + pause)
    assert before is not None
    assert decision.earliest == max(before.earliest, START + pause)
    assert decision.at >= decision.earliest or decision.at == policy.deadline
    assert wait.hold(START, START) == decision


# Errors say nothing about the object


@given(st.lists(transients, min_size=1, max_size=12), jitters, st.integers(12, 20))
def test_no_transient_error_within_the_budget_ends_a_wait(errors: list[QAError], jitter: float, budget: int) -> None:
    script: list[Seen] = [*errors, ACTIVE, *errors, Snapshot("a1", Phase.SUCCEEDED, "completed")]
    _, decision = last(drive(Wait("a1", replace(POLICY, max_failures=budget)), script, jitter))
    assert decision == Finished(Snapshot("a1", Phase.SUCCEEDED, "completed"))


@given(st.lists(transients, min_size=1, max_size=3), st.integers(1, 12), jitters)
def test_the_budget_ends_a_wait_that_sees_nothing(errors: list[QAError], budget: int, jitter: float) -> None:
    wait = Wait("a1", replace(POLICY, max_failures=budget))
    steps = list(drive(wait, cycle(errors), jitter))
    assert len(steps) == budget + 1
    decision = steps[-1][2]
    assert isinstance(decision, GaveUp)
    assert not decision.timed_out
    assert decision.reason.startswith(f"{budget + 1} polls in a row failed, the last with: broken.")


@given(policies, st.lists(looks, min_size=1, max_size=5), jitters)
def test_every_wait_ends_two_polls_after_its_deadline(policy: WaitPolicy, script: list[Seen], jitter: float) -> None:
    assume(policy.deadline is not None)
    now, decision = last(drive(Wait("a1", policy), cycle(script), jitter))
    assert not isinstance(decision, WaitUntil)
    assert now <= (policy.deadline or 0.0) + 2 * policy.poll_interval


@given(quarters, st.integers(0, 8), jitters)
def test_no_wait_times_out_before_its_deadline(lookup_timeouts: float, failures: int, jitter: float) -> None:
    policy = replace(POLICY, deadline=START + lookup_timeouts)
    script: Iterator[Seen] = chain(repeat(QARateLimitError("429", retry_after=86400.0), failures), repeat(ACTIVE))
    now, decision = last(drive(Wait("a1", policy), script, jitter))
    assert isinstance(decision, GaveUp)
    assert decision.timed_out
    assert START + lookup_timeouts <= now <= START + lookup_timeouts + INTERVAL
    assert f"the time-out of {lookup_timeouts:g} s has passed" in decision.reason


def test_a_wait_that_may_not_look_again_ends_at_its_deadline_without_a_look() -> None:
    policy = replace(POLICY, deadline=START + 600)
    script: list[Seen] = [ACTIVE, QARateLimitError("slow down", retry_after=3600.0), ACTIVE]
    steps = list(drive(Wait("a1", policy), script))
    assert [(now - START, seen is None) for now, seen, _ in steps] == [(30, False), (60, False), (600, True)]
    assert steps[-1][2] == GaveUp(
        "the time-out of 600 s has passed and the last look failed with: slow down. The vendor asks to wait 3600 s.",
        True,
        ACTIVE,
    )


def test_the_last_look_comes_at_the_deadline() -> None:
    policy = replace(POLICY, poll_interval=3600.0, deadline=START + 5400)
    steps = list(drive(Wait("a1", policy), repeat(ACTIVE)))
    assert [now - START for now, _, _ in steps] == [3600, 5400]
    assert steps[-1][2] == GaveUp("the time-out of 5400 s has passed and it is still pending", True, ACTIVE)


@given(transients, jitters)
def test_newcomers_do_not_use_up_the_patience_of_others(error: QAError, jitter: float) -> None:
    wait = begun()
    planned = wait.on_error(START, error, 1.0)
    assert isinstance(planned, WaitUntil)
    decision = wait.on_error(planned.earliest, error, jitter, early=True)
    assert isinstance(decision, WaitUntil)
    assert wait.failures == 1
    assert decision.earliest == planned.earliest + max(INTERVAL, error.retry_after or 0.0)
    assert decision.at == max(planned.at, decision.earliest)


@pytest.mark.parametrize("kind", [QAConfigurationError, QATLSError])
def test_what_only_a_person_can_mend_ends_a_wait_at_its_very_first_look_only(kind: type[QAError]) -> None:
    assert isinstance(Wait("a1", POLICY).on_error(START, kind("broken"), 0.5), GaveUp)

    decision = begun().on_error(START, kind("broken"), 0.5)
    assert isinstance(decision, WaitUntil)
    assert decision.refresh


def test_what_a_client_says_of_retrying_is_left_out() -> None:
    error = QAServerError("HTTP 503", vendor="acme", hint="Check the host. A retry will get the same answer")
    decision = begun().on_error(START, error, 0.0)
    assert isinstance(decision, WaitUntil)
    assert decision.notice == "acme: HTTP 503. Check the host. Failed look 1 of 10; the next in 30 s."


@given(st.lists(looks, max_size=6), quarters)
def test_who_falls_in_may_be_looked_for_with_others(script: list[Seen], pause: float) -> None:
    wait = begun()
    for seen in script:
        if not isinstance(wait.on_poll(START, seen, 0.5), WaitUntil):
            return
    before = wait.next
    assert before is not None
    decision = wait.fall_in(START, START + pause)
    assert (decision.at, decision.earliest) == (max(before.at, START + pause), before.earliest)
    assert decision.refresh == before.refresh


# Ends


@given(st.lists(st.one_of(actives, transients), max_size=8), ends)
def test_what_has_ended_is_finished_at_once(script: list[Seen], end: Snapshot) -> None:
    _, decision = last(drive(Wait("a1", POLICY), [*script, end]))
    assert decision == Finished(end)


@given(st.lists(actives, min_size=1, max_size=30))
def test_what_has_not_ended_is_waited_for(script: list[Seen]) -> None:
    assert all(isinstance(decision, WaitUntil) for _, _, decision in drive(Wait("a1", POLICY), script))


@given(st.lists(actives, min_size=1, max_size=30))
def test_each_unknown_status_is_told_once(script: list[Snapshot]) -> None:
    notices = [d.notice for _, _, d in drive(Wait("a1", POLICY), script) if isinstance(d, WaitUntil) and d.notice]
    assert len(notices) == len({seen.status for seen in script if not seen.known})
    assert all("is not known to this provider; waiting on" in notice for notice in notices)


def test_a_vendor_that_invents_statuses_is_told_of_for_a_while() -> None:
    wait = Wait("a1", POLICY)
    script = [Snapshot("a1", Phase.ACTIVE, f"status {number}", known=False) for number in range(50)]
    notices = [d.notice for _, _, d in drive(wait, script) if isinstance(d, WaitUntil) and d.notice]

    assert len(notices) == len(wait.as_dict()["warned"]) == 20


# Refused credentials


@given(refusals, refusals)
def test_refused_credentials_are_read_anew_once(first: QAError, second: QAError) -> None:
    wait = begun()
    decision = wait.on_error(START, first, 0.5)
    assert isinstance(decision, WaitUntil)
    assert decision.refresh
    assert "The connection is read anew before the next look, in 30 s." in (decision.notice or "")
    assert wait.on_error(decision.at, second, 0.5) == GaveUp(
        "the vendor refuses the credentials, also after they were read anew: refused.", False, None, permanent=True
    )


@given(refusals, st.lists(transients, max_size=5))
def test_a_failed_look_in_between_does_not_renew_the_chance(refusal: QAError, between: list[QAError]) -> None:
    _, decision = last(drive(Wait("a1", POLICY), [refusal, *between, refusal]))
    assert isinstance(decision, GaveUp)
    assert "refuses the credentials" in decision.reason


@given(refusals, st.integers(1, 10))
def test_a_good_look_renews_the_chance(refusal: QAError, times: int) -> None:
    script: list[Seen] = [refusal, ACTIVE] * times
    assert all(isinstance(decision, WaitUntil) for _, _, decision in drive(Wait("a1", POLICY), script))


# Missing objects


@given(policies.filter(lambda policy: policy.deadline is None), st.booleans())
def test_a_missing_object_is_gone_after_the_grace(policy: WaitPolicy, seen_before: bool) -> None:
    script: Iterator[Seen] = chain([ACTIVE] if seen_before else [], repeat(QANotFoundError("no such audit")))
    steps = list(drive(Wait("a1", policy), script))
    absent = [(now, decision) for now, seen, decision in steps if isinstance(seen, QANotFoundError)]
    assert len(absent) >= 2
    assert absent[-2][0] - absent[0][0] < max(policy.not_found_grace, policy.poll_interval)
    assert absent[-1][0] - absent[0][0] >= policy.not_found_grace
    link = ACTIVE.link if seen_before else None
    assert absent[-1][1] == Finished(Snapshot("a1", Phase.GONE, "not found", {"message": "no such audit."}, link))
    assert sum(bool(decision.notice) for _, decision in absent if isinstance(decision, WaitUntil)) == 1


@given(st.lists(st.one_of(actives, transients), min_size=1, max_size=4))
def test_only_an_unbroken_row_of_404_means_gone(between: list[Seen]) -> None:
    policy = replace(POLICY, max_failures=1000)
    script = [*[QANotFoundError("no such audit")] * 2, *between] * 3
    assert all(isinstance(decision, WaitUntil) for _, _, decision in drive(Wait("a1", policy), script))


def test_405_is_no_missing_object() -> None:
    _, decision = last(drive(Wait("a1", POLICY), repeat(QANotFoundError("no such path", status_code=405))))
    assert isinstance(decision, GaveUp)
    assert "11 polls in a row failed" in decision.reason


# Memory


def recorded(
    script: list[Seen], policy: WaitPolicy, jitter: float, between: Callable[[Wait], Wait]
) -> list[tuple[float, Decision]]:
    wait, now, steps = begun(policy), policy.started_at, []
    for seen in script:
        wait = between(wait)
        decision = wait.on_poll(now, seen, jitter)
        steps.append((now, decision))
        if not isinstance(decision, WaitUntil):
            break
        now = decision.at
    return steps


@given(policies, st.lists(looks, max_size=20), jitters)
def test_a_wait_goes_on_as_if_it_had_never_been_away(policy: WaitPolicy, script: list[Seen], jitter: float) -> None:
    def away(wait: Wait) -> Wait:
        facts = json.loads(json.dumps(wait.as_dict()))
        return Wait.from_dict(wait.object_id, WaitPolicy.from_dict(json.loads(json.dumps(policy.as_dict()))), facts)

    assert recorded(script, policy, jitter, away) == recorded(script, policy, jitter, lambda wait: wait)


@given(policies, st.lists(looks, min_size=1, max_size=20), jitters)
def test_what_is_not_worth_remembering_makes_no_difference(
    policy: WaitPolicy, script: list[Seen], jitter: float
) -> None:
    wait = begun(policy)
    for seen in script:
        if not isinstance(wait.on_poll(START, seen, jitter), WaitUntil):
            return
    if not wait.worth_remembering:
        facts = {**wait.as_dict(), "last": None, "next": None}
        assert facts == Wait("a1", policy).as_dict()


@given(policies, st.lists(looks, max_size=20), st.integers(-(10**9), 10**9))
def test_all_times_move_together(policy: WaitPolicy, script: list[Seen], seconds: int) -> None:
    moved = replace(policy.shifted(float(seconds)), started_at=policy.started_at)
    plain = recorded(script, policy, 0.5, lambda wait: wait)
    wait, now, steps = begun(policy), policy.started_at, []
    wait.shift(seconds)
    assert replace(wait.policy, started_at=policy.started_at) == moved
    for seen in script:
        decision = wait.on_poll(now + seconds, seen, 0.5)
        steps.append(type(decision))
        if not isinstance(decision, WaitUntil):
            break
        now = decision.at - seconds
    assert steps == [type(decision) for _, decision in plain]


def test_data_of_another_version_is_read() -> None:
    assert WaitPolicy.from_dict({**POLICY.as_dict(), "colour": "blue"}) == POLICY
    assert WaitPolicy.from_dict({"poll_interval": INTERVAL, "started_at": START}) == POLICY
    assert Wait.from_dict("a1", POLICY, {"failures": 3, "colour": "blue"}).failures == 3
