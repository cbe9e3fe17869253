"""The MonitorQA app."""

from __future__ import annotations

from fastapi import FastAPI, Security
from fastapi.security import APIKeyHeader

from qa_sandbox.monitorqa.errors import answer, invalid
from qa_sandbox.monitorqa.examples import examples_of
from qa_sandbox.monitorqa.routes import actions, audits, company, files, objects, people, schedules, templates
from qa_sandbox.monitorqa.routes.common import KEY_HEADER, WRONG_KEY
from qa_sandbox.monitorqa.store import MonitorQAStore
from qa_sandbox.web import Vendor

_SCHEME = APIKeyHeader(name=KEY_HEADER, auto_error=False)
_ROUTERS = (
    audits.audits.router,
    templates.templates.router,
    objects.attributes.router,
    objects.objects.router,
    audits.by_id.router,
    schedules.schedules.router,
    people.groups.router,
    people.users.router,
    people.roles.router,
    company.router,
    company.timezones,
    actions.actions.router,
    files.files,
    files.webhooks,
    templates.score_systems.router,
)


def _mount(app: FastAPI, variant: None) -> None:
    for router in _ROUTERS:
        app.include_router(router, dependencies=[Security(_SCHEME)])


VENDOR = Vendor(
    title="MonitorQA external API",
    version="2025-12-17",
    store=MonitorQAStore,
    extras=lambda context: {
        "template_id": context.make_id("template", 0),
        "audit_object_id": context.make_id("object", 0),
    },
    mount=_mount,
    answer=answer,
    invalid=invalid,
    accepts=lambda headers, store: store.company_of(headers.get(KEY_HEADER, "")) is not None,
    unauthorized=WRONG_KEY,
    examples=examples_of,
)
