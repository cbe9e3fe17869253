"""How a wait ends for a task: one function for every way of waiting and every bad end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from airflow_qa_provider.exceptions import QAJobFailedError, QAWaitError, QAWaitTimeoutError
from airflow_qa_provider.kinds.facts import told
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.waiting.decisions import Finished, GaveUp

if TYPE_CHECKING:
    from airflow_qa_provider.kinds.kind import Kind

Ending = Literal["succeed", "skip", "fail"]
"""What the task becomes."""
OnWarning = Ending
OnKill = Literal["cancel", "leave"]
EndTask = Literal["with_xcoms", "bare"]
"""How a trigger ends a task that does not fail: with what it returns and tells as XComs, or without."""


@dataclass(frozen=True)
class Terms:
    """What the author of the DAG asked for. Plain data.

    :param on_warning: What an end with a warning makes of the task.
    :param skip_on_failure: Whether a bad end skips the task instead of failing it (``soft_fail`` of sensors).
    :param retry_advice: What an Airflow retry of the task will do.
    :param journal: Facts of how the object came about, where this task made it.
    :param time_out_is_final: Whether Airflow does not retry the task after a time-out, as with all sensors.
    """

    on_warning: OnWarning = "succeed"
    skip_on_failure: bool = False
    retry_advice: str = ""
    journal: Mapping[str, Any] = field(default_factory=dict)
    time_out_is_final: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> Terms:
        """Return the terms that :meth:`as_dict` described, also those of another version of this package.

        :param facts: Plain JSON.
        """
        return cls(**{known.name: facts[known.name] for known in fields(cls) if known.name in facts})


@dataclass(frozen=True)
class Verdict:
    """The end of a wait.

    :param ending: What the task becomes.
    :param message: One line for the log.
    :param snapshot: The last look.
    :param error: The error to raise when the task fails.
    :param journal: Facts of how the object came about, as in :class:`Terms`.
    """

    ending: Ending
    message: str
    snapshot: Snapshot | None
    error: QAWaitError | None = None
    journal: Mapping[str, Any] = field(default_factory=dict)


def verdict(outcome: Finished | GaveUp, kind: Kind, object_id: str, terms: Terms) -> Verdict:
    """Return what an outcome means for the task.

    :param outcome: How the wait ended.
    :param kind: Kind of object.
    :param object_id: Id of the object.
    :param terms: What the author asked for.
    """
    if isinstance(outcome, GaveUp):
        end = _gave_up(outcome, kind, object_id, terms)
    else:
        end = _finished(outcome.snapshot, kind, object_id, terms)
    return replace(end, journal=terms.journal)


def _finished(snapshot: Snapshot, kind: Kind, object_id: str, terms: Terms) -> Verdict:
    message = _describe(snapshot, kind)
    if snapshot.phase is Phase.SUCCEEDED:
        return Verdict("succeed", message, snapshot)
    if snapshot.phase is Phase.WARNING and terms.on_warning != "fail":
        return Verdict(terms.on_warning, message, snapshot)
    error = QAJobFailedError(
        message,
        vendor=kind.vendor,
        object_id=object_id,
        outcome=_left(snapshot),
        hint=None if terms.skip_on_failure else terms.retry_advice,
    )
    return Verdict("skip" if terms.skip_on_failure else "fail", str(error), snapshot, error)


def _gave_up(outcome: GaveUp, kind: Kind, object_id: str, terms: Terms) -> Verdict:
    error_class = QAWaitTimeoutError if outcome.timed_out else QAWaitError
    error = error_class(
        f"gave up waiting for {kind.noun} {object_id}: {outcome.reason}",
        vendor=kind.vendor,
        object_id=object_id,
        outcome=f"The {kind.noun} itself was left as it is and may still be running",
        hint=_after_giving_up(outcome, terms),
    )
    error.permanent = outcome.permanent
    return Verdict("skip" if terms.skip_on_failure else "fail", str(error), outcome.last, error)


def _after_giving_up(outcome: GaveUp, terms: Terms) -> str | None:
    if terms.skip_on_failure:
        return None  # there is no retry
    if outcome.timed_out and terms.time_out_is_final:
        return "Airflow does not retry a sensor after its time-out: clear the task to wait again"
    return "A retry would get the same answer" if outcome.permanent else terms.retry_advice


def _describe(snapshot: Snapshot, kind: Kind) -> str:
    message = snapshot.detail.get("message")
    ended = f"{kind.noun} {snapshot.id} ended as {snapshot.status or snapshot.phase.value}"
    return f"{ended}: {message}" if message else ended


def _left(snapshot: Snapshot) -> str:
    if snapshot.phase is Phase.GONE:
        return "It does not exist at the vendor, or no longer"
    return "It has ended at the vendor" + (f", see {snapshot.link}" if snapshot.link else "")


def facts(end: Verdict, kind: Kind) -> dict[str, Any]:
    """Return what the tasks downstream are told of an end, by name; ``None`` for what is not known.

    :param end: The end of the wait.
    :param kind: Kind of object.
    """
    seen = end.snapshot
    if seen is None:
        return dict(end.journal)
    found: dict[str, Any] = {"phase": seen.phase.value, "status": seen.status}
    if kind.link or seen.link:
        found["link"] = seen.link
    if seen.detail.get("message"):
        found["message"] = seen.detail["message"]
    return {**end.journal, **{name: seen.detail.get(name) for name in kind.facts}, **found}


def xcoms(end: Verdict, kind: Kind, object_id: str, *, mapped: bool) -> dict[str, Any]:
    """Return all that a task leaves which the trigger ends: XCom key to plain JSON.

    :param end: The end of the wait.
    :param kind: Kind of object.
    :param object_id: Id of the object.
    :param mapped: Whether the task is one of several that were expanded.
    """
    returned = {"return_value": kind.id_of(object_id)} if end.ending == "succeed" else {}
    return {**told(facts(end, kind), mapped=mapped), **returned}


def outcome_as_dict(outcome: Finished | GaveUp) -> dict[str, Any]:
    """Return an outcome as plain JSON, for a trigger's event.

    :param outcome: How the wait ended.
    """
    if isinstance(outcome, Finished):
        return {"finished": outcome.snapshot.as_dict()}
    last = outcome.last.as_dict() if outcome.last else None
    how = {"reason": outcome.reason, "timed_out": outcome.timed_out, "last": last, "permanent": outcome.permanent}
    return {"gave_up": how}


def outcome_from_dict(given: Mapping[str, Any]) -> Finished | GaveUp:
    """Return the outcome that :func:`outcome_as_dict` described.

    :param given: Plain JSON.
    """
    if "finished" in given:
        return Finished(Snapshot.from_dict(given["finished"]))
    gave_up = given["gave_up"]
    last = Snapshot.from_dict(gave_up["last"]) if gave_up["last"] else None
    # a trigger of an earlier version did not say
    return GaveUp(gave_up["reason"], gave_up["timed_out"], last, gave_up.get("permanent", False))
