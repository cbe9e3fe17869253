"""Audit templates and score systems."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from qa_sandbox.monitorqa.errors import RESPONSES
from qa_sandbox.monitorqa.routes.common import (
    DEFAULT_PAGE,
    EMPTY,
    SHORT_PAGE,
    Caller,
    Id,
    PageNumber,
    PageSize,
    Store,
    page_of,
)
from qa_sandbox.monitorqa.wire import objects as wire
from qa_sandbox.monitorqa.wire.base import Created, Ids, Page, Ref

templates = APIRouter(prefix="/audit/templates", tags=["Audit Templates"], responses=RESPONSES)
score_systems = APIRouter(prefix="/score-systems", tags=["Score systems"], responses=RESPONSES)


@templates.get("", summary="Get audit templates list")
async def list_templates(company: Caller) -> list[Ref]:
    return [Ref.model_validate(template) for template in company.templates.templates]


@templates.get("/detailed", summary="Get audit templates detailed list")
async def list_templates_detailed(
    company: Caller,
    template_type: Annotated[int | None, Query(alias="templateType")] = None,
    search: str = "",
    page_number: PageNumber = 1,
    page_size: PageSize = DEFAULT_PAGE,
) -> Page[wire.TemplateRow]:
    found = [
        template
        for template in company.templates.templates
        if template_type in (None, template.template_type) and search.lower() in template.name.lower()
    ]
    return page_of(found, page_number, page_size, wire.TemplateRow.model_validate)


@templates.post("/copy", summary="Copy template to another company")
async def copy_template(company: Caller, store: Store, wanted: wire.CopyTemplate) -> wire.TemplateCopied:
    return wire.TemplateCopied(template_id=store.copy_template(wanted, company).id)


@score_systems.get("", summary="Get score systems")
async def list_score_systems(
    company: Caller, search: str = "", page_number: PageNumber = 1, page_size: PageSize = SHORT_PAGE
) -> Page[wire.ScoreSystemDetails]:
    found = [system for system in company.templates.score_systems if search.lower() in system.name.lower()]
    return page_of(found, page_number, page_size, wire.ScoreSystemDetails.model_validate)


@score_systems.get("/{id}", summary="Get score system details")
async def get_score_system(company: Caller, system_id: Id) -> wire.ScoreSystemDetails:
    return wire.ScoreSystemDetails.model_validate(company.templates.score_systems.get(system_id))


@score_systems.post("", summary="Create score system")
async def create_score_system(company: Caller, wanted: wire.CreateScoreSystem) -> Created:
    return Created(id=company.templates.create_score_system(wanted).id)


@score_systems.put("/{id}", summary="Update score system", **EMPTY)
async def update_score_system(company: Caller, system_id: Id, wanted: wire.UpdateScoreSystem) -> Response:
    company.templates.update_score_system(system_id, wanted)
    return Response()


@score_systems.delete("", summary="Delete score systems", **EMPTY)
async def delete_score_systems(company: Caller, wanted: Ids) -> Response:
    company.templates.delete_score_systems(wanted.ids)
    return Response()
