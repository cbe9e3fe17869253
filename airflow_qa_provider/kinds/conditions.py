"""What a wait is for, where an object has no end of its own: a ticket in a step, a milestone that shows up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, NamedTuple

from airflow_qa_provider.kinds.snapshot import Phase, Snapshot

Missing = Literal["gone", "wait", "reached"]

Facts = Mapping[str, list[str]]
"""Fact of a snapshot's ``detail`` to the words for it that will do; compared as text, without regard to case."""


@dataclass(frozen=True, slots=True)
class Condition:
    """When the wait is over. Plain data, so that it survives a restart of the triggerer.

    :param reached: All of these facts must hold. Without any, it is enough that the object is there.
    :param failed: When all of these hold, the condition cannot be reached any more. Without any, that never happens.
    :param missing: What it means that the vendor does not show the object: it is ``gone`` and that is a failure, it is
        not there yet so ``wait``, or the condition is ``reached`` because it was to go.
    """

    reached: Facts = field(default_factory=dict)
    failed: Facts = field(default_factory=dict)
    missing: Missing = "gone"

    def judge(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot with the phase that it has in view of the condition.

        :param snapshot: What was seen.
        """
        if snapshot.phase.ended:
            return snapshot
        if self.failed and _hold(self.failed, snapshot.detail):
            return replace(snapshot, phase=Phase.FAILED)
        # an object that is to go has not reached anything by being there
        if self.missing != "reached" and _hold(self.reached, snapshot.detail):
            return replace(snapshot, phase=Phase.SUCCEEDED)
        return snapshot

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> Condition:
        """Return the condition that :meth:`as_dict` described, also that of another version of this package.

        :param facts: Plain JSON.
        """
        return cls(**{known.name: facts[known.name] for known in fields(cls) if known.name in facts})


def _hold(facts: Facts, detail: Mapping[str, Any]) -> bool:
    return all(_text(detail.get(name)) in {_text(word) for word in words} for name, words in facts.items())


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip().lower()


class Target(NamedTuple):
    """What a sensor waits for.

    :param object_id: Id at the vendor, as the poll of the kind takes it.
    :param condition: What ends the wait, for objects without an end of their own.
    """

    object_id: str
    condition: Condition | None = None
