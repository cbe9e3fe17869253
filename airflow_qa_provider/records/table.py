"""Rows as a table: flat columns with one type each, and what differs from the documentation.

The rules, for CSV and Parquet:

- An object whose members are documented is spread: ``site.id`` becomes the column ``site_id``. Its other members become
  columns as well. Any other object, and every list, is one column of JSON text.
- A field that is not documented is a column of the type that it shows, and is reported.
- A value of another type than documented makes whole numbers numbers, and anything else text, for the whole column;
  that is reported, too. Objects and lists in such a column are JSON text.
- Dates with a time are moments in UTC. Those without a zone are read in the account's.
- An empty text where a number or a date is documented is no value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from airflow_qa_provider.kinds.listing import Column, ColumnType, moment_of

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_LARGEST_INTEGER = 2**63 - 1
_EXACT_IN_NUMBERS = 2**53
_JSON_TYPES: Mapping[type, ColumnType] = {
    str: ColumnType.TEXT, int: ColumnType.INTEGER, float: ColumnType.NUMBER, bool: ColumnType.BOOLEAN,
    dict: ColumnType.JSON, list: ColumnType.JSON,
}  # fmt: skip
_SHOWN_AS_TEXT = (ColumnType.TEXT, ColumnType.TIMESTAMP, ColumnType.DATE)


class Drift:
    """What is not as documented: new fields, and other types.

    :ivar found: By column: what was documented, what was found, and in which row first.
    """

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Any]] = {}

    def note(
        self, column: str, documented: ColumnType | None, found: ColumnType | None, kept: ColumnType, row: int
    ) -> None:
        """Note a difference; the first of a column says where it begins, the last how the column is kept.

        :param column: Name of the column.
        :param documented: Its type in the documentation; ``None`` for a new field.
        :param found: What was found; ``None`` for a field that has shown no value yet.
        :param kept: As what the column is kept.
        :param row: Number of the row, from 1.
        """
        known = self.found.get(column)
        if known is None:
            change = "new field" if documented is None else "other type"
            was = None if documented is None else documented.value
            self.found[column] = known = {
                "column": column, "change": change, "documented": was, "found": [], "kept_as": "", "first_row": row
            }  # fmt: skip
        if found is not None and found.value not in known["found"]:
            known["found"].append(found.value)
        known["kept_as"] = kept.value

    def as_list(self) -> list[dict[str, Any]]:
        """Return what was noted, as plain JSON."""
        return list(self.found.values())


class Shapes:
    """Sees which fields rows have, and of which type, without changing them: for files that keep rows as they are.

    :param columns: What is documented.
    """

    def __init__(self, columns: Iterable[Column]) -> None:
        self.drift = Drift()
        self.rows = 0
        self._types: dict[str, ColumnType | None] = {}
        for column in columns:
            outer, dot, _ = column.name.partition(".")
            # the members of a documented object are not looked into
            self._types[outer] = None if dot or column.type is ColumnType.JSON else column.type
        self._documented = dict(self._types)
        self._seen: set[tuple[Any, ...]] = set()

    @property
    def types(self) -> dict[str, str]:
        """All fields, documented or seen, with their types."""
        return {name: (type_ or ColumnType.JSON).value for name, type_ in self._types.items()}

    def see(self, row: Mapping[str, Any], shape: tuple[Any, ...]) -> None:
        """Look at a row.

        :param row: The row.
        :param shape: Its names, and the types of its values.
        """
        self.rows += 1
        if shape in self._seen:
            return
        self._seen.add(shape)
        for name, value in row.items():
            found = _JSON_TYPES.get(type(value))
            if name not in self._types:
                self._types[name] = found
                self.drift.note(name, None, found, found or ColumnType.TEXT, self.rows)
            documented = self._documented.get(name)
            if found and documented and not _goes(found, documented):
                self.drift.note(name, documented, found, found, self.rows)


def _goes(found: ColumnType, documented: ColumnType) -> bool:
    if found is ColumnType.INTEGER:
        return documented in (ColumnType.INTEGER, ColumnType.NUMBER)
    return documented in _SHOWN_AS_TEXT if found is ColumnType.TEXT else found is documented


@dataclass
class _Held:
    """A column in the making."""

    name: str
    place: int
    documented: ColumnType | None
    first: ColumnType | None
    type: ColumnType | None
    mixed: bool = False
    large: bool = False


class Table:
    """Makes flat rows of one type per column, and notes what is not as documented.

    :param columns: What is documented.
    :param zone: Time zone of dates that come without one.
    """

    def __init__(self, columns: Iterable[Column], zone: Any = None) -> None:
        self.drift = Drift()
        self.rows = 0
        self._zone = zone
        self._columns: dict[str, _Held] = {}
        self._names: set[str] = set()
        self._spread: set[str] = set()
        for column in columns:
            outer, dot, _ = column.name.partition(".")
            if dot:
                self._spread.add(outer)
            self._add(column.name, column.type, column.type)

    @property
    def columns(self) -> list[tuple[str, ColumnType]]:
        """All columns, documented or seen, with their types."""
        return [(one.name, one.type or ColumnType.TEXT) for one in self._columns.values()]

    def flat(self, row: Mapping[str, Any]) -> list[Any]:
        """Return the values of a row in the order of the columns so far."""
        self.rows += 1
        flat: list[Any] = [None] * len(self._columns)
        for name, value in row.items():
            if value is None:
                self._known(flat, name)
            elif name in self._spread and isinstance(value, dict):
                for member, one in value.items():
                    if one is not None:
                        self._put(flat, f"{name}.{member}", one)
            else:
                self._put(flat, name, value)
        return flat

    def filled(self, flat: list[Any]) -> list[Any]:
        """Return a row with all columns, once all rows were seen, each value of its column's type.

        :param flat: What :meth:`flat` returned.
        """
        flat = flat + [None] * (len(self._columns) - len(flat))
        for one in self._columns.values():
            if one.mixed and flat[one.place] is not None:
                flat[one.place] = text_of(flat[one.place])
        return flat

    def _known(self, flat: list[Any], path: str) -> None:
        # a new field without a value is a column too
        if path not in self._columns and path not in self._spread:
            self._new(flat, path, None)

    def _put(self, flat: list[Any], path: str, value: Any) -> None:
        column = self._columns.get(path)
        if column is None or column.type is None:
            column = self._new(flat, path, _JSON_TYPES.get(type(value), ColumnType.TEXT))
        read = _READERS[column.first or ColumnType.TEXT](value, self._zone)
        if read is _OTHER:
            self._widen(column, value)
            read = value
        elif type(read) is int and abs(read) > _EXACT_IN_NUMBERS:
            column.large = True
            if column.type is ColumnType.NUMBER:
                self._widen(column, read)
        flat[column.place] = read

    def _new(self, flat: list[Any], path: str, type_: ColumnType | None) -> _Held:
        column = self._columns.get(path)
        if column is None:
            column = self._add(path, type_, None)
            flat.append(None)
        column.first = column.type = type_
        self.drift.note(column.name, None, type_, type_ or ColumnType.TEXT, self.rows)
        return column

    def _add(self, path: str, type_: ColumnType | None, documented: ColumnType | None) -> _Held:
        name = path.replace(".", "_")
        while name in self._names:
            name += "_"
        self._names.add(name)
        self._columns[path] = column = _Held(name, len(self._columns), documented, type_, type_)
        return column

    def _widen(self, column: _Held, value: Any) -> None:
        found = _JSON_TYPES.get(type(value), ColumnType.TEXT)
        whole = column.first is ColumnType.INTEGER and found is ColumnType.NUMBER
        if whole and not column.mixed and not column.large:
            column.type = ColumnType.NUMBER
        else:
            column.type, column.mixed = ColumnType.TEXT, True
        self.drift.note(column.name, column.documented, found, column.type, self.rows)


_OTHER = object()


def _text(value: Any, zone: Any) -> Any:
    return value if isinstance(value, str) else _OTHER


def _integer(value: Any, zone: Any) -> Any:
    if type(value) is int:
        return value if -_LARGEST_INTEGER <= value <= _LARGEST_INTEGER else _OTHER
    return None if value == "" else _OTHER


def _number(value: Any, zone: Any) -> Any:
    if type(value) is float or (type(value) is int and abs(value) <= _EXACT_IN_NUMBERS):
        return value
    return None if value == "" else _OTHER


def _boolean(value: Any, zone: Any) -> Any:
    return value if isinstance(value, bool) else _OTHER


def _timestamp(value: Any, zone: Any) -> Any:
    if value == "":
        return None
    moment = moment_of(value, zone)
    return _OTHER if moment is None else moment


def _date(value: Any, zone: Any) -> Any:
    if value == "":
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return _OTHER


def _json(value: Any, zone: Any) -> Any:
    return _ENCODER.encode(value)


_READERS: Mapping[ColumnType, Callable[[Any, Any], Any]] = {
    ColumnType.TEXT: _text, ColumnType.INTEGER: _integer, ColumnType.NUMBER: _number, ColumnType.BOOLEAN: _boolean,
    ColumnType.TIMESTAMP: _timestamp, ColumnType.DATE: _date, ColumnType.JSON: _json,
}  # fmt: skip


def text_of(value: Any) -> str:
    """Return a value as text: JSON for objects, lists, numbers and truth values, ISO 8601 for dates."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else _ENCODER.encode(value)
