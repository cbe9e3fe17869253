"""Files as many tools write them: the good ones pass and are counted right or not at all, the bad ones are refused."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from airflow_qa_provider.exceptions import QAFileError
from airflow_qa_provider.reports.checks import Inspection
from airflow_qa_provider.reports.counting import count
from airflow_qa_provider.reports.formats import file_format

FILES = Path(__file__).parents[1] / "files"


def table(heading: str) -> list[list[str]]:
    """The cells of one of the two tables in the README of the files."""
    text = (FILES / "README.md").read_text(encoding="utf-8")
    lines = text.partition(f"## {heading}")[2].partition("\n## ")[0].splitlines()
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("| ")]
    return [[cell.strip().replace("\\|", "|") for cell in row] for row in rows[2:]]


GOOD, BAD = table("Good"), table("Bad")


def inspected(content: bytes, kind: str, piece: int) -> None:
    """Let the content pass in pieces, then look into it."""
    seen = Inspection(file_format(kind), announced=len(content))
    for start in range(0, len(content), piece):
        seen.feed(content[start : start + piece])
    seen.finish()
    seen.examine(lambda: io.BytesIO(content))


@pytest.mark.parametrize("piece", [1 << 20, 777])
@pytest.mark.parametrize(("name", "kind"), [(row[0], row[3]) for row in GOOD])
def test_a_good_file_passes(name: str, kind: str, piece: int) -> None:
    inspected((FILES / "good" / name).read_bytes(), kind, piece)


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row[0])
def test_a_good_file_is_counted_right_or_not_at_all(row: list[str]) -> None:
    name, _, _, kind, pages, rows = row
    path = FILES / "good" / name

    expected = next((int(cell) for cell in (pages, rows) if cell != "-"), None)
    assert count(lambda: path.open("rb"), kind, path.stat().st_size) == expected


@pytest.mark.parametrize("piece", [1 << 20, 777])
@pytest.mark.parametrize(("name", "kind", "words"), [(row[0], row[3], row[4]) for row in BAD])
def test_a_bad_file_is_refused(name: str, kind: str, words: str, piece: int) -> None:
    with pytest.raises(QAFileError) as caught:
        inspected((FILES / "bad" / name).read_bytes(), kind, piece)

    assert words in str(caught.value)
    assert f"asked for {kind.upper()}, got " in str(caught.value)
    assert "Nothing was stored." in str(caught.value)


def test_every_file_is_in_the_table_and_small() -> None:
    assert {path.name for path in (FILES / "good").iterdir()} == {row[0] for row in GOOD}
    assert {path.name for path in (FILES / "bad").iterdir()} == {row[0] for row in BAD}
    assert min(len(GOOD), len(BAD)) >= 60
    assert sum(path.stat().st_size for path in FILES.rglob("*") if path.is_file()) < 1_500_000


@pytest.mark.parametrize("name", [row[0] for row in GOOD if row[3] in ("xlsx", "docx", "pptx", "zip", "xls", "doc")])
def test_a_good_container_is_good_behind_a_large_head(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow_qa_provider.reports import checks

    monkeypatch.setattr(checks, "HEAD_BYTES", 64)
    kind = next(row[3] for row in GOOD if row[0] == name)
    inspected((FILES / "good" / name).read_bytes(), kind, 1000)
