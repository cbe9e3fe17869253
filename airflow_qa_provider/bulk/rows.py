"""Rows out of a file: JSONL, CSV or Parquet, by the suffix of its name."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO

from airflow_qa_provider.exceptions import QAConfigurationError, QAValidationError
from airflow_qa_provider.reports.sources import SourceFile
from airflow_qa_provider.rest.clean_json import parsed

Row = Mapping[str, Any]

NOTHING_SENT = "Nothing was sent"
_SEPARATORS = ",;\t|"


def rows_of_file(file: SourceFile) -> Iterator[Row]:
    """Yield the rows of a file.

    A CSV file is UTF-8, with or without a byte order mark, and begins with the names of its columns; they are separated
    by the one of comma, semicolon, tab and ``|`` that stands there most often.

    :param file: The file.
    :raises QAFileError: It is not there, or cannot be read.
    :raises QAValidationError: Its suffix is not known, or its content is not what the suffix says.
    """
    suffix = file.name.rpartition(".")[2].lower()
    read = _READERS.get(suffix)
    if read is None:
        raise _unreadable(file.name, f"has the suffix {suffix!r}", f"Known are {', '.join(sorted(_READERS))}")
    with file.open() as opened:
        yield from read(opened, file.name)


def rows_of_value(value: Any) -> Iterator[Row]:
    """Yield the rows of what another task has returned: mappings, also in lists in lists, as mapped tasks return them.

    :param value: Rows, or JSON text of them.
    :raises QAValidationError: There is something else among them.
    """
    if isinstance(value, str):
        try:
            value = parsed(value)
        except ValueError:
            raise _no_row(value) from None
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        for one in value:
            if isinstance(one, Mapping):
                yield one
            else:
                yield from rows_of_value(one)
    else:
        raise _no_row(value)


def _jsonl(file: BinaryIO, name: str) -> Iterator[Row]:
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            row = parsed(line.decode("utf-8-sig"))
        except ValueError:
            raise _unreadable(name, f"has no JSON in line {number}", "Write one object in each line") from None
        if not isinstance(row, dict):
            raise _unreadable(name, f"has no object in line {number}", "Write one object in each line")
        yield row


def _csv(file: BinaryIO, name: str) -> Iterator[Row]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        first = text.readline()
        cells = csv.reader(chain([first], text), delimiter=max(_SEPARATORS, key=first.count), strict=True)
        header = [column.strip() for column in next(cells, [])]
        if len(set(header)) != len(header):
            raise _unreadable(name, f"names a column twice: {', '.join(header)}", "Give each column a name of its own")
        for row in cells:
            if len(row) > len(header):
                problem = f"has {len(row)} cells in line {cells.line_num}, and {len(header)} columns"
                raise _unreadable(name, problem, "Put quotes around cells with the separator in them")
            if any(row):
                yield dict(zip(header, [*row, *[""] * (len(header) - len(row))], strict=True))
    except UnicodeDecodeError:
        raise _unreadable(name, "is not UTF-8", 'Save it as "CSV UTF-8"') from None
    except csv.Error as error:
        raise _unreadable(name, f"cannot be read near line {cells.line_num}: {error}", "Correct the quotes") from None
    finally:
        text.detach()


def _parquet(file: BinaryIO, name: str) -> Iterator[Row]:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise QAConfigurationError(
            f"{name} cannot be read without pyarrow",
            outcome=NOTHING_SENT,
            hint="Install pyarrow on the workers, or give JSONL or CSV",
        ) from None
    try:
        for batch in ParquetFile(file).iter_batches():
            yield from batch.to_pylist()
    except (ArrowException, OSError, ValueError, OverflowError) as error:  # such as dates after the year 9999
        raise _unreadable(name, f"is not Parquet: {error}"[:300], "Look at what wrote it") from None


_READERS: dict[str, Callable[[BinaryIO, str], Iterator[Row]]] = {
    "jsonl": _jsonl,
    "ndjson": _jsonl,
    "csv": _csv,
    "tsv": _csv,
    "parquet": _parquet,
}


def _unreadable(name: str, problem: str, hint: str) -> QAValidationError:
    return QAValidationError(f"source: the file {name} {problem}", outcome=NOTHING_SENT, hint=hint)


def _no_row(value: Any) -> QAValidationError:
    return QAValidationError(
        f"rows takes objects of column and value, got {str(value)[:80]!r}",
        outcome=NOTHING_SENT,
        hint="Give a list of dicts, or the output of a task that returns one",
    )
