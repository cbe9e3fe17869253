"""The smartQ app."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException

from qa_sandbox.context import SandboxContext
from qa_sandbox.settings import SandboxSettings
from qa_sandbox.smartq.auth import signed_in
from qa_sandbox.smartq.envelope import BASE_PATH, answer, invalid
from qa_sandbox.smartq.openapi import complete
from qa_sandbox.smartq.routes import ROUTERS
from qa_sandbox.smartq.seed import PASSWORD, ROBOT, fill
from qa_sandbox.smartq.store import SmartQStore
from qa_sandbox.web import Refused, Vendor


def _store(context: SandboxContext) -> SmartQStore:
    store = SmartQStore(context)
    fill(store)
    return store


def _mount(app: FastAPI, variant: None) -> None:
    for router in ROUTERS:
        app.include_router(router, prefix=BASE_PATH)


async def _lost(request: Request, error: HTTPException) -> Refused:
    """The docs know one error for a wrong path and for a wrong method; strangers do not get that far."""
    if error.status_code not in (404, 405):
        return Refused(error.status_code, str(error.detail))
    try:
        await signed_in(request)
    except Refused as refusal:
        return refusal
    resource = request.url.path.removeprefix(BASE_PATH).strip("/")
    return Refused(405, f'method "{request.method}" not found for resource "{resource}"')


@lru_cache(maxsize=32)
def _first_ids(seed: int) -> tuple[str, str]:
    """Return the ids of the first project and its first step."""
    project = next(iter(_store(SandboxContext("smartq", SandboxSettings(seed=seed))).projects.values()))
    return str(project.id), str(project.steps[0].id)


def _extras(context: SandboxContext) -> dict[str, Any]:
    project, step = _first_ids(context.settings.seed)
    return {"api_key": context.api_key, "project_id": project, "step_id": step}


def _examples(store: SmartQStore) -> dict[str, str]:
    project = next(iter(store.projects.values()))
    field = next(field for field in project.fields.values() if field.is_choice)
    ticket, note = next(
        (ticket, note)
        for ticket in project.tickets.values()
        for note in ticket.notes.values()
        if ticket.tasks and note.files
    )
    ids = {
        "user_id": list(store.users)[-1],
        "project_id": project.id,
        "role_id": list(project.roles)[-1],
        "step_id": project.steps[0].id,
        "value_id": field.values[0].id,
        "ticket_id": ticket.id,
        "note_id": note.id,
        "file_id": next(iter(note.files)),
        "task_id": next(iter(ticket.tasks)),
    }
    return {"field_name": field.name, **{name: str(value) for name, value in ids.items()}}


VENDOR = Vendor(
    title="smartQ API",
    version="v1",
    description="A local stand-in, written from the vendor's documentation, which shows few answers: "
    "members that it does not name are described as not documented.",
    store=_store,
    base_path=BASE_PATH,
    extras=_extras,
    credentials=lambda context: {"login": ROBOT, "password": PASSWORD},
    mount=_mount,
    answer=answer,
    invalid=invalid,
    lost=_lost,
    examples=_examples,
    describe=complete,
    redirect_slashes=False,
)
