"""What a route is: a line in a table. Handlers return the data; the envelope is put around it here."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Body, Depends, FastAPI, Path, Request
from starlette.responses import Response

from qa_sandbox.qalyptus.envelope import RESPONSES, Success
from qa_sandbox.qalyptus.store import QalyptusStore

Endpoint = Callable[..., Coroutine[Any, Any, Any]]
EndpointT = TypeVar("EndpointT", bound=Endpoint)


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
        responses: dict[int | str, dict[str, Any]] = dict(RESPONSES)
        if operation.file is not None:
            schema = {"type": "string", **({} if operation.file.startswith("text/") else {"format": "binary"})}
            responses[200] = {"description": "The file", "content": {operation.file: {"schema": schema}}}
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


def taking(model: Any, endpoint: EndpointT) -> EndpointT:
    """Say which body a handler takes, where one handler serves several groups."""
    endpoint.__annotations__["body"] = Annotated[model, Body()]
    return endpoint


async def _store(request: Request) -> QalyptusStore:
    store: QalyptusStore = request.app.state.store
    return store


def path_id(name: str) -> Endpoint:
    """Make the dependency that reads a UUID in the path."""

    async def read(value: Any) -> str:
        return str(value)

    read.__annotations__["value"] = Annotated[UUID, Path(alias=name, description="Unique ID")]
    return read


Store = Annotated[QalyptusStore, Depends(_store)]
Id = Annotated[str, Depends(path_id("id"))]
