"""The MonitorQA app."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Security
from fastapi.security import APIKeyHeader

from qa_sandbox.apidocs import add_examples
from qa_sandbox.auth import RequireCredentials
from qa_sandbox.context import SandboxContext
from qa_sandbox.files.press import Press
from qa_sandbox.monitorqa.errors import error_response, install_error_handlers
from qa_sandbox.monitorqa.examples import examples_of
from qa_sandbox.monitorqa.routes import (
    actions,
    audits,
    company,
    files,
    objects,
    people,
    schedules,
    templates,
)
from qa_sandbox.monitorqa.routes.common import KEY_HEADER
from qa_sandbox.monitorqa.store import MonitorQAStore

_SCHEME = APIKeyHeader(name=KEY_HEADER, auto_error=False)
_ROUTERS = (
    audits.router,
    templates.templates,
    objects.attributes,
    objects.objects,
    audits.by_id,
    schedules.router,
    people.groups,
    people.users,
    people.roles,
    company.router,
    company.timezones,
    actions.router,
    files.files,
    files.webhooks,
    templates.score_systems,
)


def create_store(context: SandboxContext) -> MonitorQAStore:
    """Seed the vendor's state."""
    return MonitorQAStore(context)


def create_app(context: SandboxContext) -> FastAPI:
    """Build the app with a freshly seeded account."""
    app = FastAPI(
        title="MonitorQA external API",
        version="2025-12-17",
        description="A local stand-in, written from the vendor's documentation.",
        redoc_url=None,
    )
    app.state.store = create_store(context)
    app.state.press = Press()
    install_error_handlers(app)
    app.add_middleware(
        RequireCredentials,
        accepts=lambda headers: app.state.store.company_of(headers.get(KEY_HEADER, "")) is not None,
        refuse=lambda: error_response(401, f"Missing or invalid {KEY_HEADER} header"),
    )
    for router in _ROUTERS:
        app.include_router(router, dependencies=[Security(_SCHEME)])
    add_examples(app, examples_of(app.state.store))
    return app


def airflow_connection(context: SandboxContext) -> dict[str, Any]:
    return {
        "conn_type": "monitorqa",
        "host": context.base_url,
        "password": context.api_key,
        "extra": {"template_id": context.make_id("template", 0), "audit_object_id": context.make_id("object", 0)},
    }
