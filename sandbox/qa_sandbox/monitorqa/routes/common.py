"""What all routes share: whose key it is, ids in the path, paging."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from qa_sandbox.monitorqa.errors import RESPONSES
from qa_sandbox.monitorqa.state.base import Shelf
from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.state.people import Group
from qa_sandbox.monitorqa.store import MonitorQAStore
from qa_sandbox.monitorqa.wire.base import Created, Ids, Meta, Page
from qa_sandbox.web import Refused, store_of

KEY_HEADER = "X-API-KEY"
WRONG_KEY = Refused(401, f"Missing or invalid {KEY_HEADER} header")


Store = Annotated[MonitorQAStore, Depends(store_of)]


async def _company(request: Request, store: Store) -> Company:
    company = store.company_of(request.headers.get(KEY_HEADER, ""))
    if company is None:
        raise WRONG_KEY
    store.settle()
    return company


Caller = Annotated[Company, Depends(_company)]
Id = Annotated[str, Path(alias="id", description="Unique identifier")]
Row = TypeVar("Row")
View = Callable[[Company, Any], Any]


@dataclass(frozen=True)
class Paging:
    """The page of a list that was asked for."""

    number: int
    size: int

    def cut(self, rows: list[Row], view: Callable[[Row], Any]) -> Page[Any]:
        """Cut the page out of a list; one past the end is empty."""
        start = (self.number - 1) * self.size
        meta = Meta(page_number=self.number, page_size=self.size, total_count=len(rows))
        return Page(data=[view(row) for row in rows[start : start + self.size]], meta=meta)


def _paging(default: int) -> Callable[..., Any]:
    async def paging(
        page_number: Annotated[int, Query(alias="pageNumber", ge=1)] = 1,
        page_size: Annotated[int, Query(alias="pageSize", ge=1)] = default,
    ) -> Paging:
        return Paging(page_number, page_size)

    return paging


Paged = Annotated[Paging, Depends(_paging(100))]
# Schedules and score systems have a documented default of their own.
ShortlyPaged = Annotated[Paging, Depends(_paging(10))]
EMPTY: dict[str, Any] = {"response_class": Response, "response_description": "Empty response body"}


class Resource:
    """
    Routes that do one thing each to a part of the company; their functions take that part, then the id in the path,
    then the body.

    :param part: name of the part
    :param shelf: name of the records in it that are listed and shown
    :param one: what the id in the path is called
    """

    def __init__(self, tag: str, prefix: str, part: str, shelf: str = "all", one: Any = Id) -> None:
        self.router = APIRouter(prefix=prefix, tags=[tag], responses=RESPONSES)
        self._of, self._shelf, self._id = attrgetter(part), attrgetter(f"{part}.{shelf}"), one

    def list(self, path: str, title: str, row: Any) -> None:
        async def list_all(company: Caller) -> Any:
            return [row.model_validate(one) for one in self._shelf(company)]

        self.router.get(path, summary=title, response_model=list[row])(list_all)

    def get(self, path: str, title: str, answer: Any, view: View | None = None) -> None:
        """Add a route that shows a record as it is, or as a view of the company has it."""
        view = view or (lambda company, record: answer.model_validate(record))

        async def get_one(company: Caller, one: str) -> Any:
            return view(company, self._shelf(company).get(one))

        get_one.__annotations__["one"] = self._id
        self.router.get(path, summary=title, response_model=answer)(get_one)

    def create(self, path: str, title: str, body: Any, call: Callable[[Any, Any], Any]) -> None:
        async def create(company: Caller, wanted: Any) -> Any:
            return Created.model_validate(call(self._of(company), wanted))

        create.__annotations__["wanted"] = body
        self.router.post(path, summary=title, response_model=Created)(create)

    def change(self, method: str, path: str, title: str, body: Any, call: Callable[[Any, str, Any], Any]) -> None:
        async def change(company: Caller, one: str, wanted: Any) -> Response:
            call(self._of(company), one, wanted)
            return Response()

        change.__annotations__.update(one=self._id, wanted=body)
        self.router.api_route(path, methods=[method], summary=title, **EMPTY)(change)

    def change_all(self, method: str, path: str, title: str, call: Callable[[Any, Any], Any]) -> None:
        """Add a route whose body names what it changes or deletes."""

        @self.router.api_route(path, methods=[method], summary=title, **EMPTY)
        async def change_all(company: Caller, wanted: Ids) -> Response:
            call(self._of(company), wanted.ids)
            return Response()


def members(groups: Shelf[Group], group_id: str | None) -> frozenset[str] | None:
    """Return the ids of a group's members; none for an unknown group, None where no group was asked for."""
    if group_id is None:
        return None
    group = groups.find(group_id)
    return group.member_ids if group else frozenset()
