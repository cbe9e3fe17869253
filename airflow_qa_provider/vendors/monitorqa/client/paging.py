"""Pages of MonitorQA: ``pageNumber`` from 1, rows in ``data``, the count in ``meta.totalCount``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.rest.client import VendorClient
from airflow_qa_provider.rest.paging import Page, Paged
from airflow_qa_provider.vendors.monitorqa.client import rules


def pages(
    client: VendorClient, operation: str, params: Mapping[str, Any], page_size: int | None, limit: int | None
) -> Paged:
    """Return a lazy list of a paged operation.

    :param client: The client.
    :param operation: Name of the list operation.
    :param params: Its filters.
    :param page_size: Rows per request; the connection's, then the vendor's default when unset.
    :param limit: Most rows in all.
    :raises QAValidationError: ``page_size`` or ``limit`` cannot be.
    """
    size = client.settings.page_size if page_size is None else rules.whole(page_size, "page_size", 1)
    most = None if limit is None else rules.whole(limit, "limit", 0)

    def fetch(position: tuple[int, int]) -> Page:
        number, seen = position
        answer = client.call(operation, params={**params, "pageNumber": number, "pageSize": size})
        if not isinstance(answer, Mapping) or not isinstance(answer.get("data"), list):
            raise QAResponseError(f"page {number} has no list in data", vendor=client.vendor, operation=operation)
        rows, total = answer["data"], (answer.get("meta") or {}).get("totalCount")
        seen += len(rows)
        # rows are counted, not computed from meta.pageSize: a server that caps the size must not cut the list
        last = total is not None and seen >= total
        return Page(rows, None if last else (number + 1, seen), total)

    return Paged(fetch, (1, 0), most)
