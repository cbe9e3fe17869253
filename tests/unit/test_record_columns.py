"""Lists as files: what becomes a column, of which type, and what is a secret."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from airflow_qa_provider.exceptions import QAConfigurationError, QAFileError, QAValidationError
from airflow_qa_provider.kinds.listing import Column, columns
from airflow_qa_provider.records import cleaning, encoding
from airflow_qa_provider.records.cleaning import Cleaner, shape_of
from airflow_qa_provider.records.encoding import Encoded, checked_format, encode
from airflow_qa_provider.vendors import BUILT_IN, vendor_named

UTC = timezone.utc
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
DOCUMENTED = columns(
    "id name count:integer price:number open:boolean due:date at:timestamp site.id site.name tags:json"
)
ROW = {
    "id": "a",
    "name": "Slab",
    "count": 3,
    "price": 2,
    "open": True,
    "due": "2026-01-31",
    "at": "2026-01-15T13:00:00.250+0100",
    "site": {"id": "s", "name": "North"},
    "tags": ["x", {"y": 1}],
}


def encoded(
    rows: Iterable[Mapping[str, Any]],
    format: str,
    documented: Iterable[Column] = DOCUMENTED,
    secrets: tuple[str, ...] = (),
    zone: Any = None,
) -> tuple[bytes, Encoded]:
    file = io.BytesIO()
    held = encode(format, rows, file.write, documented, cleaner=Cleaner(secrets), zone=zone)
    return file.getvalue(), held


def parquet(rows: Iterable[Mapping[str, Any]], **how: Any) -> tuple[list[dict[str, Any]], Encoded]:
    content, held = encoded(rows, "parquet", **how)
    return pq.read_table(io.BytesIO(content)).to_pylist(), held


def drifts(held: Encoded) -> dict[str, tuple[Any, ...]]:
    return {
        one["column"]: (one["change"], one["documented"], *one["found"], one["kept_as"], one["first_row"])
        for one in held.drift
    }


# Columns


def test_json_lines_are_the_rows_as_they_are() -> None:
    content, held = encoded([ROW, {"id": "ü", "new": None}], "jsonl")

    assert [json.loads(line) for line in content.splitlines()] == [ROW, {"id": "ü", "new": None}]
    assert (held.rows, held.columns["site"], held.columns["at"]) == (2, "json", "timestamp")
    assert drifts(held) == {"new": ("new field", None, "text", 2)}


def test_a_table_has_flat_columns_of_the_documented_types() -> None:
    (row,), held = parquet([ROW])

    assert row == {
        "id": "a", "name": "Slab", "count": 3, "price": 2.0, "open": True, "due": date(2026, 1, 31),
        "at": datetime(2026, 1, 15, 12, 0, 0, 250_000, UTC), "site_id": "s", "site_name": "North",
        "tags": '["x",{"y":1}]',
    }  # fmt: skip
    assert (held.rows, held.drift) == (1, [])


def test_csv_says_the_same_as_parquet() -> None:
    content, _ = encoded([ROW, {"id": 'say "no",\nplease', "open": False}], "csv")
    header, first, second = csv.reader(io.StringIO(content.decode()))

    assert header == [name for name, _ in parquet([ROW])[1].columns.items()]
    assert first[2:7] == ["3", "2", "true", "2026-01-31", "2026-01-15T12:00:00.250000Z"]
    assert (second[0], second[4], second[5]) == ('say "no",\nplease', "false", "")


def test_an_empty_list_has_its_columns_all_the_same() -> None:
    assert parquet([])[1].columns == {
        "id": "text", "name": "text", "count": "integer", "price": "number", "open": "boolean", "due": "date",
        "at": "timestamp", "site_id": "text", "site_name": "text", "tags": "json",
    }  # fmt: skip
    assert encoded([], "csv")[0] == b"id,name,count,price,open,due,at,site_id,site_name,tags\n"
    assert encoded([], "jsonl")[0] == b""


@pytest.mark.parametrize(
    ("row", "column", "shown", "drift"),
    [
        ({"new": 5}, "new", 5, ("new field", None, "integer", "integer", 2)),
        ({"new": {"deep": [1]}}, "new", '{"deep":[1]}', ("new field", None, "json", "json", 2)),
        ({"new": None}, "new", None, ("new field", None, "text", 2)),
        ({"site": {"id": "s", "floor": 2}}, "site_floor", 2, ("new field", None, "integer", "integer", 2)),
        ({"site": "North"}, "site", "North", ("new field", None, "text", "text", 2)),
        # another field of that name must not be taken for the member of the object
        ({"site_id": "other"}, "site_id_", "other", ("new field", None, "text", "text", 2)),
        ({"count": 2.5}, "count", 2.5, ("other type", "integer", "number", "number", 2)),
        ({"count": "many"}, "count", "many", ("other type", "integer", "text", "text", 2)),
        ({"count": 2**70}, "count", str(2**70), ("other type", "integer", "integer", "text", 2)),
        ({"price": 2**60}, "price", str(2**60), ("other type", "number", "integer", "text", 2)),
        ({"price": True}, "price", "true", ("other type", "number", "boolean", "text", 2)),
        ({"open": 1}, "open", "1", ("other type", "boolean", "integer", "text", 2)),
        ({"name": 7}, "name", "7", ("other type", "text", "integer", "text", 2)),
        ({"name": {"en": "Slab"}}, "name", '{"en":"Slab"}', ("other type", "text", "json", "text", 2)),
        ({"due": "soon"}, "due", "soon", ("other type", "date", "text", "text", 2)),
        ({"at": "2026-01-15"}, "at", "2026-01-15", ("other type", "timestamp", "text", "text", 2)),
        ({"at": 1768478400}, "at", "1768478400", ("other type", "timestamp", "integer", "text", 2)),
    ],
)
def test_what_is_not_as_documented_is_kept_and_reported(
    row: dict[str, Any], column: str, shown: Any, drift: tuple[Any, ...]
) -> None:
    rows, held = parquet([ROW, row, ROW])

    assert rows[1][column] == shown
    assert drifts(held) == {column: drift}
    # what came before is as it was, in the type of the whole column
    assert type(rows[0].get(column)) in (type(shown), type(None))
    assert rows[2] == rows[0]


def test_a_new_field_takes_the_type_of_its_first_value() -> None:
    rows, held = parquet([{"id": "a", "new": None}, {"id": "b", "new": 4}, {"id": "c"}])

    assert [row["new"] for row in rows] == [None, 4, None]
    assert drifts(held) == {"new": ("new field", None, "integer", "integer", 1)}


def test_a_column_that_widens_twice_keeps_every_value() -> None:
    rows, held = parquet([{"count": 1}, {"count": 1.5}, {"count": "x"}, {"count": [1]}])

    assert [row["count"] for row in rows] == ["1", "1.5", "x", "[1]"]
    assert drifts(held) == {"count": ("other type", "integer", "number", "text", "json", "text", 2)}


def test_whole_numbers_that_a_number_cannot_hold_become_text() -> None:
    assert [row["count"] for row in parquet([{"count": 2**60}, {"count": 1.5}])[0]] == [str(2**60), "1.5"]
    assert [row["count"] for row in parquet([{"count": 1.5}, {"count": 2**60}])[0]] == ["1.5", str(2**60)]
    assert [row["count"] for row in parquet([{"count": 2**60}, {"count": 1}])[0]] == [2**60, 1]


def test_empty_text_is_no_number_and_no_date() -> None:
    (row,), held = parquet([{"count": "", "price": "", "due": "", "at": "", "name": ""}])

    assert (row["count"], row["price"], row["due"], row["at"], row["name"]) == (None, None, None, None, "")
    assert held.drift == []


def test_dates_without_a_zone_are_read_in_that_of_the_account() -> None:
    (row,), _ = parquet([{"at": "2026-01-15 13:00:00"}], zone=ZoneInfo("Europe/Prague"))
    assert row["at"] == NOON
    assert parquet([{"at": "2026-01-15 13:00:00"}])[0][0]["at"] == "2026-01-15 13:00:00"


def test_a_worker_without_room_for_a_long_table_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(encoding, "_IN_MEMORY_BYTES", 10)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(QAFileError, match=r"cannot be kept on this worker.*Nothing was stored.*TMPDIR"):
        encoded([ROW], "csv")


def test_a_long_list_becomes_row_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "ROW_GROUP", 1000)
    content, held = encoded(({"id": str(n), **({"late": n} if n == 2499 else {})} for n in range(2500)), "parquet")
    file = pq.ParquetFile(io.BytesIO(content))

    assert (file.metadata.num_rows, file.metadata.num_row_groups, held.rows) == (2500, 3, 2500)
    assert file.read(["late"]).column("late").to_pylist()[-2:] == [None, 2499]
    assert drifts(held) == {"late": ("new field", None, "integer", "integer", 2500)}


@pytest.mark.parametrize("value", ["pdf", "", None, 7])
def test_other_formats_are_refused(value: Any) -> None:
    with pytest.raises(QAValidationError, match="format must be one of jsonl, csv, parquet"):
        checked_format(value)


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(QAConfigurationError, match=r"airflow-qa-provider\[parquet\]"):
        checked_format("Parquet")
    assert checked_format(" CSV ") == "csv"


# Secrets


def test_secrets_are_no_columns_at_any_depth() -> None:
    row = {
        "id": 1,
        "hash": "H" * 64,
        "inner": [{"hash": "H" * 64, "clientSecret": "S" * 20, "hasPassword": True, "api_key": None}],
        "link": "https://files.example.com/a?token=T0KEN&page=2",
        "plain": "https://files.example.com/a",
        "note": "the password is on the wall",
    }
    cleaner = Cleaner(["hash"])
    cleaned, text = cleaner.line(row, shape_of(row))

    assert json.loads(text) == cleaned
    assert cleaned["inner"] == [{"hasPassword": True, "api_key": None}]
    assert cleaned["plain"] == row["plain"]
    assert cleaned["note"] == row["note"]
    assert not re.search("HHHH|SSSS|T0KEN", text)
    assert cleaner.left_out == {"hash", "inner.hash", "inner.clientSecret", "link"}
    assert row["hash"], "what was read is not changed"
    content, held = encoded([row], "csv", columns("id:integer hash"), ("hash",))
    assert b"HHHH" not in content
    assert "inner" in held.columns


@pytest.mark.parametrize("vendor", BUILT_IN)
def test_no_documented_column_is_a_secret(vendor: str) -> None:
    for listing in vendor_named(vendor).listings:
        row = {column.name.partition(".")[0]: "text" for column in listing.columns}
        assert Cleaner(listing.secrets).row(row) == row, listing.name


@pytest.mark.parametrize(
    "value",
    [
        'é\u2028\x7f\x01"\\/',
        0,
        -1,
        2**53 + 1,
        2**80,
        0.1,
        1e22,
        1e-7,
        -0.0,
        True,
        None,
        [],
        {},
        [{"a": [1, {"b": "ü"}]}],
    ],
    ids=repr,
)
def test_orjson_writes_what_is_written_without_it(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("orjson")
    rows = [{"id": 1, "value": value}]
    fast, _ = encoded(rows, "jsonl", columns("id:integer"))
    monkeypatch.setattr(cleaning, "orjson", None)
    plain, _ = encoded(rows, "jsonl", columns("id:integer"))
    # 1e-07 may be 1e-7
    assert json.loads(plain) == json.loads(fast)
    assert json.loads(fast) == rows[0]
