"""What a bulk write leaves: its rows, taken together as one effect, which is there when each of them is, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.e2e.kills.catalogue.entry import Arguments

COUNT = 12
IN_FLIGHT = 3
_MARK = ".row"


def rows(label: str, argument: str, /, **same: Any) -> list[dict[str, Any]]:
    """Return the rows of one bulk write.

    :param label: Its unique name.
    :param argument: What is another one in each row.
    :param same: Arguments that are the same in all of them.
    """
    return [{argument: f"{label}{_MARK}{number:02d}", **same} for number in range(COUNT)]


def is_row(name: str) -> bool:
    """Tell whether an object of that name belongs to a bulk write."""
    return _MARK in name


def one_effect(label: str, made: Iterable[str], twice: int = 0) -> list[str]:
    """Return the label once when each row is there once, as often as the rows are there otherwise, at least.

    :param label: Name of the bulk write.
    :param made: Names of what the vendor has.
    :param twice: How many changes too many it has accepted.
    """
    own = [name for name in made if name.partition(_MARK)[0] == label and _MARK in name]
    missing = COUNT - len(set(own))
    return [] if missing else [label] * (1 + len(own) - COUNT + twice)


def all_taken(xcoms: Mapping[str, Any], arguments: Arguments) -> str | None:
    """Return the label when the counts that a task returned say that all rows are as they should be."""
    counts = xcoms.get("return_value") or {}
    good = sum(counts.get(outcome, 0) for outcome in ("created", "updated", "unchanged"))
    label = next(iter(arguments["rows"][0].values())).partition(_MARK)[0]
    return label if good == counts.get("rows") == COUNT else None
