"""The Qalyptus Cloud app."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers

from airflow_qa_provider.sandbox.apidocs import Examples, add_examples
from airflow_qa_provider.sandbox.auth import RequireCredentials, same_secret
from airflow_qa_provider.sandbox.context import SandboxContext
from airflow_qa_provider.sandbox.qalyptus import routes
from airflow_qa_provider.sandbox.qalyptus.content import FilePress
from airflow_qa_provider.sandbox.qalyptus.envelope import failure, install_error_handlers
from airflow_qa_provider.sandbox.qalyptus.records import ON_DEMAND, SCHEDULED
from airflow_qa_provider.sandbox.qalyptus.signing import STORAGE_PREFIX
from airflow_qa_provider.sandbox.qalyptus.store import QalyptusStore

BASE_PATH = "/api/v1"
_SCHEME = HTTPBearer(auto_error=False)


def create_store(context: SandboxContext) -> QalyptusStore:
    """
    Seed the vendor's state.

    :param context: the vendor's view of the sandbox
    """
    return QalyptusStore(context)


def create_app(context: SandboxContext) -> FastAPI:
    """
    Build the app with a freshly seeded tenant.

    :param context: the vendor's view of the sandbox
    """
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
        accepts=lambda headers: _has_key(headers, context.api_key),
        refuse=lambda: failure(401, "Unauthorized", "The API key is missing, unknown or expired."),
        open_prefixes=(STORAGE_PREFIX,),
    )
    for router in (routes.catalogue, routes.reports, routes.tasks, routes.status):
        app.include_router(router, prefix=BASE_PATH, dependencies=[Security(_SCHEME)])
    app.include_router(routes.storage)
    add_examples(app, _examples(app.state.store))
    return app


def airflow_connection(context: SandboxContext) -> dict[str, Any]:
    """
    Describe an Airflow connection to the app.

    :param context: the vendor's view of the sandbox
    """
    return {
        "conn_type": "qalyptus",
        "host": context.base_url + BASE_PATH,
        "password": context.api_key,
        "extra": {"report_id": context.make_id("report", 0), "task_id": context.make_id("task", 0)},
    }


def _has_key(headers: Headers, key: str) -> bool:
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and same_secret(given.strip(), key)


def _examples(store: QalyptusStore) -> Examples:
    report, task = next(iter(store.tenant.reports)), next(iter(store.tenant.tasks))
    requested, run = store.records(ON_DEMAND)[0].id, store.records(SCHEDULED)[0].id
    selection = {"fieldName": "Region", "selectedCount": 1, "selectedValues": ["Nordics"], "isNumeric": False}
    examples: dict[tuple[str, str], dict[str, Any]] = {
        ("get", "/reports/{id}"): {"id": report},
        ("post", "/reports/{id}/on-demand/{outputFormat}"): {
            "id": report,
            "outputFormat": "Pdf",
            "body": {"selections": [selection], "appId": None, "bookmarkId": None},
        },
        ("get", "/tasks/{id}"): {"id": task},
        ("post", "/tasks/{id}/run"): {"id": task},
        ("delete", "/status/{id}"): {"id": requested},
    }
    for ending in ("", "/log", "/smtp-log"):
        examples["get", f"/status/on-demand-requests/{{id}}{ending}"] = {"id": requested}
        examples["get", f"/status/scheduled-tasks/{{id}}{ending}"] = {"id": run}
    for method, ending in (("post", "run"), ("post", "stop"), ("get", "download"), ("get", "download/stream")):
        examples[method, f"/status/{{id}}/{ending}"] = {"id": requested}
    return {(method, BASE_PATH + path): values for (method, path), values in examples.items()}
