"""The shape that most groups repeat: create, list, update, get, delete, delete several."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Annotated, Any

from fastapi import Body as JsonBody

from qa_sandbox.qalyptus.models.base import Body, Duplicate, Ref
from qa_sandbox.qalyptus.routes.operation import Endpoint, Id, Operation, Store, taking

Ids = Annotated[list[Ref], JsonBody()]


def crud(
    path: str,
    *,
    list_all: str,
    get: str,
    delete: str,
    create: tuple[str, type[Body]] | None = None,
    update: tuple[str, type[Body]] | None = None,
    delete_many: str | None = None,
) -> Iterator[Operation]:
    """
    Make the routes of a collection. Every text is the title of an operation.

    :param path: of the collection; with underscores, the name of the collection in the store
    """
    collection, one = path[1:].replace("-", "_"), path + "/{id}"
    if create:
        yield Operation("POST", path, create[0], _create(collection, create[1]))
    yield Operation("GET", path, list_all, _list(collection))
    if update:
        yield Operation("PUT", one, update[0], _update(collection, update[1]))
    yield Operation("GET", one, get, _get(collection))
    yield Operation("DELETE", one, delete, _delete(collection))
    if delete_many:
        yield Operation("POST", path + "/delete", delete_many, _delete_many(collection))


def content(path: str, *, duplicate: str, by_project: str) -> Iterator[Operation]:
    """Make the routes that objects in projects have besides."""
    collection = attrgetter(path[1:])

    async def copy(store: Store, object_id: Id, body: Duplicate) -> Any:
        return collection(store).duplicate(object_id, body)

    async def in_project(store: Store, project_id: Id) -> Any:
        return collection(store).in_project(project_id)

    yield Operation("POST", path + "/{id}/duplicate", duplicate, copy)
    yield Operation("GET", path + "/project/{id}", by_project, in_project)


def _create(collection: str, model: type[Body]) -> Endpoint:
    async def create(store: Store, body: Any) -> Any:
        return getattr(store, collection).create(body)

    return taking(model, create)


def _list(collection: str) -> Endpoint:
    async def list_all(store: Store) -> Any:
        return getattr(store, collection).views()

    return list_all


def _update(collection: str, model: type[Body]) -> Endpoint:
    async def update(store: Store, object_id: Id, body: Any) -> Any:
        return getattr(store, collection).update(object_id, body)

    return taking(model, update)


def _get(collection: str) -> Endpoint:
    async def get(store: Store, object_id: Id) -> Any:
        objects = getattr(store, collection)
        return objects.view(objects.get(object_id))

    return get


def _delete(collection: str) -> Endpoint:
    async def delete(store: Store, object_id: Id) -> None:
        getattr(store, collection).remove([object_id])

    return delete


def _delete_many(collection: str) -> Endpoint:
    async def delete_many(store: Store, body: Ids) -> None:
        getattr(store, collection).remove(body)

    return delete_many
