"""The Simplo IS app."""

from __future__ import annotations

from fastapi import FastAPI, Security
from fastapi.security import APIKeyHeader, HTTPBearer

from qa_sandbox.context import SandboxContext
from qa_sandbox.simplo import routes, seed
from qa_sandbox.simplo.errors import answer, invalid
from qa_sandbox.simplo.records import ReportState
from qa_sandbox.simplo.store import SimploStore
from qa_sandbox.simplo.views import BASE_PATH
from qa_sandbox.web import Examples, Refused, Vendor


def _credentials(context: SandboxContext) -> tuple[str, str]:
    return context.settings.simplo.auth_header, context.settings.simplo.auth_scheme


def _mount(app: FastAPI, credentials: tuple[str, str]) -> None:
    header, word = credentials
    scheme = HTTPBearer(auto_error=False)
    if credentials != ("Authorization", "Bearer"):
        about = f"{word} token".strip()
        scheme = APIKeyHeader(name=header, description=about, auto_error=False)  # type: ignore[assignment]
    for router in (routes.reports, routes.settings, routes.tasks):
        app.include_router(router, prefix=BASE_PATH, dependencies=[Security(scheme)])
    app.include_router(routes.shared, prefix=BASE_PATH)


def _examples(store: SimploStore) -> Examples:
    report = store.report(seed.FIRST_OPEN_REPORT)
    shared = {"report_id": report.id, "hash": report.hash}
    setting, task = {"report_setting_id": report.report_setting_id}, {"report_task_id": report.tasks[0].id}
    body = {"name": "Driver app support", "client_id": 2, "type": "2", "regular_interval": 1, "project_ids": [2]}
    sent = {"state": int(ReportState.SENT)}
    return {
        ("get", "/reports/{report_id}"): shared,
        ("put", "/reports/{report_id}"): {**shared, "body": {**sent, "invoice_number": 20230001}},
        ("patch", "/reports/{report_id}"): {**shared, "body": sent},
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


VENDOR = Vendor(
    title="Simplo IS API",
    version="v0",
    description="A local stand-in, written from the vendor's documentation; some paths are inferred.",
    store=SimploStore,
    base_path=BASE_PATH,
    extras=lambda context: {"report_id": seed.FIRST_OPEN_REPORT},
    mount=_mount,
    variant=_credentials,
    answer=answer,
    invalid=invalid,
    accepts=lambda headers, store: bool(store.is_logged_in(headers)),
    unauthorized=Refused(401, "Unauthenticated."),
    # Those that a client opens with the hash of a report.
    open_paths=BASE_PATH + "/reports/[^/]+/(public|download-pdf|approved)",
    examples=_examples,
)
