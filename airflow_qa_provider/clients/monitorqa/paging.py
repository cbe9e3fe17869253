"""Pages of MonitorQA: ``pageNumber`` from 1, rows in ``data``, the count in ``meta.totalCount``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_qa_provider.clients.base import VendorClient
from airflow_qa_provider.clients.pagination import Page, Paged


def pages(
    client: VendorClient, operation: str, params: Mapping[str, Any], page_size: int | None, limit: int | None
) -> Paged:
    """Return a lazy list of a paged operation.

    :param client: The client.
    :param operation: Name of the list operation.
    :param params: Its filters.
    :param page_size: Rows per request; the connection's, then the vendor's default when unset.
    :param limit: Most rows in all.
    """
    size = page_size or client.settings.page_size

    def fetch(number: int) -> Page:
        answer = client.call(operation, params={**params, "pageNumber": number, "pageSize": size})
        rows, meta = list(answer.get("data") or []), answer.get("meta") or {}
        total, per_page = meta.get("totalCount"), meta.get("pageSize") or len(rows)
        last = total is not None and number * per_page >= total
        return Page(rows, None if last else number + 1, total)

    return Paged(fetch, 1, limit)
