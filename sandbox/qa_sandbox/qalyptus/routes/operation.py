"""
What a route is: a line in a table. Handlers return the data; the envelope is put around it here.

Most routes do one thing to the store, so a line names what is called there: it takes the ids in the path, in order, and
the body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from inspect import Parameter, Signature, iscoroutinefunction
from operator import attrgetter
from typing import Annotated, Any, get_args
from uuid import UUID

from fastapi import Body, Depends, FastAPI, Path, Query
from starlette.responses import Response

from qa_sandbox.qalyptus import models
from qa_sandbox.qalyptus.envelope import RESPONSES, Success
from qa_sandbox.qalyptus.store import QalyptusStore
from qa_sandbox.web import BINARY, Responses, store_of

Endpoint = Callable[..., Coroutine[Any, Any, Any]]
Store = Annotated[QalyptusStore, Depends(store_of)]
Ids = list[models.Ref]
Model = type[models.Body]


@dataclass(frozen=True)
class Operation:
    """
    One route.

    :param path: path below the base path; most are inferred, the documentation prints none
    :param title: the title in the vendor's documentation, to the letter
    :param call: a method of one of the store's collections, such as ``filters.create``; a function that takes the store
        first; or a handler of its own, which is a coroutine. Returns the data of the envelope, or a whole response when
        ``file`` is set
    :param body: type of the body
    :param part: name of the query parameter with the id of what is changed; without it, something is added
    :param file: MIME type of an answer that is a file instead of the envelope
    :param request_body: OpenAPI of a request body that is not JSON
    """

    method: str
    path: str
    title: str
    call: str | Callable[..., Any]
    body: Any = None
    part: str | None = None
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
            _endpoint(operation),
            methods=[operation.method],
            summary=operation.title,
            tags=[tag],
            response_model=None,
            response_class=Success if operation.file is None else Response,
            responses=responses,
            openapi_extra={"requestBody": operation.request_body} if operation.request_body else None,
            **common,
        )


def _endpoint(operation: Operation) -> Endpoint:
    call = operation.call
    if iscoroutinefunction(call):
        return call
    names = re.findall(r"\{(\w+)\}", operation.path)
    taken = [Parameter(name, Parameter.KEYWORD_ONLY, annotation=_in_path(name)) for name in names]
    if operation.body is not None:
        body = Body(None) if type(None) in get_args(operation.body) else Body()
        taken.append(Parameter("body", Parameter.KEYWORD_ONLY, annotation=operation.body, default=body))
    if operation.part is not None:
        part = Query(None, alias=operation.part)
        taken.append(Parameter("part", Parameter.KEYWORD_ONLY, annotation=UUID | None, default=part))

    async def handler(**given: Any) -> Any:
        values = [given[one.name] for one in taken]
        return attrgetter(call)(given["store"])(*values) if isinstance(call, str) else call(given["store"], *values)

    store = Parameter("store", Parameter.KEYWORD_ONLY, annotation=Store)
    handler.__signature__ = Signature([store, *taken])  # type: ignore[attr-defined]
    return handler


@lru_cache(maxsize=32)
def _in_path(name: str) -> Any:
    if name == "value":
        return Annotated[bool, Path(description="Whether permissions are global")]
    if name == "outputFormat":
        return Annotated[str, Path(description="One of the report's outputFormats")]

    async def read(value: Any) -> str:
        return str(value)

    read.__annotations__["value"] = Annotated[UUID, Path(alias=name, description="Unique ID")]
    return Annotated[str, Depends(read)]


Id = Annotated[str, _in_path("id").__metadata__[0]]


def crud(
    path: str, noun: str, new: Model | None = None, changed: Model | None = None, **titles: str
) -> Iterator[Operation]:
    """
    Make the routes of a collection; those that make and change objects where there are bodies for it.

    :param path: of the collection; with underscores, the name of the collection in the store
    :param noun: what titles call an object; ``titles`` are those that the documentation words in another way, by
        ``create``, ``list``, ``update``, ``get``, ``delete`` and ``delete_many``, empty for what is not there
    """
    name, one = path[1:].replace("-", "_"), path + "/{id}"
    rows: tuple[tuple[str, str, str, str, str, Any], ...] = (
        ("create", "POST", path, f"Create {noun}", "create", new),
        ("list", "GET", path, f"Get {noun}s", "views", None),
        ("update", "PUT", one, f"Update {noun}", "update", changed),
        ("get", "GET", one, f"Get {noun}", "show", None),
        ("delete", "DELETE", one, f"Delete {noun}", "delete", None),
        ("delete_many", "POST", path + "/delete", f"Delete {noun}s", "remove", Ids),
    )
    left_out = {"create": new is None, "update": changed is None}
    for kind, method, where, usual, call, body in rows:
        if (title := titles.get(kind, usual)) and not left_out.get(kind):
            yield Operation(method, where, title, f"{name}.{call}", body)


def content(path: str, *, duplicate: str, by_project: str) -> Iterator[Operation]:
    """Make the routes that objects in projects have besides."""
    name = path[1:]
    yield Operation("POST", path + "/{id}/duplicate", duplicate, f"{name}.duplicate", models.Duplicate)
    yield Operation("GET", path + "/project/{id}", by_project, f"{name}.in_project")


def permissions(
    path: str,
    *,
    get: str = "Get permissions",
    set_one: str = "Set member permissions",
    delete_one: str = "Delete member permissions",
    delete_many: str = "Delete members permissions",
) -> Iterator[Operation]:
    """Make the routes of permissions and ownership; their titles differ a little from group to group."""
    name, every = path[1:], path + "/{id}/permissions"
    one = every + "/{memberPermissionId}"
    yield Operation("GET", every, get, f"{name}.permissions")
    yield Operation("PUT", every, "Set permissions", f"{name}.set_permissions", models.PermissionsRequest)
    yield Operation("GET", one, "Get member permissions", f"{name}.permissions_of")
    yield Operation("PUT", one, set_one, f"{name}.set_permissions_of", models.PermissionDto)
    yield Operation("DELETE", one, delete_one, f"{name}.remove_permissions_of")
    yield Operation("POST", every + "/delete", delete_many, f"{name}.remove_permissions", Ids)
    yield Operation("PUT", path + "/{id}/owner/{ownerId}", "Change owner", f"{name}.change_owner")
