"""The table of kills, and its last line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.e2e.kills.catalogue import CATALOGUE
from tests.e2e.kills.plan import LATE, RESETS, Case
from tests.e2e.kills.script import Deed, Point, Step
from tests.e2e.kills.verdict import Findings, Verdict

_TITLES = {RESETS: "answer reset after commit", LATE: "answered 502, carried out later"}
_TWIN = ", while another DAG asks for the same"
_SHARED = (
    "One SIGKILL of a triggerer meets all tasks that are deferred. It is in the rows of each, and once in the total."
)
_COUNTS = ("objects", "duplicates", "lost", "wrong", "uncertain")
_SEVERAL = (
    "A create is what has to be done once: an object, a change, a file. It is in the row of each point at which it was "
    "disturbed, and once in the total."
)


@dataclass
class _Row:
    kills: int = 0
    verdicts: list[Verdict] = field(default_factory=list)


def show(console: Console, findings: Sequence[Findings]) -> None:
    """Print the table.

    :param console: Where.
    :param findings: Of all databases.
    """
    table = Table(title="Exactly once, under fire", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("Operator", "Disturbed"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Kills", "Creates", "Objects", "Duplicates", "Lost", "Wrong", "Uncertain"):
        table.add_column(heading, justify="right")
    rows = _rows(findings)
    order = [Step(point, deed).title for point in Point for deed in Deed]
    order += [title + _TWIN for title in order] + list(_TITLES.values())
    for name in CATALOGUE:
        titles = sorted({title for operator, title in rows if operator == name}, key=order.index)
        for title in titles:
            row = rows[name, title]
            counts = [sum(getattr(one, count) for one in row.verdicts) for count in _COUNTS]
            shown = map(str, [row.kills, len(row.verdicts), *counts])
            table.add_row(name if title == titles[0] else "", title, *shown, end_section=title == titles[-1])
    console.print(table)
    console.print(_SEVERAL, _SHARED, sep="\n", highlight=False, soft_wrap=True)


def _rows(findings: Sequence[Findings]) -> dict[tuple[str, str], _Row]:
    rows: dict[tuple[str, str], _Row] = {}
    for verdict in (one for found in findings for one in found.verdicts):
        name = verdict.case.entry.name
        for title in dict.fromkeys(_title(verdict.case, step) for step in verdict.case.script or (None,)):
            rows.setdefault((name, title), _Row()).verdicts.append(verdict)
        for strike in verdict.strikes:
            rows[name, _title(verdict.case, strike.step)].kills += strike.step.deed.kills
    return rows


def _title(case: Case, step: Step | None) -> str:
    if step is None:
        return _TITLES[case.section]
    return step.title + (_TWIN if case.is_twin else "")


def last_line(findings: Sequence[Findings]) -> tuple[str, bool]:
    """Return the totals, and whether nothing is twice, lost or another's.

    :param findings: Of all databases.
    """
    verdicts = [one for found in findings for one in found.verdicts]
    kills = sum(found.kills for found in findings)
    duplicates = sum(one.duplicates for one in verdicts)
    lost = sum(one.lost for one in verdicts) + sum(sum(found.strays.values()) for found in findings)
    wrong, uncertain = (sum(getattr(one, count) for one in verdicts) for count in ("wrong", "uncertain"))
    found = f"duplicates: {duplicates}  lost: {lost}  wrong: {wrong}  uncertain: {uncertain}"
    return f"kills: {kills}  creates: {len(verdicts)}  {found}", not duplicates and not lost and not wrong
