"""The MonitorQA app."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Security
from fastapi.security import APIKeyHeader
from starlette.datastructures import Headers

from airflow_qa_provider.sandbox.apidocs import Examples, add_examples
from airflow_qa_provider.sandbox.auth import RequireCredentials, same_secret
from airflow_qa_provider.sandbox.clock import later
from airflow_qa_provider.sandbox.context import SandboxContext
from airflow_qa_provider.sandbox.files.press import Press
from airflow_qa_provider.sandbox.monitorqa.audit import State
from airflow_qa_provider.sandbox.monitorqa.errors import error_response, install_error_handlers
from airflow_qa_provider.sandbox.monitorqa.models import format_date
from airflow_qa_provider.sandbox.monitorqa.routes import audits, catalogue
from airflow_qa_provider.sandbox.monitorqa.store import MonitorQAStore

KEY_HEADER = "X-API-KEY"
_SCHEME = APIKeyHeader(name=KEY_HEADER, auto_error=False)


def create_store(context: SandboxContext) -> MonitorQAStore:
    """
    Seed the vendor's state.

    :param context: the vendor's view of the sandbox
    """
    return MonitorQAStore(context)


def create_app(context: SandboxContext) -> FastAPI:
    """
    Build the app with a freshly seeded account.

    :param context: the vendor's view of the sandbox
    """
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
        accepts=lambda headers: _has_key(headers, context.api_key),
        refuse=lambda: error_response(401, f"Missing or invalid {KEY_HEADER} header"),
    )
    for router in (audits, catalogue):
        app.include_router(router, dependencies=[Security(_SCHEME)])
    add_examples(app, _examples(app.state.store))
    return app


def airflow_connection(context: SandboxContext) -> dict[str, Any]:
    """
    Describe an Airflow connection to the app.

    :param context: the vendor's view of the sandbox
    """
    return {
        "conn_type": "monitorqa",
        "host": context.base_url,
        "password": context.api_key,
        "extra": {"template_id": context.make_id("template", 0), "audit_object_id": context.make_id("object", 0)},
    }


def _has_key(headers: Headers, key: str) -> bool:
    return same_secret(headers.get(KEY_HEADER, ""), key)


def _examples(store: MonitorQAStore) -> Examples:
    audits = store.audits()
    done = next(audit for audit in reversed(audits) if audit.state is State.COMPLETED)
    pending = next(audit for audit in reversed(audits) if audit.is_open)
    site, person = store.sites[0], store.people[0]
    start, end = format_date(store.now), format_date(later(store.now, 24 * 3600))
    dates = {"startDate": start, "endDate": end}
    changed = {**dates, "name": "Weekly safety inspection", "auditorHint": "Focus on emergency exits"}
    refers = {"templateId": store.templates[0].id, "auditObjectId": site.id, "assigneeId": person.id}
    return {
        ("post", "/audit"): {"body": {**changed, **refers}},
        ("delete", "/audit"): {"body": {"ids": [pending.id]}},
        ("post", "/audit/expire"): {"body": {"ids": [pending.id]}},
        ("post", "/audit/reopen/{id}"): {"id": done.id, "body": dates},
        ("get", "/audit/complete/{auditId}"): {"auditId": done.id},
        ("get", "/audit/complete/{auditId}/report-pdf"): {"auditId": done.id},
        ("get", "/audit/complete/{auditId}/report"): {"auditId": done.id},
        ("get", "/audit/object/{id}"): {"id": site.id},
        ("get", "/audit/{auditId}"): {"auditId": pending.id},
        ("put", "/audit/{auditId}"): {"auditId": pending.id, "body": {**changed, "assigneeId": person.id}},
        ("get", "/users/{id}"): {"id": person.id},
    }
