"""
Lists: paging, sorting, filters, embedded objects.

The vendor documents which fields sort and filter, but not how to ask. Understood here: ``page``, ``per_page``,
``sort=-created_at,name``, ``filter[state]=2`` or plain ``state=2``, ``embed=project,report_setting``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query, Request
from pydantic_core import PydanticCustomError

from qa_sandbox.simplo.dates import LOCAL, parse_date
from qa_sandbox.simplo.errors import wrong

DEFAULT_PER_PAGE = 20
LARGEST_PER_PAGE = 1000
Row = TypeVar("Row")
_BOOLS = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A field to sort and filter by: ``number``, ``text``, ``bool`` or ``date``, and how to read it from a row."""

    kind: str
    value: Callable[[Row], Any]


@dataclass(frozen=True)
class IndexQuery:
    """The query of a list, the filters among its parameters."""

    request: Request
    page: Annotated[int, Query(ge=1, le=1 << 31)] = 1
    per_page: Annotated[int, Query(ge=1, le=LARGEST_PER_PAGE)] = DEFAULT_PER_PAGE
    sort: Annotated[str, Query(description="Fields, comma separated; a minus for descending")] = ""
    embed: Annotated[str, Query(description="Embedded objects, comma separated")] = ""

    def filters(self, columns: Iterable[str]) -> dict[str, str]:
        known, found = set(columns), {}
        for key, text in self.request.query_params.items():
            name = key[len("filter[") : -1] if key.startswith("filter[") and key.endswith("]") else key
            if name in known:
                found[name] = text
            elif name != key:
                raise wrong("filter", f"There is no filter {name[:40]}.")
        return found


def names_in(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def embedded(text: str, known: Iterable[str]) -> list[str]:
    """Read which objects to embed; one that does not exist is refused."""
    names, allowed = names_in(text), sorted(known)
    if not set(names) <= set(allowed):
        raise wrong("embed", f"The embed must be out of: {', '.join(allowed)}.")
    return names


def index(
    rows: Iterable[Row], columns: Mapping[str, Column[Row]], query: IndexQuery
) -> tuple[list[Row], dict[str, int]]:
    found = list(rows)
    for name, text in query.filters(columns).items():
        accepts = _filter(name, columns[name], text)
        found = [row for row in found if accepts(row)]
    for wanted in reversed(names_in(query.sort)):
        name = wanted.removeprefix("-")
        column = columns.get(name)
        if column is None:
            raise wrong("sort", f"There is no sorting by {name[:40]}.")
        found.sort(key=lambda row, read=column.value: _sort_key(read(row)), reverse=wanted.startswith("-"))  # type: ignore[misc]
    start = (query.page - 1) * query.per_page
    pages = -(-len(found) // query.per_page)
    meta = {"page": query.page, "total_pages": pages, "records": len(found), "per_page": query.per_page}
    return found[start : start + query.per_page], meta


def _sort_key(value: Any) -> tuple[bool, Any]:
    if isinstance(value, str):
        return True, value.casefold()
    return value is not None, 0 if value is None else value


def _filter(name: str, column: Column[Row], text: str) -> Callable[[Row], bool]:
    read = column.value
    if column.kind == "text":
        return lambda row: text.casefold() in str(read(row)).casefold()
    if column.kind == "bool":
        if text.lower() not in _BOOLS:
            raise wrong(name, f"The {name} field must be true or false.")
        return lambda row: read(row) is _BOOLS[text.lower()]
    if column.kind == "date":
        accepts = _date_filter(name, text)
        return lambda row: read(row) is not None and accepts(read(row))
    try:
        numbers = {float(part) for part in names_in(text)}
    except ValueError:
        raise wrong(name, f"The {name} must be a number.") from None
    return lambda row: read(row) in numbers


def _date_filter(name: str, text: str) -> Callable[[datetime], bool]:
    try:
        wanted = parse_date(text)
    except PydanticCustomError:
        raise wrong(name, f"The {name} is not a valid date.") from None
    if len(text) == len("2023-01-31"):
        return lambda value: value.astimezone(LOCAL).date() == wanted.date()
    return lambda value: value.replace(microsecond=0) == wanted
