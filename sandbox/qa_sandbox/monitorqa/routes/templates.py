"""Audit templates and score systems."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from qa_sandbox.monitorqa.errors import RESPONSES
from qa_sandbox.monitorqa.routes.common import (
    DEFAULT_PAGE,
    SHORT_PAGE,
    Caller,
    PageNumber,
    PageSize,
    Resource,
    Store,
    page_of,
)
from qa_sandbox.monitorqa.state.templates import Templates
from qa_sandbox.monitorqa.wire import objects as wire
from qa_sandbox.monitorqa.wire.base import Page, Ref

templates = APIRouter(prefix="/audit/templates", tags=["Audit Templates"], responses=RESPONSES)
score_systems = Resource("Score systems", "/score-systems", lambda company: company.templates)


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


@score_systems.router.get("", summary="Get score systems")
async def list_score_systems(
    company: Caller, search: str = "", page_number: PageNumber = 1, page_size: PageSize = SHORT_PAGE
) -> Page[wire.ScoreSystemDetails]:
    found = [system for system in company.templates.score_systems if search.lower() in system.name.lower()]
    return page_of(found, page_number, page_size, wire.ScoreSystemDetails.model_validate)


score_systems.get("/{id}", "Get score system details", wire.ScoreSystemDetails, lambda t, one: t.score_systems.get(one))
score_systems.create("", "Create score system", wire.CreateScoreSystem, Templates.create_score_system)
score_systems.change("PUT", "/{id}", "Update score system", wire.UpdateScoreSystem, Templates.update_score_system)
score_systems.delete("", "Delete score systems", Templates.delete_score_systems)
