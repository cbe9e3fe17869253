"""Rows as the bytes of a file: JSON lines as they come; CSV and Parquet once all columns are known.

The columns of a table are those of all its rows, so the rows of a table go through a temporary file first. Memory is
constant in any case.
"""

from __future__ import annotations

import csv
import io
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import IO, Any

from airflow_qa_provider.exceptions import QAConfigurationError, QAFileError, QAValidationError
from airflow_qa_provider.kinds.listing import Column, ColumnType
from airflow_qa_provider.records.cleaning import Cleaner, shape_of
from airflow_qa_provider.records.table import Shapes, Table, text_of
from airflow_qa_provider.reports.storage import UNTOUCHED, explanation

Rows = Iterable[Mapping[str, Any]]
Batches = Iterator[list[list[Any]]]
Write = Callable[[bytes], object]

FORMATS = ("jsonl", "csv", "parquet")
ROW_GROUP = 20_000
"""Most rows of a row group in Parquet."""

_ROW_GROUP_BYTES = 16 * 1024 * 1024
_ROWS_AT_ONCE = 500
_IN_MEMORY_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Encoded:
    """What a file holds.

    :param rows: How many rows.
    :param columns: Its columns and their types; of JSON lines the fields, with the types that are documented.
    :param drift: What is not as documented, see :class:`~airflow_qa_provider.records.table.Drift`.
    """

    rows: int
    columns: dict[str, str]
    drift: list[dict[str, Any]]


def checked_format(value: object) -> str:
    """Return a format in lower case, once it is certain that it can be written.

    :param value: One of :data:`FORMATS`.
    :raises QAValidationError: None of them.
    :raises QAConfigurationError: What writes it is not installed.
    """
    name = str(value).strip().lower()
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise QAValidationError(f"format must be one of {known}, got {value!r}", outcome="Nothing was sent")
    if name == "parquet":
        try:
            import pyarrow.parquet  # noqa: F401
        except ImportError:
            raise QAConfigurationError(
                "Parquet is written by pyarrow, which is not installed here",
                outcome="Nothing was sent",
                hint="Install airflow-qa-provider[parquet] where the tasks run, or take jsonl or csv",
            ) from None
    return name


def encode(
    format: str, rows: Rows, write: Write, columns: Iterable[Column], *, cleaner: Cleaner, zone: Any = None
) -> Encoded:
    """Write rows in a format.

    :param format: What :func:`checked_format` returned.
    :param rows: The rows.
    :param write: Takes the bytes.
    :param columns: What is documented.
    :param cleaner: Takes secrets out.
    :param zone: Time zone of dates that come without one.
    """
    if format == "jsonl":
        return _lines(rows, write, columns, cleaner)
    table = Table(columns, zone)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as spool:
        for batch in _batches(rows, _ROWS_AT_ONCE):
            flat = [table.flat(cleaner.row(row)) for row in batch]
            with _spooling():
                pickle.dump(flat, spool, pickle.HIGHEST_PROTOCOL)
        end = spool.tell()
        spool.seek(0)
        _WRITERS[format](table, _spooled(spool, end, table), write)
    return Encoded(table.rows, {name: type_.value for name, type_ in table.columns}, table.drift.as_list())


def _lines(rows: Rows, write: Write, columns: Iterable[Column], cleaner: Cleaner) -> Encoded:
    shapes = Shapes(columns)
    for batch in _batches(rows, _ROWS_AT_ONCE):
        lines = []
        for row in batch:
            shape = shape_of(row)
            cleaned, line = cleaner.line(row, shape)
            shapes.see(cleaned, shape if cleaned is row else shape_of(cleaned))
            lines.append(line)
        write("".join(f"{line}\n" for line in lines).encode())
    return Encoded(shapes.rows, shapes.types, shapes.drift.as_list())


@contextmanager
def _spooling() -> Iterator[None]:
    """Say which disk is full: not that of the target."""
    try:
        yield
    except OSError as error:
        raise QAFileError(
            f"the rows cannot be kept on this worker until all columns are known: {explanation(error)[0]}",
            outcome=UNTOUCHED,
            hint="Its folder for temporary files (TMPDIR) must be there, be writable and have room for the whole list; "
            "jsonl needs none",
        ) from None


def _spooled(spool: IO[bytes], end: int, table: Table) -> Batches:
    while spool.tell() < end:
        batch = pickle.load(spool)  # noqa: S301 - this very function wrote it
        yield [table.filled(flat) for flat in batch]


def _batches(rows: Rows, size: int) -> Iterator[list[Mapping[str, Any]]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


def _csv(table: Table, batches: Batches, write: Write) -> None:
    write(_csv_text([[name for name, _ in table.columns]]))
    for batch in batches:
        write(_csv_text([[_cell(value) for value in row] for row in batch]))


def _csv_text(rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    return text_of(value) if isinstance(value, (bool, datetime)) else value


def _parquet(table: Table, batches: Batches, write: Write) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow_types = {
        ColumnType.INTEGER: pa.int64(),
        ColumnType.NUMBER: pa.float64(),
        ColumnType.BOOLEAN: pa.bool_(),
        ColumnType.TIMESTAMP: pa.timestamp("us", tz="UTC"),
        ColumnType.DATE: pa.date32(),
    }
    schema = pa.schema([(name, arrow_types.get(type_, pa.string())) for name, type_ in table.columns])
    with pq.ParquetWriter(_Stream(write), schema) as writer:
        waiting: list[Any] = []
        for batch in batches:
            values = zip(*batch, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(values, schema, strict=True)]
            waiting.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
            if (
                sum(one.num_rows for one in waiting) >= ROW_GROUP
                or sum(one.nbytes for one in waiting) > _ROW_GROUP_BYTES
            ):
                writer.write_table(pa.Table.from_batches(waiting))
                waiting = []
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting))


class _Stream(io.RawIOBase):
    """What pyarrow takes for a file."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, chunk: Any, /) -> int:
        taken = bytes(chunk)
        self._write(taken)
        self._written += len(taken)
        return len(taken)

    def tell(self) -> int:
        return self._written


_WRITERS: Mapping[str, Callable[[Table, Batches, Write], None]] = {"csv": _csv, "parquet": _parquet}
