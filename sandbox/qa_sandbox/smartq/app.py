"""The smartQ app."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from qa_sandbox.context import SandboxContext
from qa_sandbox.smartq import account_routes, board_routes, ticket_routes
from qa_sandbox.smartq.auth import signed_in
from qa_sandbox.smartq.envelope import BASE_PATH, install_error_handlers
from qa_sandbox.smartq.openapi import publish
from qa_sandbox.smartq.seed import PASSWORD, ROBOT, fill
from qa_sandbox.smartq.store import SmartQStore


def create_store(context: SandboxContext) -> SmartQStore:
    """Seed the vendor's state."""
    store = SmartQStore(context)
    fill(store)
    return store


def create_app(context: SandboxContext) -> FastAPI:
    """Build the app with a freshly seeded account."""
    app = FastAPI(
        title="smartQ API",
        version="v1",
        description="A local stand-in, written from the vendor's documentation, which shows few answers: "
        "members that it does not name are described as not documented.",
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.store = create_store(context)
    install_error_handlers(app, context.settings.smartq.errors_as_200, signed_in)
    for router in (
        account_routes.oauth,
        account_routes.users,
        account_routes.projects,
        account_routes.roles,
        board_routes.steps,
        board_routes.fields,
        board_routes.values,
        ticket_routes.cards,
        ticket_routes.comments,
        ticket_routes.tasks,
        ticket_routes.files,
    ):
        app.include_router(router, prefix=BASE_PATH)
    publish(app, _examples(app.state.store))
    return app


def airflow_connection(context: SandboxContext) -> dict[str, Any]:
    project = next(iter(create_store(context).projects.values()))
    return {
        "conn_type": "smartq",
        "host": context.base_url + BASE_PATH,
        "login": ROBOT,
        "password": PASSWORD,
        "extra": {
            "api_key": context.api_key,
            "project_id": str(project.id),
            "step_id": str(project.steps[0].id),
        },
    }


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
