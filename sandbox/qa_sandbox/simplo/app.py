"""The Simplo IS app."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from qa_sandbox.apidocs import Examples, add_examples
from qa_sandbox.auth import RequireCredentials
from qa_sandbox.context import SandboxContext
from qa_sandbox.files.press import Press
from qa_sandbox.settings import SimploWire
from qa_sandbox.simplo import routes, seed
from qa_sandbox.simplo.errors import Refused, error_response, install_error_handlers
from qa_sandbox.simplo.login import is_logged_in
from qa_sandbox.simplo.records import ReportState
from qa_sandbox.simplo.store import SimploStore
from qa_sandbox.simplo.views import BASE_PATH

_BY_HASH = BASE_PATH + "/reports/[^/]+/(public|download-pdf|approved)"


def create_store(context: SandboxContext) -> SimploStore:
    """Seed the vendor's state."""
    return SimploStore(context)


def create_app(context: SandboxContext) -> FastAPI:
    """Build the app with a freshly seeded installation."""
    app = FastAPI(
        title="Simplo IS API",
        version="v0",
        description="A local stand-in, written from the vendor's documentation; some paths are inferred.",
        redoc_url=None,
    )
    app.state.store = create_store(context)
    app.state.press = Press()
    install_error_handlers(app)
    app.add_middleware(
        RequireCredentials,
        accepts=lambda headers: is_logged_in(headers, context),
        refuse=lambda: error_response(Refused(401, "Unauthenticated.")),
        open_path=_BY_HASH,
    )
    scheme = _scheme(context.settings.simplo)
    for router in (routes.reports, routes.settings, routes.tasks):
        app.include_router(router, prefix=BASE_PATH, dependencies=[Security(scheme)])
    app.include_router(routes.shared, prefix=BASE_PATH)
    add_examples(app, _examples(app.state.store))
    return app


def airflow_connection(context: SandboxContext) -> dict[str, Any]:
    return {
        "conn_type": "simplo",
        "host": context.base_url + BASE_PATH,
        "password": context.api_key,
        "extra": {"report_id": seed.FIRST_OPEN_REPORT},
    }


def _scheme(wire: SimploWire) -> HTTPBearer | APIKeyHeader:
    if (wire.auth_header, wire.auth_scheme) == ("Authorization", "Bearer"):
        return HTTPBearer(auto_error=False)
    return APIKeyHeader(name=wire.auth_header, description=f"{wire.auth_scheme} token".strip(), auto_error=False)


def _examples(store: SimploStore) -> Examples:
    report = store.report(seed.FIRST_OPEN_REPORT)
    shared = {"report_id": report.id, "hash": report.hash}
    setting, task = {"report_setting_id": report.setting_id}, {"report_task_id": report.tasks[0].id}
    body = {"name": "Driver app support", "client_id": 2, "type": "2", "regular_interval": 1, "project_ids": [2]}
    examples: dict[tuple[str, str], dict[str, Any]] = {
        ("get", "/reports/{report_id}"): shared,
        ("put", "/reports/{report_id}"): {
            **shared,
            "body": {"state": int(ReportState.SENT), "invoice_number": 20230001},
        },
        ("patch", "/reports/{report_id}"): {**shared, "body": {"state": int(ReportState.SENT)}},
        ("delete", "/reports/{report_id}"): shared,
        ("get", "/reports/{report_id}/issue-invoice"): shared,
        ("get", "/reports/{report_id}/download-pdf"): shared,
        ("post", "/reports/{report_id}/approved"): {**shared, "body": {"hash": report.hash}},
        ("get", "/reports/{report_id}/public"): shared,
        ("get", "/report-settings/{report_setting_id}"): setting,
        ("post", "/report-settings"): {"body": body},
        ("put", "/report-settings/{report_setting_id}"): {**setting, "body": body},
        ("patch", "/report-settings/{report_setting_id}"): {**setting, "body": {"is_live": False}},
        ("delete", "/report-settings/{report_setting_id}"): setting,
        ("get", "/report-tasks/{report_task_id}"): task,
    }
    return {(method, BASE_PATH + path): values for (method, path), values in examples.items()}
