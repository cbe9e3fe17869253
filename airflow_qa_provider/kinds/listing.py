"""Lists of a vendor: which rows there are, what they hold, and by what they can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.timestamps import to_utc

Row = Mapping[str, Any]


class ColumnType(str, Enum):
    """What a column holds."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    DATE = "date"
    JSON = "json"


@dataclass(frozen=True)
class Column:
    """A column.

    :param name: The vendor's name; ``outer.inner`` for a member of an object, which tables call ``outer_inner``.
    :param type: What it holds.
    """

    name: str
    type: ColumnType = ColumnType.TEXT


def columns(described: str) -> tuple[Column, ...]:
    """Return columns from a description: names and types, such as ``"id name score:number site.id due:date"``.

    :param described: Names with blanks between them; one without a type holds text.
    """
    pairs = (word.partition(":") for word in described.split())
    return tuple(Column(name, ColumnType(type_ or "text")) for name, _, type_ in pairs)


@dataclass(frozen=True)
class Filter:
    """An argument that leaves rows out: the vendor leaves them out, or else we do once they are read.

    :param name: Our name.
    :param how: How a value is read: a method of :class:`~airflow_qa_provider.kinds.given.Given`.
    :param argument: Argument of the client operation, where the vendor filters.
    :param resolve: Client, arguments of the operation and value to what the vendor takes, where that is another.
    :param keeps: Client, row and value to whether the row stays, where the vendor does not filter.
    """

    name: str
    how: str = "optional_id"
    argument: str = ""
    resolve: Callable[[Any, Mapping[str, Any], Any], Any] | None = None
    keeps: Callable[[Any, Row, Any], bool] | None = None


def asked(*names: str, how: str = "optional_id") -> tuple[Filter, ...]:
    """Return filters that the client operation takes under the same names.

    :param names: Names of its arguments.
    :param how: How their values are read.
    """
    return tuple(Filter(name, how, argument=name) for name in names)


def one_of(name: str, shown: Callable[[Any, Row], Any] | None = None) -> Filter:
    """Return a filter for rows that show one of some words; an object counts by any of its members.

    :param name: Name of the filter, and of the column where ``shown`` is not given.
    :param shown: Client and row to what it shows.
    """

    def keeps(client: Any, row: Row, wanted: tuple[str, ...]) -> bool:
        value = row.get(name) if shown is None else shown(client, row)
        texts = value.values() if isinstance(value, Mapping) else [value]
        return not {str(text).casefold() for text in texts}.isdisjoint(word.casefold() for word in wanted)

    return Filter(name, "optional_words", keeps=keeps)


def filled(name: str, column: str) -> Filter:
    """Return a filter for rows that have, or do not have, a value in a column.

    :param name: Name of the filter: true for those that have one.
    :param column: The column.
    """
    return Filter(name, "optional_flag", keeps=lambda client, row, wanted: bool(row.get(column)) is wanted)


def earlier(name: str, shown: Callable[[Any, Row], Any]) -> Filter:
    """Return a filter for rows from before a moment; those without a date stay.

    :param name: Name of the filter.
    :param shown: Client and row to the date that it shows.
    """

    def keeps(client: Any, row: Row, wanted: datetime) -> bool:
        moment = moment_of(shown(client, row))
        return moment is None or moment < wanted

    return Filter(name, "optional_when", keeps=keeps)


def moment_of(value: Any, zone: Any = None) -> datetime | None:
    """Return a date that a vendor shows, in UTC; ``None`` where it shows none that can be read.

    :param value: Text of the date.
    :param zone: Time zone of dates that come without one; such dates cannot be read where it is not known.
    """
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
        if read.tzinfo is None and zone is not None:
            read = read.replace(tzinfo=zone)
        return to_utc(read, "date")
    except ValueError:
        pass
    try:
        # what fromisoformat does not read before Python 3.11
        return to_utc(value, "date")
    except QAValidationError:
        return None


def moments_of(value: Any, zone: Any = None) -> tuple[datetime, ...]:
    """Return the moments that a date can mean: two of one without a zone in the hour that a clock shows twice.

    :param value: Text of the date.
    :param zone: Time zone of dates that come without one.
    """
    first = moment_of(value, zone)
    if first is None or zone is None:
        return () if first is None else (first,)
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return (first,)
    second = first if read.tzinfo else to_utc(read.replace(tzinfo=zone, fold=1), "date")
    return (first,) if second <= first else (first, second)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list of a vendor.

    :param name: What authors call it, such as ``issues``.
    :param title: Title of the vendor's page.
    :param operation: Client operation that lists the rows.
    :param columns: What the docs say of the rows; ``guessed`` where they do not show them.
    :param guessed: Whether the columns are inferred, or seen elsewhere.
    :param key: Column that tells rows apart; empty where the rows have none.
    :param key_of: Client and row to the key, where its name is not certain.
    :param scope: Our arguments that say which list it is, to the arguments of the operation. They must be given.
    :param filters: Arguments that leave rows out.
    :param arguments: Arguments of the operation that are always the same, such as an order in which pages stay.
    :param since: Argument of the operation for the first moment, where the vendor filters by ``changed``.
    :param until: The same for the last moment.
    :param changed: Column with the moment at which a row came into the list, or changed last. Empty where rows do not
        show it: such a list can only be read whole.
    :param zone: Client to the time zone of dates that come without one.
    :param secrets: Names that are no columns, at any depth.
    :param under: Name of the list that has these rows below each of its own.
    :param under_as: Argument of the operation that takes the key of such a row, and column that keeps it.
    :param dated_above: Whether those rows' dates are the dates of these.
    :param member: Where the rows stand in the answer, if that is no list.
    :param page_size: Rows per request that are asked for where the connection does not say; ``None`` for the vendor's.
    """

    name: str
    title: str
    operation: str
    columns: tuple[Column, ...]
    guessed: bool = False
    key: str = "id"
    key_of: Callable[[Any, Row], str | None] | None = None
    scope: Mapping[str, str] = field(default_factory=dict)
    filters: tuple[Filter, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)
    since: str = ""
    until: str = ""
    changed: str = ""
    zone: Callable[[Any], Any] | None = None
    secrets: tuple[str, ...] = ()
    under: str = ""
    under_as: str = ""
    dated_above: bool = False
    member: str = ""
    page_size: int | None = None

    def id_of(self, client: Any, row: Row) -> str | None:
        """Return what tells a row apart, ``None`` where it shows nothing of the kind.

        :param client: The vendor's client.
        :param row: A row.
        """
        value = self.key_of(client, row) if self.key_of else row.get(self.key)
        return None if value in (None, "") else str(value)
