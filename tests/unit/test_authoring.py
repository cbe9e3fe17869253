"""The five DAGs of the benchmark stay short, and the page that shows them says how long they are."""

from __future__ import annotations

import re

from benchmarks.authoring.__main__ import BY_HAND, DOCS, OURS, length
from benchmarks.authoring.jobs import JOBS, MOST_LINES
from benchmarks.authoring.lines import lines_of_code


def test_ours_are_short_together_and_each_shorter_than_by_hand() -> None:
    assert sum(length(OURS, job) for job in JOBS) <= MOST_LINES
    for job in JOBS:
        assert length(OURS, job) < length(BY_HAND, job)


def test_lines_are_those_that_somebody_has_to_think_of() -> None:
    source = '"""Docs.\n\nMore."""\n\nimport os\nfrom os import (\n    path,\n)\n\n# why\na = [\n    1,  # one\n]\n'
    assert lines_of_code(source) == 3


def test_the_page_has_todays_lengths() -> None:
    rows = re.findall(r"^\| [^|]*\| (?:ours|by hand) \| (\d+) \| \d", DOCS.read_text(), re.MULTILINE)
    assert [int(lines) for lines in rows] == [length(version, job) for job in JOBS for version in (OURS, BY_HAND)]
