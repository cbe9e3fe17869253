"""What every vendor's app is made of: store, errors, credentials, routes, an OpenAPI with examples that work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from inspect import Parameter, Signature, isawaitable, signature
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from qa_sandbox.auth import RequireCredentials
from qa_sandbox.context import SandboxContext
from qa_sandbox.outcomes import Outcome

Examples = Mapping[tuple[str, str], Mapping[str, Any]]
Responses = dict[int | str, dict[str, Any]]
BINARY = {"schema": {"type": "string", "format": "binary"}}


class Refused(Exception):
    """An error answer; vendors differ in what ``details`` are."""

    def __init__(self, status: int, message: str, details: Any = None) -> None:
        super().__init__(message)
        self.status, self.message, self.details = status, message, details


class Store:
    def __init__(self, context: SandboxContext) -> None:
        self.context = context

    @property
    def now(self) -> datetime:
        return self.context.clock.now()

    def snapshot(self) -> dict[str, Any]:
        """Describe every object for the control API."""
        raise NotImplementedError

    def script(self, object_id: str, outcome: Outcome) -> bool:
        """Decide how an object that exists will end; say whether there is such an object."""
        return False


async def store_of(request: Request) -> Any:
    return request.app.state.store


def _add_examples(base_path: str, schema: dict[str, Any], examples: Examples) -> None:
    """Show values that work, so that "Try it out" and fuzzers meet real objects."""
    for (method, path), values in examples.items():
        operation = schema["paths"][base_path + path][method]
        for parameter in operation.get("parameters", ()):
            if parameter["name"] in values:
                parameter["example"] = values[parameter["name"]]
        if "body" in values:
            operation["requestBody"]["content"]["application/json"]["example"] = values["body"]


async def _as_refused(request: Request, error: HTTPException) -> Refused:
    return Refused(error.status_code, str(error.detail))


@dataclass(frozen=True)
class Vendor:
    """
    All that one vendor's app needs.

    :param store: seeds a new account
    :param extras: what an Airflow connection to the app holds besides conn_type, host and credentials
    :param credentials: of that connection
    :param base_path: below which the API is served; the paths of the examples are below it
    :param mount: adds the routes; sandboxes of a process share them, so they know an account from the request alone
    :param variant: what of a sandbox's settings the routes depend on, and ``mount`` is given
    :param answer: builds the answer to an error
    :param invalid: turns what pydantic found wrong with a request into the error
    :param lost: turns an error of the framework, such as a path that does not exist, into the vendor's
    :param accepts: says whether headers carry valid credentials; None where the routes check that
    :param unauthorized: the error when they do not
    :param open_paths: regular expression of whole paths that need no credentials
    :param examples: method in lower case and path -> parameter name, or ``body``, -> a value that works; or whatever
        ``describe`` takes
    :param describe: completes the published OpenAPI with the examples, where they are others
    """

    title: str
    version: str
    store: Callable[[SandboxContext], Any]
    extras: Callable[[SandboxContext], dict[str, Any]]
    mount: Callable[[FastAPI, Any], None]
    answer: Callable[[SandboxContext, Refused], Response]
    invalid: Callable[[list[Any]], Refused]
    description: str = "A local stand-in, written from the vendor's documentation."
    lost: Callable[[Request, HTTPException], Awaitable[Refused]] = _as_refused
    accepts: Callable[[Headers, Any], bool] | None = None
    unauthorized: Refused | None = None
    open_paths: str | None = None
    examples: Callable[[Any], Any] | None = None
    describe: Callable[[dict[str, Any], Any], None] | None = None
    variant: Callable[[SandboxContext], Hashable] = lambda context: None
    redirect_slashes: bool = True
    base_path: str = ""
    credentials: Callable[[SandboxContext], dict[str, str]] = lambda context: {"password": context.api_key}

    def connection(self, context: SandboxContext) -> dict[str, Any]:
        """Describe an Airflow connection to the app."""
        host = context.base_url + self.base_path
        return {"conn_type": context.vendor, "host": host, **self.credentials(context), "extra": self.extras(context)}


def create_app(vendor: Vendor, context: SandboxContext) -> FastAPI:
    """Build a vendor's app with a freshly seeded account in ``app.state.store``."""
    app = FastAPI(
        title=vendor.title,
        version=vendor.version,
        description=vendor.description,
        redoc_url=None,
        redirect_slashes=vendor.redirect_slashes,
    )
    app.state.store = vendor.store(context)
    app.state.press = context.press
    _answer_errors(app, vendor, context)
    accepts, unauthorized = vendor.accepts, vendor.unauthorized
    if accepts is not None and unauthorized is not None:
        app.add_middleware(
            RequireCredentials,
            accepts=lambda headers: accepts(headers, app.state.store),
            refuse=lambda: vendor.answer(context, unauthorized),
            open_paths=vendor.open_paths,
        )
    app.router.routes.extend(_routes(vendor.mount, vendor.variant(context)))
    if vendor.examples is not None:
        examples = vendor.examples(app.state.store)
        describe = vendor.describe or partial(_add_examples, vendor.base_path)
        _adjust_openapi(app, lambda schema: describe(schema, examples))
    return app


