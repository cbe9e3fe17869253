"""What one look at a vendor says about one object."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from airflow_qa_provider.rest.clean_json import LEAST, MAX_DEPTH, MOST, clean_text

_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_TEXT, _LONGEST_STATUS, _MOST_MEMBERS = 32 * 1024, 200, 1000


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

    def __post_init__(self) -> None:
        """Leave out what Airflow cannot carry: in an event, it would end the triggerer; in an XCom, fail the task."""
        if len(str(self.status)) <= _LONGEST_STATUS and all(map(can_be_carried, (self.detail, self.status, self.link))):
            return
        cut = {name: one[:_LONGEST_TEXT] if isinstance(one, str) else one for name, one in self.detail.items()}
        kept = {name: one for name, one in cut.items() if can_be_carried(name) and can_be_carried(one)}
        object.__setattr__(self, "detail", kept)
        object.__setattr__(self, "status", clean_text(str(self.status)[:_LONGEST_STATUS]))
        object.__setattr__(self, "link", self.link if can_be_carried(self.link) else None)

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


def can_be_carried(value: Any, depth: int = MAX_DEPTH) -> bool:
    """Tell whether a value is plain data that any database, and any message between Airflow's processes, can hold.

    A text has 32,768 characters, and a list or dictionary 1,000 members, at most.

    :param value: Any value.
    :param depth: Most levels of lists and dictionaries in each other.
    """
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        is_short = len(value) <= _LONGEST_TEXT
        return is_short and "\x00" not in value and (value.isascii() or not _SURROGATE.search(value))
    if isinstance(value, int):
        return LEAST <= value <= MOST
    if isinstance(value, float):
        return math.isfinite(value)
    if depth == 0 or (isinstance(value, (Mapping, list, tuple)) and len(value) > _MOST_MEMBERS):
        return False
    if isinstance(value, Mapping):
        return all(
            isinstance(name, str) and can_be_carried(name) and can_be_carried(one, depth - 1)
            for name, one in value.items()
        )
    return isinstance(value, (list, tuple)) and all(can_be_carried(one, depth - 1) for one in value)
