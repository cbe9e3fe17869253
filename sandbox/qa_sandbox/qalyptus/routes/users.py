"""Users, one by one and from Excel files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from qa_sandbox.files.report_file import CONTENT_TYPES, ReportFile
from qa_sandbox.qalyptus import models
from qa_sandbox.qalyptus.routes.operation import Operation, Store, crud
from qa_sandbox.qalyptus.state.user_import import TEMPLATE_NAME, read_people, template
from qa_sandbox.web import Refused

_FORM = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
_FILE: Mapping[str, Any] = {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}


async def import_users(request: Request, store: Store) -> Any:
    async with request.form(max_files=1) as form:
        # The documentation does not name the form field, so any will do.
        upload = next((value for value in form.values() if isinstance(value, UploadFile)), None)
        if upload is None:
            raise Refused(400, "No file", "The request holds no file. Send one as multipart/form-data.")
        data = await upload.read()
    people = await asyncio.to_thread(read_people, upload.filename or "", data)
    return store.users.add_people(people)


async def download_template() -> Response:
    return ReportFile.from_bytes(TEMPLATE_NAME, await asyncio.to_thread(template)).response()


USERS = (
    *crud("/users", "user"),
    Operation("POST", "/users", "Add user", "users.add_recipient", models.UserCreate),
    Operation("PUT", "/users/{id}", "Update user", "users.change", models.UserUpdate),
    Operation("POST", "/users/import", "Add users from Excel", import_users, request_body=_FILE),
    Operation(
        "POST",
        "/users/{id}/transfer",
        "Transfer user content and authorizations",
        "users.transfer",
        models.UserTransfer,
    ),
    Operation(
        "GET", "/users/import/template", "Download import users template", download_template, file=CONTENT_TYPES["xlsx"]
    ),
    Operation("POST", "/users/invite", "Invite users", "users.invite", models.UserInvite),
)
