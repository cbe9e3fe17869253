"""The Qalyptus Cloud app."""

from __future__ import annotations

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers

from qa_sandbox.auth import bearer_token, same_secret
from qa_sandbox.qalyptus.envelope import NO_KEY, answer, invalid
from qa_sandbox.qalyptus.examples import examples
from qa_sandbox.qalyptus.outputs import STORAGE_PREFIX
from qa_sandbox.qalyptus.routes import GROUPS
from qa_sandbox.qalyptus.routes.operation import add_routes
from qa_sandbox.qalyptus.routes.status import storage
from qa_sandbox.qalyptus.store import QalyptusStore
from qa_sandbox.web import Vendor

BASE_PATH = "/api/v1"
_SCHEME = HTTPBearer(auto_error=False)


def _mount(app: FastAPI, variant: None) -> None:
    for tag, operations in GROUPS.items():
        add_routes(app, BASE_PATH, tag, operations, dependencies=[Security(_SCHEME)])
    app.include_router(storage)


def _has_key(headers: Headers, store: QalyptusStore) -> bool:
    key = bearer_token(headers)
    return same_secret(key, store.context.api_key) or store.api_keys.accepts(key)


VENDOR = Vendor(
    title="Qalyptus Cloud API Documentation (beta)",
    version="v1",
    description="A local stand-in, written from the vendor's documentation; most paths are inferred.",
    store=QalyptusStore,
    base_path=BASE_PATH,
    extras=lambda context: {"report_id": context.make_id("report", 0), "qalyptus_task_id": context.make_id("task", 0)},
    mount=_mount,
    answer=answer,
    invalid=invalid,
    accepts=_has_key,
    unauthorized=NO_KEY,
    open_paths=STORAGE_PREFIX + ".*",
    examples=examples,
)
