"""Users, groups of users, and roles."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from qa_sandbox.monitorqa.errors import RESPONSES
from qa_sandbox.monitorqa.routes.common import EMPTY, Caller, Id
from qa_sandbox.monitorqa.wire import people as wire
from qa_sandbox.monitorqa.wire.base import Created, Ids, Ref

groups = APIRouter(prefix="/user-groups", tags=["User groups"], responses=RESPONSES)
users = APIRouter(prefix="/users", tags=["Users"], responses=RESPONSES)
roles = APIRouter(prefix="/roles", tags=["Roles"], responses=RESPONSES)


@groups.get("", summary="Get list of user groups")
async def list_user_groups(company: Caller) -> list[Ref]:
    return [Ref.model_validate(group) for group in company.people.groups]


@users.get("", summary="Get list of users")
async def list_users(company: Caller) -> list[wire.UserRow]:
    return [wire.UserRow.model_validate(user) for user in company.people.users]


@users.get("/{id}", summary="Get user details")
async def get_user(company: Caller, user_id: Id) -> wire.UserDetails:
    return wire.UserDetails.model_validate(company.people.users.get(user_id))


@users.post("", summary="Create user")
async def create_user(company: Caller, wanted: wire.CreateUser) -> Created:
    return Created(id=company.people.create_user(wanted).id)


@users.put("/{id}", summary="Update user", **EMPTY)
async def update_user(company: Caller, user_id: Id, wanted: wire.UpdateUser) -> Response:
    company.people.update_user(user_id, wanted)
    return Response()


@users.delete("", summary="Delete users", **EMPTY)
async def delete_users(company: Caller, wanted: Ids) -> Response:
    company.people.delete_users(wanted.ids)
    return Response()


@roles.get("", summary="Get Roles list")
async def list_roles(company: Caller) -> list[wire.RoleRow]:
    return [wire.RoleRow.model_validate(role) for role in company.people.roles]


@roles.get("/{id}", summary="Get Role Details")
async def get_role(company: Caller, role_id: Id) -> wire.RoleDetails:
    return wire.RoleDetails.model_validate(company.people.roles.get(role_id))


@roles.post("", summary="Create Role")
async def create_role(company: Caller, wanted: wire.RoleBody) -> Created:
    return Created(id=company.people.create_role(wanted).id)


@roles.put("/{id}", summary="Update Role", **EMPTY)
async def update_role(company: Caller, role_id: Id, wanted: wire.RoleBody) -> Response:
    company.people.update_role(role_id, wanted)
    return Response()


@roles.delete("", summary="Delete Roles", **EMPTY)
async def delete_roles(company: Caller, wanted: Ids) -> Response:
    company.people.delete_roles(wanted.ids)
    return Response()
