"""What is there beside what there should be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


class Counts:
    """How many of each there are, and what is wrong with them."""

    def __init__(self) -> None:
        self.found: dict[str, int] = dict.fromkeys(("objects", "files", "mails", "rows"), 0)
        self.duplicates = self.lost = self.wrong = 0
        self.problems: list[str] = []

    def compare(self, what: str, wanted: Iterable[str], there: Iterable[str], spare: int = 0) -> None:
        """Compare what there should be with what there is.

        :param what: Which of the counts it belongs to.
        :param wanted: What there should be, each by a text that has all that matters.
        :param there: What there is.
        :param spare: How many more there may be that nobody knows of, since they do no harm.
        """
        should, has = Counter(wanted), Counter(there)
        self.found[what] += has.total()
        missing = should - has
        strangers = {name: count for name, count in has.items() if name not in should}
        twice = {name: has[name] - count for name, count in should.items() if has[name] > count}
        self.lost += missing.total()
        self.duplicates += sum(twice.values())
        self.problems += [f"{what}: not there: {name}" for name in sorted(missing)]
        self.problems += [f"{what}: {count} too many: {name}" for name, count in sorted(twice.items())]
        if (unknown := sum(strangers.values()) - spare) > 0:
            self.wrong += unknown
            self.problems += [f"{what}: belongs to nobody: {name}" for name in sorted(strangers)]

    def mistake(self, problem: str) -> None:
        """Count something that is there and is another's.

        :param problem: What it is.
        """
        self.wrong += 1
        self.problems.append(problem)

    @property
    def line(self) -> str:
        """The counts in one line."""
        counts = {**self.found, "duplicates": self.duplicates, "lost": self.lost, "wrong": self.wrong}
        return "  ".join(f"{name}: {count}" for name, count in counts.items())
