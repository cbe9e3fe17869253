"""How a wait ends for a task: one function for every way of waiting and every bad end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

from airflow_qa_provider.exceptions import QAJobFailedError, QAWaitError, QAWaitTimeoutError
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.waiting.decisions import Finished, GaveUp

if TYPE_CHECKING:
    from airflow_qa_provider.kinds.kind import Kind

OnWarning = Literal["succeed", "skip", "fail"]
OnKill = Literal["cancel", "leave"]
ResultShape = Literal["id", "snapshot", "none"]
"""What a task returns: the object's id (and its snapshot under the XCom key ``result``), the snapshot, or nothing."""


class Ending(str, Enum):
    """What the task becomes."""

    SUCCEED = "succeed"
    SKIP = "skip"
    FAIL = "fail"


@dataclass(frozen=True)
class Terms:
    """What the author of the DAG asked for. Plain data.

    :param on_warning: What an end with a warning makes of the task.
    :param skip_on_failure: Whether a bad end skips the task instead of failing it (``soft_fail`` of sensors).
    :param retry_advice: What an Airflow retry of the task will do.
    :param journal: How the object came about, where this task made it; becomes part of the result.
    """

    on_warning: OnWarning = "succeed"
    skip_on_failure: bool = False
    retry_advice: str = ""
    journal: Mapping[str, Any] = field(default_factory=dict)

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
    :param journal: How the object came about, as in :class:`Terms`.
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
        return Verdict(Ending.SUCCEED, message, snapshot)
    if snapshot.phase is Phase.WARNING and terms.on_warning != "fail":
        return Verdict(Ending(terms.on_warning), message, snapshot)
    error = QAJobFailedError(
        message,
        vendor=kind.vendor,
        object_id=object_id,
        outcome=_left(snapshot),
        hint=terms.retry_advice,
    )
    return Verdict(Ending.SKIP if terms.skip_on_failure else Ending.FAIL, str(error), snapshot, error)


def _gave_up(outcome: GaveUp, kind: Kind, object_id: str, terms: Terms) -> Verdict:
    error_class = QAWaitTimeoutError if outcome.timed_out else QAWaitError
    error = error_class(
        f"gave up waiting for {kind.noun} {object_id}: {outcome.reason}",
        vendor=kind.vendor,
        object_id=object_id,
        outcome=f"The {kind.noun} itself was left as it is and may still be running",
        hint="A retry would get the same answer" if outcome.permanent else terms.retry_advice,
    )
    error.permanent = outcome.permanent
    return Verdict(Ending.SKIP if terms.skip_on_failure else Ending.FAIL, str(error), outcome.last, error)


def _describe(snapshot: Snapshot, kind: Kind) -> str:
    reason = snapshot.detail.get("message") or snapshot.detail.get("reason")
    ended = f"{kind.noun} {snapshot.id} ended as {snapshot.status or snapshot.phase.value}"
    return f"{ended}: {reason}" if reason else ended


def _left(snapshot: Snapshot) -> str:
    if snapshot.phase is Phase.GONE:
        return "It does not exist at the vendor, or no longer"
    return "It has ended at the vendor" + (f", see {snapshot.link}" if snapshot.link else "")


def xcoms(end: Verdict, object_id: str, shape: ResultShape | None) -> dict[str, Any]:
    """Return what to store for the tasks downstream: XCom key to plain JSON.

    :param end: The end of the wait.
    :param object_id: Id of the object.
    :param shape: What the task returns.
    """
    if shape in (None, "none") or end.snapshot is None:
        return {}
    snapshot = end.snapshot.as_dict()
    if end.journal:
        snapshot["journal"] = dict(end.journal)
    if end.ending is not Ending.SUCCEED:
        return {"result": snapshot}
    return {"return_value": object_id, "result": snapshot} if shape == "id" else {"return_value": snapshot}


def outcome_as_dict(outcome: Finished | GaveUp) -> dict[str, Any]:
    """Return an outcome as plain JSON, for a trigger's event.

    :param outcome: How the wait ended.
    """
    if isinstance(outcome, Finished):
        return {"finished": outcome.snapshot.as_dict()}
    last = outcome.last.as_dict() if outcome.last else None
    facts = {"reason": outcome.reason, "timed_out": outcome.timed_out, "last": last, "permanent": outcome.permanent}
    return {"gave_up": facts}


def outcome_from_dict(facts: Mapping[str, Any]) -> Finished | GaveUp:
    """Return the outcome that :func:`outcome_as_dict` described.

    :param facts: Plain JSON.
    """
    if "finished" in facts:
        return Finished(Snapshot.from_dict(facts["finished"]))
    gave_up = facts["gave_up"]
    last = Snapshot.from_dict(gave_up["last"]) if gave_up["last"] else None
    # a trigger of an earlier version did not say
    return GaveUp(gave_up["reason"], gave_up["timed_out"], last, gave_up.get("permanent", False))
