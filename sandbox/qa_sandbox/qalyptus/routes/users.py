"""Users, one by one and from Excel files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from qa_sandbox.files.report_file import ReportFile
from qa_sandbox.qalyptus.envelope import Refused
from qa_sandbox.qalyptus.models import users as models
from qa_sandbox.qalyptus.routes.crud import crud
from qa_sandbox.qalyptus.routes.operation import Id, Operation, Store
from qa_sandbox.qalyptus.state.user_import import TEMPLATE_NAME, read_people, template

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE: Mapping[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            }
        }
    },
}


async def add_user(store: Store, body: models.UserCreate) -> Any:
    return store.users.add_recipient(body)


async def change_user(store: Store, user_id: Id, body: models.UserUpdate) -> Any:
    return store.users.change(user_id, body)


async def import_users(request: Request, store: Store) -> Any:
    async with request.form(max_files=1) as form:
        # The documentation does not name the form field, so any will do.
        upload = next((value for value in form.values() if isinstance(value, UploadFile)), None)
        if upload is None:
            raise Refused(400, "No file", "The request holds no file. Send one as multipart/form-data.")
        data = await upload.read()
    people = await asyncio.to_thread(read_people, upload.filename or "", data)
    return store.users.add_people(people)


async def transfer_user(store: Store, user_id: Id, body: models.UserTransfer) -> None:
    store.users.transfer(user_id, body)


async def download_template() -> Response:
    return ReportFile.from_bytes(TEMPLATE_NAME, await asyncio.to_thread(template)).response()


async def invite_users(store: Store, body: models.UserInvite) -> Any:
    return store.users.invite(body)


USERS = (
    *crud("/users", list_all="Get users", get="Get user", delete="Delete user", delete_many="Delete users"),
    Operation("POST", "/users", "Add user", add_user),
    Operation("PUT", "/users/{id}", "Update user", change_user),
    Operation("POST", "/users/import", "Add users from Excel", import_users, request_body=_FILE),
    Operation("POST", "/users/{id}/transfer", "Transfer user content and authorizations", transfer_user),
    Operation("GET", "/users/import/template", "Download import users template", download_template, file=_XLSX),
    Operation("POST", "/users/invite", "Invite users", invite_users),
)
