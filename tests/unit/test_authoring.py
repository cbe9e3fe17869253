"""The five DAGs of the benchmark stay short, and the pages that show them say what is so; what is worse is told."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.authoring.__main__ import BY_HAND, OURS, PAGES, SAFELY, TITLES, Results, length, problems
from benchmarks.authoring.jobs import JOBS, MOST_LINES, Found
from benchmarks.authoring.lines import lines_of_code
from benchmarks.authoring.player import Played
from benchmarks.authoring.stage import FAULTS, Result

GOOD = Result(Played("success", 1.0, 1.0), Found(True), 1)


def test_ours_are_short_together_and_each_shorter_than_by_hand() -> None:
    assert sum(length(OURS, job) for job in JOBS) <= MOST_LINES == 60
    for job in JOBS:
        assert length(OURS, job) < length(BY_HAND, job) < length(SAFELY, job)


def test_the_limits_of_calls_are_those_that_safety_needs() -> None:
    assert {job.name: job.most_calls for job in JOBS} == {
        "safety_walk": 5,
        "regions": 25,
        "milestones": 201,
        "findings": 16,
        "month_end": 22,
    }


def test_lines_are_those_that_somebody_has_to_think_of() -> None:
    source = '"""Docs.\n\nMore."""\n\nimport os\nfrom os import (\n    path,\n)\n\n# why\na = [\n    1,  # one\n]\n'
    assert lines_of_code(source) == 3


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_has_todays_lengths(page: Path) -> None:
    rows = re.findall(r"^\| [^|]*\| (?:ours|by hand|by hand, as safe) \| (\d+) \| \d", page.read_text(), re.MULTILINE)
    each = [length(version, job) for job in JOBS for version in TITLES]
    assert [int(lines) for lines in rows] == [*each, *(sum(length(one, job) for job in JOBS) for one in TITLES)]


@pytest.mark.parametrize(
    ("worse", "says"),
    [
        pytest.param({"calls": 17}, "a ticket with photo per finding: 17 calls, the most are 16", id="calls"),
        pytest.param({"found": Found(False)}, "a ticket with photo per finding, killed: ", id="survival"),
        pytest.param({"found": Found(True, extra=1)}, "killed: 1 too many at the vendor", id="duplicates"),
        pytest.param({"found": Found(True, wrong_mails=1)}, "a ticket with photo per finding, killed: ", id="mails"),
        pytest.param({"played": Played("failed", 1.0, 1.0)}, "a ticket with photo per finding, killed: ", id="state"),
    ],
)
def test_what_is_worse_is_told(worse: dict[str, object], says: str) -> None:
    results: Results = {(one, job.name, fault): GOOD for one in TITLES for job in JOBS for fault in (None, *FAULTS)}
    assert list(problems(list(JOBS), list(FAULTS), results)) == []

    where = None if "calls" in worse else "killed"
    results[OURS, "findings", where] = replace(GOOD, **worse)  # type: ignore[arg-type]
    (told,) = problems(list(JOBS), list(FAULTS), results)
    assert says in told


def test_too_much_of_the_processor_is_told() -> None:
    results: Results = {(one, job.name, fault): GOOD for one in TITLES for job in JOBS for fault in (None, *FAULTS)}
    results[OURS, "milestones", None] = replace(GOOD, played=Played("success", 2.5, 2.5))
    told = list(problems(list(JOBS), list(FAULTS), results))
    assert any("2.50 s, 2.50 times as many as by hand, the most are 2" in one for one in told), told
