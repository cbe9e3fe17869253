"""Corrective actions."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import Response

from qa_sandbox.monitorqa.routes.common import EMPTY, Caller, Id, Paged, Resource, members
from qa_sandbox.monitorqa.state.actions import Action, Actions, Status
from qa_sandbox.monitorqa.wire import actions as wire
from qa_sandbox.monitorqa.wire.base import Page, WireDate

actions = Resource("Corrective Actions", "/corrective-actions", "actions")


async def _chosen(
    company: Caller,
    audit_id: Annotated[str | None, Query(alias="auditId")] = None,
    template_id: Annotated[str | None, Query(alias="templateId")] = None,
    audit_object_id: Annotated[str | None, Query(alias="auditObjectId")] = None,
    assigned_to_id: Annotated[str | None, Query(alias="assignedToId")] = None,
    assigned_to_group_id: Annotated[str | None, Query(alias="assignedToGroupId")] = None,
) -> list[Action]:
    users = members(company.people.groups, assigned_to_group_id)
    return [
        action
        for action in company.actions.all
        if audit_id in (None, action.audit.id)
        and template_id in (None, action.audit.template.id)
        and audit_object_id in (None, action.audit.audit_object.id)
        and (assigned_to_id is None or any(user.id == assigned_to_id for user in action.assignees))
        and (users is None or any(user.id in users for user in action.assignees))
    ]


Chosen = Annotated[list[Action], Depends(_chosen)]


async def _chosen_by_due_date(
    chosen: Chosen,
    from_date: Annotated[WireDate | None, Query(alias="fromDate", description="Due date from")] = None,
    to_date: Annotated[WireDate | None, Query(alias="toDate", description="Due date to")] = None,
) -> list[Action]:
    return [
        action
        for action in chosen
        if (from_date is None or action.due_at >= from_date) and (to_date is None or action.due_at <= to_date)
    ]


ChosenByDueDate = Annotated[list[Action], Depends(_chosen_by_due_date)]


@actions.router.get("/pending", summary="Get pending corrective actions list")
async def list_pending(company: Caller, chosen: Chosen, paging: Paged) -> Page[wire.ActionRow]:
    found = [action for action in chosen if action.is_unfinished]
    return paging.cut(found, lambda action: wire.pending_row(company, action))


@actions.router.get("/expired", summary="Get expired corrective actions list")
async def list_expired(company: Caller, chosen: ChosenByDueDate, paging: Paged) -> Page[wire.ExpiredAction]:
    found = [action for action in chosen if action.status is Status.EXPIRED]
    return paging.cut(found, lambda action: wire.expired_row(company, action))


@actions.router.get("/completed", summary="Get completed corrective actions list")
async def list_completed(
    company: Caller,
    chosen: ChosenByDueDate,
    paging: Paged,
    approved_by_id: Annotated[str | None, Query(alias="approvedById")] = None,
) -> Page[wire.CompletedAction]:
    found = [
        action
        for action in chosen
        if action.status is Status.APPROVED
        and (approved_by_id is None or (action.decided_by is not None and action.decided_by.id == approved_by_id))
    ]
    return paging.cut(found, lambda action: wire.completed_row(company, action))


actions.get("/{id}", "Get corrective action details", wire.ActionDetails, wire.details)
actions.change("PUT", "/{id}", "Update corrective action details", wire.UpdateAction, Actions.update)


@actions.router.delete("/{id}", summary="Delete corrective action", **EMPTY)
async def delete_action(company: Caller, action_id: Id) -> Response:
    company.actions.delete(company.actions.all.get(action_id))
    return Response()
