"""From the columns of a row to the arguments of a change."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.fields import Fields, is_given

_NO = ("false", "0", "no", "off")


class Columns:
    """Reads rows as arguments.

    :param columns: Argument to the name of its column, or to an object whose values are names of columns, at any depth.
        ``None`` for columns that are called as the arguments are.
    :param arguments: Arguments that a row may give.
    :param marker: Name of the column that marks rows whose object is to be deleted.
    :raises QAValidationError: There is no such argument, or a name of a column is none.
    """

    def __init__(self, columns: Any, arguments: Collection[str], marker: str | None = None) -> None:
        check = Fields()
        given = check.optional_object(columns, "columns")
        self._columns = {name: name for name in arguments} if given is None else given
        self._by_name = given is None
        self._arguments = arguments
        self._marker = marker
        check.known(self._columns, arguments, "a row")
        self._named = {*_names(self._columns, "columns"), *([marker] if marker else [])}
        self._missing = set(self._named)
        self._seen: set[str] = set()

    def arguments(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a row gives; empty cells are ``None``, and what a row has no column for is left out.

        :param row: Column to value.
        """
        if self._missing or len(self._seen) != len(row):
            self._seen.update(row)
            self._missing -= row.keys()
        return {
            name: value
            for name, column in self._columns.items()
            if (value := _value(row, column)) is not _ABSENT
        }  # fmt: skip

    def is_marked(self, row: Mapping[str, Any]) -> bool:
        """Tell whether the object of a row is to be deleted: the marker's cell is there and does not say no.

        :param row: Column to value.
        """
        mark = _cell(row.get(self._marker)) if self._marker else None
        return bool(mark) and not (isinstance(mark, str) and (mark.strip().lower() in _NO or not is_given(mark)))

    def check_seen(self) -> None:
        """See that no column is named that no row has, once all rows are read.

        :raises QAValidationError: One is, or, where columns are called as the arguments are, there are others.
        """
        missing = self._missing - (set(self._arguments) if self._by_name else set())
        if missing:
            name = min(missing)
            near = get_close_matches(name, self._seen, 1)
            raise QAValidationError(
                f"no row has the column {name!r}; there are {', '.join(sorted(self._seen)) or 'none'}",
                outcome="Nothing was sent",
                hint=f"Did you mean {near[0]!r}?" if near else "Correct columns, or delete_where",
            )
        if self._by_name:
            Fields().known(self._seen - {self._marker or ""}, self._arguments, "a row")


_ABSENT = object()


def _value(row: Mapping[str, Any], column: Any) -> Any:
    if isinstance(column, str):
        return _cell(row[column]) if column in row else _ABSENT
    values = {name: value for name, one in column.items() if (value := _value(row, one)) is not _ABSENT}
    return values or _ABSENT


def _cell(value: Any) -> Any:
    """Return a value as JSON knows it: what stands for an empty cell is ``None``, decimals are numbers."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None if value.is_nan() else float(value)  # no reader takes what is infinite
        value = int(value) if value == value.to_integral_value() else float(value)
    return None if isinstance(value, float) and math.isnan(value) else value


def _names(column: Any, field: str) -> Iterator[str]:
    if isinstance(column, str) and column.strip():
        yield column
    elif isinstance(column, Mapping) and column:
        for name, one in column.items():
            yield from _names(one, f"{field}.{name}")
    else:
        raise QAValidationError(
            f"{field} must name a column, or be an object of such names, got {column!r}", outcome="Nothing was sent"
        )
