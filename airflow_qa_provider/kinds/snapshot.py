"""What one look at a vendor says about one object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Phase(str, Enum):
    """Where an object stands; everything but ``ACTIVE`` is an end."""

    ACTIVE = "active"
    SUCCEEDED = "succeeded"
    WARNING = "warning"
    FAILED = "failed"
    CANCELLED = "cancelled"
    GONE = "gone"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to the object."""
        return self is not Phase.ACTIVE


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One object at one moment.

    :param id: Id at the vendor.
    :param phase: Where it stands.
    :param status: The vendor's own word.
    :param detail: A few plain facts for XCom, such as a score.
    :param link: Page of the object for people.
    :param known: Whether the status is one that we know; an unknown one is waited for. Only of use while waiting, so
        it is not stored and does not count when snapshots are compared.
    """

    id: str
    phase: Phase
    status: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    link: str | None = None
    known: bool = field(default=True, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON: id, phase, status, detail, link."""
        return {
            "id": self.id,
            "phase": self.phase.value,
            "status": self.status,
            "detail": dict(self.detail),
            "link": self.link,
        }

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> Snapshot:
        """Return the snapshot that :meth:`as_dict` described.

        :param facts: Plain JSON.
        """
        return cls(facts["id"], Phase(facts["phase"]), facts["status"], facts.get("detail") or {}, facts.get("link"))
