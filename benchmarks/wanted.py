"""What a benchmark wants, said in one way: measured beside the most that it may be."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

LEEWAY = 1.2
"""By how much a ratio may be missed, for no two runs are alike."""


class Wanted(NamedTuple):
    """One figure.

    :param what: In words.
    :param measured: What it came to.
    :param most: What it may be.
    :param exact: Whether it is counted, so that no leeway is needed.
    """

    what: str
    measured: float
    most: float
    exact: bool = False

    @property
    def missed(self) -> bool:
        """Whether it is too much."""
        return self.measured > self.most * (1 if self.exact else LEEWAY)


def conclude(wanted: Iterable[Wanted], path: Path | None, **figures: Any) -> None:
    """Print what is wanted, write it to a file where one is named, and exit where too much is missed.

    :param wanted: The figures.
    :param path: File for the page that shows them.
    :param figures: What else goes into it.
    """
    listed = list(wanted)
    for one in listed:
        print(f"{one.what}: {one.measured:.3g}, wanted at most {one.most:.3g}")
    if path:
        path.write_text(json.dumps({**figures, "wanted": listed}, indent=1))
    missed = [one.what for one in listed if one.missed]
    if missed:
        raise SystemExit(f"Missed by more than a fifth: {'; '.join(missed)}")
