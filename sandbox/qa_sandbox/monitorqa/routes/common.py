"""What all routes share: whose key it is, ids in the path, paging."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from qa_sandbox.monitorqa.state.base import Shelf
from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.state.people import Group
from qa_sandbox.monitorqa.store import MonitorQAStore
from qa_sandbox.monitorqa.wire.base import Meta, Page
from qa_sandbox.web import Refused, store_of

KEY_HEADER = "X-API-KEY"
WRONG_KEY = Refused(401, f"Missing or invalid {KEY_HEADER} header")
DEFAULT_PAGE = 100
# Schedules and score systems have a documented default of their own.
SHORT_PAGE = 10


Store = Annotated[MonitorQAStore, Depends(store_of)]


async def _company(request: Request, store: Store) -> Company:
    company = store.company_of(request.headers.get(KEY_HEADER, ""))
    if company is None:
        raise WRONG_KEY
    store.settle()
    return company


Caller = Annotated[Company, Depends(_company)]
Id = Annotated[str, Path(alias="id", description="Unique identifier")]
PageNumber = Annotated[int, Query(alias="pageNumber", ge=1)]
PageSize = Annotated[int, Query(alias="pageSize", ge=1)]
Row = TypeVar("Row")

EMPTY: dict[str, Any] = {"response_class": Response, "response_description": "Empty response body"}


def page_of(rows: list[Row], number: int, size: int, view: Callable[[Row], Any]) -> Page[Any]:
    """Cut one page out of a list; a page past the end is empty."""
    start = (number - 1) * size
    meta = Meta(page_number=number, page_size=size, total_count=len(rows))
    return Page(data=[view(row) for row in rows[start : start + size]], meta=meta)


def members(groups: Shelf[Group], group_id: str | None) -> frozenset[str] | None:
    """Return the ids of a group's members; none for an unknown group, None where no group was asked for."""
    if group_id is None:
        return None
    group = groups.find(group_id)
    return group.member_ids if group else frozenset()
