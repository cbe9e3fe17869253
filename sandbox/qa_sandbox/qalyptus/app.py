"""The Qalyptus Cloud app."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers

from qa_sandbox.apidocs import add_examples
from qa_sandbox.auth import RequireCredentials, same_secret
from qa_sandbox.context import SandboxContext
from qa_sandbox.qalyptus.content import FilePress
from qa_sandbox.qalyptus.envelope import failure, install_error_handlers
from qa_sandbox.qalyptus.examples import examples
from qa_sandbox.qalyptus.routes import GROUPS
from qa_sandbox.qalyptus.routes.operation import add_routes
from qa_sandbox.qalyptus.routes.status import storage
from qa_sandbox.qalyptus.signing import STORAGE_PREFIX
from qa_sandbox.qalyptus.store import QalyptusStore

BASE_PATH = "/api/v1"
_SCHEME = HTTPBearer(auto_error=False)


def create_store(context: SandboxContext) -> QalyptusStore:
    """Seed the vendor's state."""
    return QalyptusStore(context)


def create_app(context: SandboxContext) -> FastAPI:
    """Build the app with a freshly seeded tenant."""
    app = FastAPI(
        title="Qalyptus Cloud API Documentation (beta)",
        version="v1",
        description="A local stand-in, written from the vendor's documentation; most paths are inferred.",
        redoc_url=None,
    )
    app.state.store = create_store(context)
    app.state.press = FilePress(context.settings)
    install_error_handlers(app, always_200=context.settings.qalyptus.errors_as_200)
    app.add_middleware(
        RequireCredentials,
        accepts=lambda headers: _has_key(headers, app.state.store),
        refuse=lambda: failure(401, "Unauthorized", "The API key is missing, unknown or expired."),
        open_prefixes=(STORAGE_PREFIX,),
    )
    for tag, operations in GROUPS.items():
        add_routes(app, BASE_PATH, tag, operations, dependencies=[Security(_SCHEME)])
    app.include_router(storage)
    add_examples(app, examples(app.state.store, BASE_PATH))
    return app


def airflow_connection(context: SandboxContext) -> dict[str, Any]:
    return {
        "conn_type": "qalyptus",
        "host": context.base_url + BASE_PATH,
        "password": context.api_key,
        "extra": {"report_id": context.make_id("report", 0), "task_id": context.make_id("task", 0)},
    }


def _has_key(headers: Headers, store: QalyptusStore) -> bool:
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    key = given.strip()
    return scheme.lower() == "bearer" and (same_secret(key, store.context.api_key) or store.api_keys.accepts(key))
