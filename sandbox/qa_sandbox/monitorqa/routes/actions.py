"""Corrective actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from qa_sandbox.monitorqa.errors import RESPONSES
from qa_sandbox.monitorqa.routes.common import (
    DEFAULT_PAGE,
    EMPTY,
    Caller,
    Id,
    PageNumber,
    PageSize,
    members,
    page_of,
)
from qa_sandbox.monitorqa.state.action import UNFINISHED, Action, Status
from qa_sandbox.monitorqa.views import actions as views
from qa_sandbox.monitorqa.wire import actions as wire
from qa_sandbox.monitorqa.wire.base import WireDate

router = APIRouter(prefix="/corrective-actions", tags=["Corrective Actions"], responses=RESPONSES)


class ActionFilter:
    """The filters that all lists share."""

    def __init__(
        self,
        company: Caller,
        audit_id: Annotated[str | None, Query(alias="auditId")] = None,
        template_id: Annotated[str | None, Query(alias="templateId")] = None,
        audit_object_id: Annotated[str | None, Query(alias="auditObjectId")] = None,
        assigned_to_id: Annotated[str | None, Query(alias="assignedToId")] = None,
        assigned_to_group_id: Annotated[str | None, Query(alias="assignedToGroupId")] = None,
    ) -> None:
        audits = company.audits.all
        self._actions = company.actions.all
        self._checks: list[Callable[[Action], bool]] = []
        if audit_id is not None:
            self._checks.append(lambda action: action.audit_id == audit_id)
        if template_id is not None:
            self._checks.append(lambda action: audits.named(action.audit_id).template_id == template_id)
        if audit_object_id is not None:
            self._checks.append(lambda action: audits.named(action.audit_id).object_id == audit_object_id)
        if assigned_to_id is not None:
            self._checks.append(lambda action: assigned_to_id in action.assignee_ids)
        if assigned_to_group_id is not None:
            users = members(company.people.groups, assigned_to_group_id)
            self._checks.append(lambda action: not users.isdisjoint(action.assignee_ids))

    def within(self, statuses: Iterable[Status]) -> list[Action]:
        """Return the actions that pass every filter."""
        chosen = frozenset(statuses)
        return [action for action in self._actions if action.status in chosen and all(c(action) for c in self._checks)]


class DueFilter(ActionFilter):
    """The filters of the lists of actions that are over."""

    def __init__(
        self,
        shared: Annotated[ActionFilter, Depends()],
        from_date: Annotated[WireDate | None, Query(alias="fromDate", description="Due date from")] = None,
        to_date: Annotated[WireDate | None, Query(alias="toDate", description="Due date to")] = None,
    ) -> None:
        self._actions, self._checks = shared._actions, list(shared._checks)
        if from_date is not None:
            self._checks.append(lambda action: action.due_at >= from_date)
        if to_date is not None:
            self._checks.append(lambda action: action.due_at <= to_date)


@router.get("/pending", summary="Get pending corrective actions list")
async def list_pending(
    company: Caller,
    chosen: Annotated[ActionFilter, Depends()],
    page_number: PageNumber = 1,
    page_size: PageSize = DEFAULT_PAGE,
) -> wire.PendingActions:
    found = chosen.within(UNFINISHED)
    page = page_of(found, page_number, page_size, lambda action: views.pending_row(company, action))
    return wire.PendingActions.model_validate(page)


@router.get("/expired", summary="Get expired corrective actions list")
async def list_expired(
    company: Caller,
    chosen: Annotated[DueFilter, Depends()],
    page_number: PageNumber = 1,
    page_size: PageSize = DEFAULT_PAGE,
) -> wire.ExpiredActions:
    found = chosen.within([Status.EXPIRED])
    page = page_of(found, page_number, page_size, lambda action: views.expired_row(company, action))
    return wire.ExpiredActions.model_validate(page)


@router.get("/completed", summary="Get completed corrective actions list")
async def list_completed(
    company: Caller,
    chosen: Annotated[DueFilter, Depends()],
    approved_by_id: Annotated[str | None, Query(alias="approvedById")] = None,
    page_number: PageNumber = 1,
    page_size: PageSize = DEFAULT_PAGE,
) -> wire.CompletedActions:
    found = [one for one in chosen.within([Status.APPROVED]) if approved_by_id in (None, one.decided_by)]
    page = page_of(found, page_number, page_size, lambda action: views.completed_row(company, action))
    return wire.CompletedActions.model_validate(page)


@router.get("/{id}", summary="Get corrective action details")
async def get_action(company: Caller, action_id: Id) -> wire.ActionDetails:
    return views.details(company, company.actions.all.get(action_id))


@router.put("/{id}", summary="Update corrective action details", **EMPTY)
async def update_action(company: Caller, action_id: Id, wanted: wire.UpdateAction) -> Response:
    company.actions.update(action_id, wanted, company.founder.id)
    return Response()


@router.delete("/{id}", summary="Delete corrective action", **EMPTY)
async def delete_action(company: Caller, action_id: Id) -> Response:
    company.actions.delete(company.actions.all.get(action_id))
    return Response()
