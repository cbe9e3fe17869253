"""Rows out of files, queries and other tasks, and what a column means."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from airflow_qa_provider.bulk.columns import Columns
from airflow_qa_provider.bulk.rows import rows_of_value
from airflow_qa_provider.bulk.sources import results_path, rows_of
from airflow_qa_provider.exceptions import QAConfigurationError, QAError, QAFileError, QAValidationError


def read(path: Path, content: bytes) -> list[Any]:
    path.write_bytes(content)
    return list(rows_of(str(path), None, None, None, None))


@pytest.mark.parametrize(
    ("name", "content", "rows"),
    [
        ("a.csv", b'id,name\n1,"a, b"\n\n2\n', [{"id": "1", "name": "a, b"}, {"id": "2", "name": ""}]),
        ("a.csv", b"\xef\xbb\xbfid; name\r\n1;\xc3\xa4\r\n", [{"id": "1", "name": "ä"}]),
        ("a.tsv", b"id\tname\n1\ta,b\n", [{"id": "1", "name": "a,b"}]),
        ("a.csv", b"id,name\n", []),
        ("a.csv", b"", []),
        ("a.jsonl", b'{"id": 1}\n\n{"id": 2, "name": null}\n', [{"id": 1}, {"id": 2, "name": None}]),
        ("A.NDJSON", b'{"id": 1.5}', [{"id": 1.5}]),
    ],
)
def test_files(name: str, content: bytes, rows: list[Any], tmp_path: Path) -> None:
    assert read(tmp_path / name, content) == rows


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", b"id,name\n1,2,3\n", "a.csv has 3 cells in line 2, and 2 columns"),
        ("a.csv", b"id,id\n", "names a column twice"),
        ("a.csv", b"id,name\n1,\xe4\n", "a.csv is not UTF-8"),
        ("a.csv", b'id,name\n1,"x\n', "cannot be read near line"),
        ("a.jsonl", b'{"id": 1}\n{"id"', "no JSON in line 2"),
        ("a.jsonl", b"[1]\n", "no object in line 1"),
        ("a.xlsx", b"", "has the suffix 'xlsx'.* Known are csv, jsonl"),
    ],
)
def test_files_that_cannot_be_read(name: str, content: bytes, problem: str, tmp_path: Path) -> None:
    with pytest.raises(QAValidationError, match=problem):
        read(tmp_path / name, content)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(QAFileError, match="does not exist"):
        list(rows_of(f"{tmp_path}/a.csv", None, None, None, None))


def test_parquet(tmp_path: Path) -> None:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        with pytest.raises(QAConfigurationError, match="cannot be read without pyarrow"):
            read(tmp_path / "a.parquet", b"")
        return
    rows = [{"id": 1, "name": "a"}, {"id": 2, "name": None}]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "b.parquet")
    assert list(rows_of(f"{tmp_path}/b.parquet", None, None, None, None)) == rows
    with pytest.raises(QAValidationError, match=r"a.parquet is not Parquet"):
        read(tmp_path / "a.parquet", b"PAR1")


def test_a_query(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(tmp_path / "plan.db") as database:
        database.execute("create table plan (activity text, days integer)")
        database.executemany("insert into plan values (?, ?)", [("A", 1), ("B", None)])
    database.close()

    class Hook:
        def get_conn(self) -> Any:
            return sqlite3.connect(tmp_path / "plan.db")

        def get_records(self) -> None: ...

    monkeypatch.setattr("airflow.providers.common.compat.sdk.BaseHook.get_hook", lambda conn_id: Hook())
    found = list(rows_of(None, None, "select activity, days from plan", "plan", None))
    assert found == [{"activity": "A", "days": 1}, {"activity": "B", "days": None}]
    with pytest.raises(QAValidationError, match="sql needs sql_conn_id"):
        list(rows_of(None, None, "select 1", None, None))


def test_where_the_results_go(tmp_path: Path) -> None:
    def place(results: str | None, source: str | None) -> str:
        return str(results_path(results, source, None, "results.run")).removeprefix("file://")

    assert place(None, f"{tmp_path}/a.csv") == f"{tmp_path}/a.results.run.jsonl"
    assert place(f"{tmp_path}/out/", None) == f"{tmp_path}/out/results.run.jsonl"
    assert place(f"{tmp_path}/out.jsonl", f"{tmp_path}/a.csv") == f"{tmp_path}/out.jsonl"
    assert results_path(None, None, None, "results.run") is None


@pytest.mark.parametrize("value", [7, "x", [1], [["a"]], [None], "[" * 100_000], ids=lambda value: str(value)[:9])
def test_what_is_no_row(value: Any) -> None:
    with pytest.raises(QAError, match="rows takes objects of column and value"):
        list(rows_of_value(value))


def test_rows_of_other_tasks() -> None:
    assert list(rows_of_value([[{"id": 1}], ({"id": 2},)])) == [{"id": 1}, {"id": 2}]
    assert list(rows_of_value('[{"id": 1}]')) == [{"id": 1}]
    assert list(rows_of_value({"id": 1})) == [{"id": 1}]


def test_columns() -> None:
    columns = Columns({"id": "a", "fields": {"x": "b", "y": {"value": "c"}}}, ("id", "fields", "name"), "gone")
    assert columns.arguments({"a": " 1", "b": Decimal("2.0"), "c": " "}) == {
        "id": " 1",
        "fields": {"x": 2, "y": {"value": None}},
    }
    assert columns.arguments({"a": float("nan"), "gone": None}) == {"id": None}
    assert columns.arguments({"a": Decimal("sNaN")}) == {"id": None}
    assert columns.arguments({"a": Decimal("Infinity")}) == {"id": float("inf")}
    columns.check_seen()


@pytest.mark.parametrize(
    ("mark", "marked"),
    [("yes", True), ("x", True), (True, True), (1, True), ("2026-01-31", True)]
    + [(value, False) for value in ("", " ", "No", "false", "0", "None", None, False, 0, float("nan"))],
)
def test_which_rows_are_marked(mark: Any, marked: bool) -> None:
    assert Columns({"id": "a"}, ("id",), "gone").is_marked({"gone": mark}) is marked
