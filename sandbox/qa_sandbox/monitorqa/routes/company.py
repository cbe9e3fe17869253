"""The company account, its logo and icon, and time zones."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from qa_sandbox.monitorqa.errors import RESPONSES, not_valid
from qa_sandbox.monitorqa.routes.common import EMPTY, Caller, Store
from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.state.files import StoredFile
from qa_sandbox.monitorqa.store import DEFAULT_TIME_ZONE
from qa_sandbox.monitorqa.wire import people as wire
from qa_sandbox.monitorqa.wire.base import Ref
from qa_sandbox.web import BINARY, Refused

router = APIRouter(prefix="/company", tags=["Company"], responses=RESPONSES)
timezones = APIRouter(prefix="/timezones", tags=["Time zones"], responses=RESPONSES)

IMAGE_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/jpg": "jpg"}
LARGEST_IMAGE = 10 * 1024 * 1024
_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "required": ["file"], "properties": {"file": BINARY["schema"]}},
                "encoding": {"file": {"contentType": ", ".join(IMAGE_ENDINGS)}},
            }
        },
    }
}


@router.get("", summary="Get company information")
async def get_company(company: Caller) -> wire.CompanyDetails:
    return wire.CompanyDetails.of(company.profile, id=company.id)


@router.delete("", summary="Delete company", **EMPTY)
async def delete_company(company: Caller, store: Store) -> Response:
    store.delete_company(company)
    return Response()


@router.post("", summary="Create company")
async def create_company(company: Caller, store: Store, wanted: wire.CreateCompany) -> wire.CompanyCreated:
    _check(wanted, wanted.iana_time_zone)
    created = store.create_company(wanted, company)
    return wire.CompanyCreated(company_id=created.id, api_key=created.api_key)


@router.put("", summary="Update company", **EMPTY)
async def update_company(company: Caller, wanted: wire.UpdateCompany) -> Response:
    _check(wanted, wanted.iana_time_zone)
    profile = company.profile
    profile.name, profile.usage_purpose = wanted.company_name, wanted.usage_purpose
    profile.custom_audit_object_name = wanted.object_name
    profile.time_zone = wanted.iana_time_zone
    return Response()


@router.get("/accessible", summary="Get accessible companies")
async def list_accessible(company: Caller, store: Store) -> list[Ref]:
    return [Ref.model_validate(other) for other in store.accessible(company)]


async def _image(request: Request, company: Caller) -> StoredFile:
    """Read the first file of a multipart body, whatever its field is called."""
    declared = request.headers.get("content-length", "0")
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise _unreadable("Content-Type", "must be multipart/form-data")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > LARGEST_IMAGE + 64 * 1024:
        raise _unreadable("file", "is too large")
    try:
        form = await request.form()
    except (HTTPException, ValueError, LookupError, AssertionError):
        raise _unreadable("body", "is not multipart/form-data") from None
    file = next((value for _, value in form.multi_items() if isinstance(value, UploadFile)), None)
    if file is None:
        raise _unreadable("file", "is missing")
    content_type = (file.content_type or "").partition(";")[0].strip().lower()
    if content_type not in IMAGE_ENDINGS:
        raise _unreadable("file", f"must have one of the content types {', '.join(IMAGE_ENDINGS)}")
    data = await file.read(LARGEST_IMAGE + 1)
    if not data or len(data) > LARGEST_IMAGE:
        raise _unreadable("file", "is empty" if not data else "is too large")
    return company.files.keep(f"image.{IMAGE_ENDINGS[content_type]}", content_type, data)


Image = Annotated[StoredFile, Depends(_image)]


def _add_image_routes(kind: str) -> None:
    """Add the two routes that the logo and the icon have alike."""
    member = f"{kind}_file_id"

    def replace(company: Company, file_id: str | None) -> Response:
        company.files.delete(getattr(company.profile, member))
        setattr(company.profile, member, file_id)
        return Response()

    @router.post(f"/{kind}", summary=f"Upload company {kind}", openapi_extra=_UPLOAD, **EMPTY)
    async def upload(company: Caller, image: Image) -> Response:
        return replace(company, image.id)

    @router.delete(f"/{kind}", summary=f"Delete company {kind}", **EMPTY)
    async def delete(company: Caller) -> Response:
        return replace(company, None)


_add_image_routes("logo")
_add_image_routes("icon")


@timezones.get("", summary="Get timezones")
async def list_timezones(company: Caller) -> list[wire.TimeZone]:
    zones = sorted(_zones().items(), key=lambda zone: (_offset(zone[1], company.now), zone[0]))
    return [wire.TimeZone(iana_name=name, text=name.replace("_", " ")) for name, _ in zones]


def _check(wanted: wire.CompanyBody, time_zone: str | None) -> None:
    problems = {}
    if wanted.usage_purpose == wire.OTHER and not (wanted.usage_purpose_object_name or "").strip():
        problems["usagePurposeObjectName"] = "required when usagePurpose is 6"
    if time_zone is not None and time_zone not in _zones():
        problems["ianaTimeZone"] = "is not one of GET /timezones"
    if problems:
        raise not_valid(problems)


def _unreadable(field: str, problem: str) -> Refused:
    return Refused(400, "The request could not be processed", {field: problem})


@lru_cache(maxsize=1)
def _zones() -> dict[str, zoneinfo.ZoneInfo]:
    places = (name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return {name: zoneinfo.ZoneInfo(name) for name in (*places, DEFAULT_TIME_ZONE)}


def _offset(zone: zoneinfo.ZoneInfo, now: datetime) -> timedelta:
    try:
        return now.astimezone(zone).utcoffset() or timedelta()
    except (OverflowError, ValueError):
        return timedelta()
