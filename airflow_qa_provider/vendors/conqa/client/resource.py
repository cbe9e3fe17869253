"""Lists of CONQA: numbered pages for issues and milestones, a cursor for webhooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.paging import Page, Paged, positions_after
from airflow_qa_provider.rest.shapes import count_in, rows_in
from airflow_qa_provider.vendors.conqa.client.answers import member
from airflow_qa_provider.vendors.conqa.client.rules import check

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.conqa.client.client import ConqaClient

Rows = list[dict[str, Any]]

_MOST_EMPTY_PAGES = 100


class ConqaResource(Resource):
    """A group of operations of CONQA. Its lists take 300 rows per request by default."""

    _client: ConqaClient

    def _numbered(
        self,
        operation: str,
        path: Mapping[str, Any],
        rows_of: Callable[[Any], Rows],
        family: type,
        wanted: Mapping[str, Any],
    ) -> Paged:
        """Return a lazy list of an endpoint with ``page`` from 1 and ``data.paging``."""
        client, params = self._client, check.wire(family, wanted)
        size, most = check.page(wanted.get("page_size"), wanted.get("limit"), client.settings.page_size)

        def fetch(number: int) -> Page:
            answer = client.call(operation, path, params={**params, "page": number, "limit": size})
            rows, paging = rows_in(rows_of(answer), client.vendor, operation), _paging(answer)
            total, per_page = count_in(paging, "total_records"), count_in(paging, "page_size")
            last = total is not None and per_page is not None and number * per_page >= total
            return Page(rows, None if last else number + 1, total, positions_after(number, len(rows), total))

        return Paged(fetch, 1, most)

    def _after_cursor(self, operation: str, path: Mapping[str, Any], page_size: Any, limit: Any) -> Paged:
        """Return a lazy list of webhooks; ``lastEvaluatedKey`` leads to the next page and is missing at the end."""
        client = self._client
        size, most = check.page(page_size, limit, client.settings.page_size)

        def ask(cursor: str | None) -> Page:
            # the docs print a content type on this GET
            headers = {"Content-Type": "application/json"}
            answer = client.call(operation, path, params={"limit": size, "lastEvaluatedKey": cursor}, headers=headers)
            rows = rows_in(member(answer, "data", "webhooks", operation=operation), client.vendor, operation)
            return Page(rows, answer["data"].get("lastEvaluatedKey") or None)

        def fetch(cursor: str | None) -> Page:
            # only a missing key ends the list: a page may be empty and still lead to another
            for _ in range(_MOST_EMPTY_PAGES):
                page = ask(cursor)
                if page.items or page.next is None:
                    return page
                cursor = page.next
            raise QAResponseError(
                f"{_MOST_EMPTY_PAGES} empty pages in a row, each with a lastEvaluatedKey",
                vendor=client.vendor,
                operation=operation,
                hint="A retry is harmless",
            )

        return Paged(fetch, None, most)


def _paging(answer: Any) -> Mapping[str, Any]:
    data = answer.get("data", answer) if isinstance(answer, Mapping) else None
    paging = data.get("paging") if isinstance(data, Mapping) else None
    return paging if isinstance(paging, Mapping) else {}
