"""Every block of Python in the documentation is complete: imported, and a reader can paste it."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest
from airflow.sdk import DAG

ROOT = Path(__file__).parents[2]
PAGES = (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/operators/*.md"), ROOT / "sandbox" / "README.md")
BLOCKS = {
    f"{page.relative_to(ROOT)}:{page.read_text()[: found.start()].count(chr(10)) + 1}": found[1]
    for page in sorted(PAGES)
    for found in re.finditer(r"^```python\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
}


@pytest.mark.parametrize("place", BLOCKS)
def test_a_block_runs_as_it_stands(place: str) -> None:
    with warnings.catch_warnings(), DAG("pasted", schedule=None):
        warnings.simplefilter("error", DeprecationWarning)
        exec(compile(BLOCKS[place], place, "exec"), {"__name__": "pasted"})  # noqa: S102


def test_there_are_blocks() -> None:
    assert len(BLOCKS) > 25
