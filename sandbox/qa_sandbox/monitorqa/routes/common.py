"""What all routes share: whose key it is, ids in the path, paging."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from qa_sandbox.monitorqa.state.audit import Audit
from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.state.people import Group
from qa_sandbox.monitorqa.state.shelf import Shelf
from qa_sandbox.monitorqa.store import MonitorQAStore
from qa_sandbox.monitorqa.wire.base import Meta
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
Answer = TypeVar("Answer")

EMPTY: dict[str, Any] = {"response_class": Response, "response_description": "Empty response body"}


def page_of(rows: list[Row], number: int, size: int, view: Callable[[Row], Answer]) -> dict[str, Any]:
    """Cut one page out of a list; a page past the end is empty."""
    start = (number - 1) * size
    meta = Meta(page_number=number, page_size=size, total_count=len(rows))
    return {"data": [view(row) for row in rows[start : start + size]], "meta": meta}


def members(groups: Shelf[Group], group_id: str) -> frozenset[str]:
    """Return the member ids of a group; none for an unknown group."""
    group = groups.find(group_id)
    return group.member_ids if group else frozenset()


class AuditFilter:
    """The filters that both lists of audits share."""

    def __init__(
        self,
        company: Caller,
        template_id: Annotated[str | None, Query(alias="templateId")] = None,
        audit_object_id: Annotated[str | None, Query(alias="auditObjectId")] = None,
        audit_object_group_id: Annotated[str | None, Query(alias="auditObjectGroupId")] = None,
        assigned_to: Annotated[str | None, Query(alias="assignedTo")] = None,
        assigned_to_group: Annotated[str | None, Query(alias="assignedToGroup")] = None,
    ) -> None:
        self.checks: list[Callable[[Audit], bool]] = []
        if template_id is not None:
            self.checks.append(lambda audit: audit.template_id == template_id)
        if audit_object_id is not None:
            self.checks.append(lambda audit: audit.object_id == audit_object_id)
        if audit_object_group_id is not None:
            sites = members(company.objects.groups, audit_object_group_id)
            self.checks.append(lambda audit: audit.object_id in sites)
        if assigned_to is not None:
            self.checks.append(lambda audit: assigned_to in audit.assignee_ids)
        if assigned_to_group is not None:
            users = members(company.people.groups, assigned_to_group)
            self.checks.append(lambda audit: not users.isdisjoint(audit.assignee_ids))

    def accepts(self, audit: Audit) -> bool:
        """Whether an audit passes every filter."""
        return all(check(audit) for check in self.checks)
