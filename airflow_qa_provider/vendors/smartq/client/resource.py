"""What the resources of smartQ have in common: records, lists, and lists that come in pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.paging import Page, Paged
from airflow_qa_provider.rest.parameters import Paging, Read, Whole, Wire
from airflow_qa_provider.vendors.smartq.client.answers import Record, Records, record, rows

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.client.client import SmartQClient

PAGE_SIZE = 20
"""Rows that a list answers with by default."""


class Rows(Paging, total=False):
    """Which rows of a list are read.

    :param offset: Rows to leave out at the start.
    :param page_size: Rows per request; the connection's, then the vendor's default of 20 when unset.
    :param limit: Most rows in all.
    """

    offset: Annotated[Whole | None, Read("whole", low=0), Wire("")]


class SmartQResource(Resource):
    """A group of operations of smartQ. ``path`` holds the values of the path's placeholders."""

    _client: SmartQClient

    def _record(self, operation: str, data: Mapping[str, str] | None = None, **path: Any) -> Record:
        return record(self._client.call(operation, path, data=data), operation)

    def _rows(self, operation: str, **path: Any) -> Records:
        return rows(self._client, self._client.call(operation, path), operation)

    def _pages(
        self,
        operation: str,
        wanted: Mapping[str, Any],
        family: type = Rows,
        *,
        default_size: int = PAGE_SIZE,
        **path: Any,
    ) -> Paged:
        """Return a lazy list of an operation that takes ``count`` and ``offset``.

        ``family`` says what ``wanted`` may have. The docs name ``default_size`` as the rows of an answer when smartQ
        is not told how many.
        """
        client, check = self._client, self._client.check
        params = check.wire(family, wanted)
        first = check.optional_whole(wanted.get("offset"), "offset", 0) or 0
        size, most = check.page(wanted.get("page_size"), wanted.get("limit"), client.settings.page_size)

        def fetch(start: int) -> Page:
            answer = client.call(operation, path, params={"count": size, "offset": start or None, **params})
            found = rows(client, answer, operation)
            # no total is sent. A short page ends the list, unless a cap on count that is not documented made it short:
            # a cap cannot be lower than the default
            last = len(found) < min(size or default_size, default_size)
            return Page(found, None if last else start + len(found))

        return Paged(fetch, first, most)
