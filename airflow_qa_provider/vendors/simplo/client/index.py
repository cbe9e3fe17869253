"""Index endpoints of Simplo IS: filters, order, embedded fields, and pages with ``items`` and ``_meta``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.rest.paging import Page, Paged, positions_after
from airflow_qa_provider.rest.parameters import Paging, Read, Words
from airflow_qa_provider.rest.shapes import count_in, part_in, rows_in
from airflow_qa_provider.vendors.simplo.client.rules import check

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.simplo.client.client import SimploClient

Filters = Mapping[str, str | int | float | bool | dt.date | Iterable[str | int]]
"""Field name to the wanted value, or to several values of which one is wanted."""


class Wanted(Paging, total=False):
    """Which rows of a list are wanted, in which order, and with what.

    The docs name the fields for the three, and do not show how they are asked for; see the client's
    :class:`~airflow_qa_provider.vendors.simplo.client.dialect.Dialect`. A field that the docs do not allow, or a value
    that cannot be sent, raises a QAValidationError; an installation that did not understand the page, or a filter by
    number, a QAResponseError.

    :param filters: Field to the wanted value, or to several; JSON text of that is taken too.
    :param sort: Fields to sort by; ``-`` before a name makes its order descending.
    :param embed: Fields to embed.
    :param page_size: Rows per request; the connection's, then the vendor's default when unset.
    :param limit: Most rows in all.
    """

    filters: Annotated[Filters | str | None, Read("structure")]
    sort: Words | None
    embed: Words | None


@dataclass(frozen=True)
class Index:
    """What the docs allow for a list; ``None`` where that part of the docs cannot be read.

    :param operation: Name of the list operation.
    :param fields: Fields to sort and filter by.
    :param embeds: Fields that can be embedded.
    """

    operation: str
    fields: tuple[str, ...] | None = None
    embeds: tuple[str, ...] | None = None

    def pages(self, client: SimploClient, asked: Mapping[str, Any]) -> Paged:
        """Return a lazy list.

        :param client: The client.
        :param asked: Fields of :class:`Wanted`.
        :raises QAValidationError: A field that the docs do not allow, or a value that cannot be sent.
        """
        check.wire(Wanted, asked)
        dialect, wanted = client.dialect, _wanted(asked.get("filters"), self.fields)
        size, most = check.page(asked.get("page_size"), asked.get("limit"), client.settings.page_size)
        params = {
            **{dialect.filter_name(name): _spelled(value, dialect.separator) for name, value in wanted.items()},
            dialect.sort_param: _order(client, asked.get("sort"), self.fields),
            **embedding(client, asked.get("embed"), self.embeds),
            dialect.per_page_param: size,
        }

        def fetch(number: int) -> Page:
            answer = client.call(self.operation, params={**params, dialect.page_param: number})
            rows, meta = self._rows(answer), part_in(answer, "_meta")
            self._check_page(meta, number)
            self._check_filters(rows, wanted)
            pages, total = count_in(meta, "total_pages"), count_in(meta, "records")
            last = pages is not None and number >= pages
            return Page(rows, None if last else number + 1, total, positions_after(number, len(rows), total))

        return Paged(fetch, 1, most)

    def _rows(self, answer: Any) -> list[dict[str, Any]]:
        if not isinstance(answer, Mapping) or not isinstance(answer.get("items"), list):
            raise self._unexpected("the answer has no list under items", "Check the base URL of the connection")
        return rows_in(answer["items"], "simplo", self.operation)

    def _check_page(self, meta: Mapping[str, Any], number: int) -> None:
        # a server that does not know the parameter would give its first page for ever
        if str(meta.get("page", number)) != str(number):
            hint = 'Set the name of the parameter in the connection\'s extra: {"simplo": {"page_param": "..."}}'
            raise self._unexpected(f"page {number} was asked for, page {meta['page']} came", hint)

    def _check_filters(self, rows: Iterable[Mapping[str, Any]], wanted: Mapping[str, Any]) -> None:
        # the syntax of filters is not documented, and a server that does not know it would return all rows
        for name, value in wanted.items():
            values = value if isinstance(value, list) else [value]
            if not all(isinstance(one, int) for one in values):
                continue
            for row in rows:
                if name in row and row[name] not in values:
                    hint = 'Set the syntax in the connection\'s extra: {"simplo": {"filter_param": "...{field}..."}}'
                    raise self._unexpected(f"the filter {name} = {value!r} was not applied", hint)

    def _unexpected(self, message: str, hint: str) -> QAResponseError:
        return QAResponseError(message, vendor="simplo", operation=self.operation, hint=hint)


def embedding(client: SimploClient, embed: object, known: Iterable[str] | None) -> dict[str, str | None]:
    """Return the query parameter for embedded fields.

    :param client: The client.
    :param embed: Fields to embed.
    :param known: Fields that the docs allow; ``None`` where the docs cannot be read.
    :raises QAValidationError: The docs do not allow one of them.
    """
    listed = check.names(embed, "embed", known)
    return {client.dialect.embed_param: client.dialect.separator.join(listed) or None}


def _order(client: SimploClient, sort: object, known: Iterable[str] | None) -> str | None:
    dialect = client.dialect
    listed = check.names(sort, "sort", known, "-")
    ordered = [dialect.descending(name[1:]) if name.startswith("-") else name for name in listed]
    return dialect.separator.join(ordered) or None


def _wanted(filters: object, known: Iterable[str] | None) -> dict[str, Any]:
    read = check.structure(filters, "filters")
    if read is not None and not isinstance(read, Mapping):
        raise check.refused(f"filters must be an object of field to value, got {filters!r}"[:300], 'Give {"id": 7}')
    check.names(list(read or {}), "filters", known)
    return {name: _value(value, f"filters[{name!r}]") for name, value in (read or {}).items()}


def _value(value: Any, field: str) -> Any:
    if isinstance(value, dt.datetime):
        return check.timestamp(value, field)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = check.structure(value, field)
    if isinstance(value, (str, int, float)):
        return value
    if value is None or isinstance(value, Mapping) or not isinstance(value, Iterable):
        # leaving it out would silently widen the list
        raise check.refused(
            f"{field} must be a text, a number, true or false, a date, or a list of them, got {value!r}"[:300],
            "The docs name no filter for empty values: leave it out and look at the rows",
        )
    listed = [_value(one, field) for one in check.optional_list(value, field) or []]
    if not listed:
        raise check.refused(f"{field} lists no value")
    return listed


def _spelled(value: Any, separator: str) -> str:
    if isinstance(value, list):
        return separator.join(_spelled(one, separator) for one in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