@lru_cache(maxsize=32)
def _routes(mount: Callable[[FastAPI, Any], None], variant: Hashable) -> tuple[BaseRoute, ...]:
    """Make the routes of a vendor: once per process, since FastAPI takes a good part of a second for them."""
    app = FastAPI(openapi_url=None)
    mount(app, variant)
    return tuple(app.routes)


def _answer_errors(app: FastAPI, vendor: Vendor, context: SandboxContext) -> None:
    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return vendor.answer(context, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return vendor.answer(context, vendor.invalid(list(error.errors())))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        response = vendor.answer(context, await vendor.lost(request, error))
        response.headers.update(error.headers or {})
        if error.status_code == 405:
            response.headers["allow"] = _allowed_methods(app, request.scope)
        return response


def _allowed_methods(app: FastAPI, scope: Scope) -> str:
    """List every method of the path that was asked for; Starlette lists only those of one route."""
    routes = [route for route in app.routes if isinstance(route, Route)]
    template = next((route.path for route in routes if route.path_regex.match(scope["path"])), None)
    methods = {method for route in routes if route.path == template for method in route.methods or ()}
    return ", ".join(sorted(methods))


def _adjust_openapi(app: FastAPI, adjust: Callable[[dict[str, Any]], None]) -> None:
    """Change the published OpenAPI when it is first asked for."""
    plain: Callable[[], dict[str, Any]] = app.openapi

    def adjusted() -> dict[str, Any]:
        if app.openapi_schema is None:
            adjust(plain())
        return app.openapi_schema or {}

    app.openapi = adjusted  # type: ignore[method-assign]


def clean(text: str) -> str:
    """Replace what no answer could carry: half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


def asked(kind: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """Make a dependency of a dataclass, whose fields say what the request holds; a coroutine, so no thread is taken."""

    async def read(**given: Any) -> Any:
        return kind(**given)

    read.__signature__ = signature(kind, eval_str=True)  # type: ignore[attr-defined]
    return read


def injected(
    call: Callable[..., Any],
    known: Mapping[str, Any],
    then: Callable[[Any, dict[str, Any]], Any] = lambda result, given: result,
    more: Iterable[str] = (),
) -> Callable[..., Awaitable[Any]]:
    """
    Make a function, plain or async, a handler: its parameter names say what it is given, annotated as ``known`` has
    it.

    :param then: makes the answer of what the function returns and of all that is given
    :param more: what ``then`` is given besides
    """
    own = signature(call).parameters

    async def handler(**given: Any) -> Any:
        result = call(**{name: given[name] for name in own})
        return then(await result if isawaitable(result) else result, given)

    names = dict.fromkeys((*own, *more))
    defaults = {name: own[name].default if name in own else Parameter.empty for name in names}
    handler.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(name, Parameter.KEYWORD_ONLY, default=defaults[name], annotation=known[name]) for name in names]
    )
    return handler
