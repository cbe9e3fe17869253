"""The routes of permissions and ownership, which five groups share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends

from qa_sandbox.qalyptus.models.permissions import PermissionDto, PermissionsRequest
from qa_sandbox.qalyptus.routes.crud import Ids
from qa_sandbox.qalyptus.routes.operation import Endpoint, Id, Operation, Store, path_id

MemberPermissionId = Annotated[str, Depends(path_id("memberPermissionId"))]
OwnerId = Annotated[str, Depends(path_id("ownerId"))]


@dataclass(frozen=True)
class Titles:
    """Titles of the operations on permissions, which differ a little from group to group."""

    get: str = "Get permissions"
    set_one: str = "Set member permissions"
    delete_one: str = "Delete member permissions"
    delete_many: str = "Delete members permissions"


def permissions(path: str, titles: Titles) -> Iterator[Operation]:
    """Make the routes of permissions and ownership."""
    collection, every = path[1:], path + "/{id}/permissions"
    one = every + "/{memberPermissionId}"
    yield Operation("GET", every, titles.get, _get(collection))
    yield Operation("PUT", every, "Set permissions", _set(collection))
    yield Operation("GET", one, "Get member permissions", _get_one(collection))
    yield Operation("PUT", one, titles.set_one, _set_one(collection))
    yield Operation("DELETE", one, titles.delete_one, _delete_one(collection))
    yield Operation("POST", every + "/delete", titles.delete_many, _delete_many(collection))
    yield Operation("PUT", path + "/{id}/owner/{ownerId}", "Change owner", _change_owner(collection))


def _existing(store: Store, collection: str, object_id: str) -> str:
    return str(getattr(store, collection).get(object_id)["id"])


def _get(collection: str) -> Endpoint:
    async def get_permissions(store: Store, object_id: Id) -> Any:
        return store.permissions.views(_existing(store, collection, object_id))

    return get_permissions


def _set(collection: str) -> Endpoint:
    async def set_permissions(store: Store, object_id: Id, body: PermissionsRequest) -> Any:
        store.permissions.grant_all(_existing(store, collection, object_id), body.members, body.permissions)
        return store.permissions.views(object_id)

    return set_permissions


def _get_one(collection: str) -> Endpoint:
    async def get_member_permissions(store: Store, object_id: Id, part_id: MemberPermissionId) -> Any:
        held = store.permissions
        return held.view(held.get(_existing(store, collection, object_id), part_id))

    return get_member_permissions


def _set_one(collection: str) -> Endpoint:
    async def set_member_permissions(
        store: Store, object_id: Id, part_id: MemberPermissionId, body: PermissionDto
    ) -> Any:
        held = store.permissions.get(_existing(store, collection, object_id), part_id)
        held["permissions"] = body.model_dump()
        return store.permissions.view(held)

    return set_member_permissions


def _delete_one(collection: str) -> Endpoint:
    async def delete_member_permissions(store: Store, object_id: Id, part_id: MemberPermissionId) -> None:
        store.permissions.remove(_existing(store, collection, object_id), [part_id])

    return delete_member_permissions


def _delete_many(collection: str) -> Endpoint:
    async def delete_members_permissions(store: Store, object_id: Id, body: Ids) -> None:
        store.permissions.remove(_existing(store, collection, object_id), body)

    return delete_members_permissions


def _change_owner(collection: str) -> Endpoint:
    async def change_owner(store: Store, object_id: Id, owner_id: OwnerId) -> Any:
        return getattr(store, collection).change_owner(object_id, owner_id)

    return change_owner
