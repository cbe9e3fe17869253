"""
What a route is: a line in a table. Handlers return the data; the envelope is put around it here.

Most handlers do one thing to the store, so they are made of a function of the store, what the path names, and the body.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Depends, FastAPI, Path
from starlette.responses import Response

from qa_sandbox.qalyptus import models
from qa_sandbox.qalyptus.envelope import RESPONSES, Success
from qa_sandbox.qalyptus.state.collection import Collection
from qa_sandbox.qalyptus.state.owned import ContentCollection, OwnedCollection
from qa_sandbox.qalyptus.store import QalyptusStore
from qa_sandbox.web import BINARY, Responses, store_of

Endpoint = Callable[..., Coroutine[Any, Any, Any]]
Store = Annotated[QalyptusStore, Depends(store_of)]
Ids = list[models.Ref]


@dataclass(frozen=True)
class Operation:
    """
    One route.

    :param path: path below the base path; most are inferred, the documentation prints none
    :param title: the title in the vendor's documentation, to the letter
    :param endpoint: handler; returns the data of the envelope, or a whole response when ``file`` is set
    :param file: MIME type of an answer that is a file instead of the envelope
    :param request_body: OpenAPI of a request body that is not JSON
    """

    method: str
    path: str
    title: str
    endpoint: Endpoint
    file: str | None = None
    request_body: Mapping[str, Any] | None = None


def add_routes(app: FastAPI, prefix: str, tag: str, operations: Iterable[Operation], **common: Any) -> None:
    """Add the routes of a group; those without parameters win over those with."""
    for operation in sorted(operations, key=lambda item: item.path.count("{")):
        responses: Responses = dict(RESPONSES)
        if operation.file is not None:
            content = {"schema": {"type": "string"}} if operation.file.startswith("text/") else BINARY
            responses[200] = {"description": "The file", "content": {operation.file: content}}
        app.add_api_route(
            prefix + operation.path,
            operation.endpoint,
            methods=[operation.method],
            summary=operation.title,
            tags=[tag],
            response_model=None,
            response_class=Success if operation.file is None else Response,
            responses=responses,
            openapi_extra={"requestBody": operation.request_body} if operation.request_body else None,
            **common,
        )


def path_id(name: str) -> Endpoint:
    async def read(value: Any) -> str:
        return str(value)

    read.__annotations__["value"] = Annotated[UUID, Path(alias=name, description="Unique ID")]
    return read


Id = Annotated[str, Depends(path_id("id"))]
MemberPermissionId = Annotated[str, Depends(path_id("memberPermissionId"))]
OwnerId = Annotated[str, Depends(path_id("ownerId"))]


def sent(model: Any) -> Any:
    return Annotated[model, Body()]


def calling(call: Callable[..., Any], **parameters: Any) -> Endpoint:
    """Make a handler that calls a function with the store and what the request holds: name -> annotation."""

    async def handler(**given: Any) -> Any:
        return call(*(given[name] for name in ("store", *parameters)))

    taken = {"store": Store, **parameters}.items()
    handler.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in taken]
    )
    return handler


def crud(
    path: str,
    *,
    list_all: str,
    get: str,
    delete: str,
    create: tuple[str, type[models.Body]] | None = None,
    update: tuple[str, type[models.Body]] | None = None,
    delete_many: str | None = None,
) -> Iterator[Operation]:
    """
    Make the routes of a collection: titles, and the bodies of creation and change.

    :param path: of the collection; with underscores, the name of the collection in the store
    """
    name, one = path[1:].replace("-", "_"), path + "/{id}"

    def objects(store: QalyptusStore) -> Collection:
        collection: Collection = getattr(store, name)
        return collection

    if create:
        endpoint = calling(lambda store, body: objects(store).create(body), body=sent(create[1]))
        yield Operation("POST", path, create[0], endpoint)
    yield Operation("GET", path, list_all, calling(lambda store: objects(store).views()))
    if update:
        endpoint = calling(lambda store, one, body: objects(store).update(one, body), one=Id, body=sent(update[1]))
        yield Operation("PUT", one, update[0], endpoint)
    yield Operation("GET", one, get, calling(lambda store, one: objects(store).show(one), one=Id))
    yield Operation("DELETE", one, delete, calling(lambda store, one: objects(store).remove([one]), one=Id))
    if delete_many:
        endpoint = calling(lambda store, body: objects(store).remove(body), body=sent(Ids))
        yield Operation("POST", path + "/delete", delete_many, endpoint)


def content(path: str, *, duplicate: str, by_project: str) -> Iterator[Operation]:
    """Make the routes that objects in projects have besides."""

    def objects(store: QalyptusStore) -> ContentCollection:
        collection: ContentCollection = getattr(store, path[1:])
        return collection

    copy = calling(lambda store, one, body: objects(store).duplicate(one, body), one=Id, body=sent(models.Duplicate))
    yield Operation("POST", path + "/{id}/duplicate", duplicate, copy)
    in_project = calling(lambda store, one: objects(store).in_project(one), one=Id)
    yield Operation("GET", path + "/project/{id}", by_project, in_project)


def permissions(
    path: str,
    *,
    get: str = "Get permissions",
    set_one: str = "Set member permissions",
    delete_one: str = "Delete member permissions",
    delete_many: str = "Delete members permissions",
) -> Iterator[Operation]:
    """Make the routes of permissions and ownership; their titles differ a little from group to group."""
    every = path + "/{id}/permissions"
    one = every + "/{memberPermissionId}"
    member = {"object_id": Id, "part_id": MemberPermissionId}

    def objects(store: QalyptusStore) -> OwnedCollection:
        collection: OwnedCollection = getattr(store, path[1:])
        return collection

    def existing(store: QalyptusStore, object_id: str) -> str:
        return str(objects(store).get(object_id)["id"])

    def get_all(store: QalyptusStore, object_id: str) -> Any:
        return store.permissions.views(existing(store, object_id))

    def set_all(store: QalyptusStore, object_id: str, body: models.PermissionsRequest) -> Any:
        store.permissions.grant_all(existing(store, object_id), body.members, body.permissions)
        return store.permissions.views(object_id)

    def get_member(store: QalyptusStore, object_id: str, part_id: str) -> Any:
        return store.permissions.show(existing(store, object_id), part_id)

    def set_member(store: QalyptusStore, object_id: str, part_id: str, body: models.Body) -> Any:
        store.permissions.get(existing(store, object_id), part_id)["permissions"] = body.model_dump()
        return store.permissions.show(object_id, part_id)

    def remove(store: QalyptusStore, object_id: str, part_ids: list[str]) -> None:
        store.permissions.remove(existing(store, object_id), part_ids)

    replaced = calling(set_all, object_id=Id, body=sent(models.PermissionsRequest))
    yield Operation("GET", every, get, calling(get_all, object_id=Id))
    yield Operation("PUT", every, "Set permissions", replaced)
    yield Operation("GET", one, "Get member permissions", calling(get_member, **member))
    yield Operation("PUT", one, set_one, calling(set_member, **member, body=sent(models.PermissionDto)))
    yield Operation("DELETE", one, delete_one, calling(lambda s, o, part: remove(s, o, [part]), **member))
    yield Operation("POST", every + "/delete", delete_many, calling(remove, object_id=Id, body=sent(Ids)))
    change_owner = calling(lambda store, o, owner: objects(store).change_owner(o, owner), object_id=Id, owner=OwnerId)
    yield Operation("PUT", path + "/{id}/owner/{ownerId}", "Change owner", change_owner)
