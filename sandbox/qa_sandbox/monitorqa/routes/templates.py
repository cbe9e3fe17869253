"""Audit templates and score systems."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from qa_sandbox.monitorqa.routes.common import Caller, Paged, Resource, ShortlyPaged, Store
from qa_sandbox.monitorqa.state.templates import Templates
from qa_sandbox.monitorqa.wire import objects as wire
from qa_sandbox.monitorqa.wire.base import Page, Ref

templates = Resource("Audit Templates", "/audit/templates", "templates", "templates")
templates.list("", "Get audit templates list", Ref)
score_systems = Resource("Score systems", "/score-systems", "templates", "score_systems")


@templates.router.get("/detailed", summary="Get audit templates detailed list")
async def list_templates_detailed(
    company: Caller,
    paging: Paged,
    template_type: Annotated[int | None, Query(alias="templateType")] = None,
    search: str = "",
) -> Page[wire.TemplateRow]:
    found = [
        template
        for template in company.templates.templates
        if template_type in (None, template.template_type) and search.lower() in template.name.lower()
    ]
    return paging.cut(found, wire.TemplateRow.model_validate)


@templates.router.post("/copy", summary="Copy template to another company")
async def copy_template(company: Caller, store: Store, wanted: wire.CopyTemplate) -> wire.TemplateCopied:
    return wire.TemplateCopied(template_id=store.copy_template(wanted, company).id)


@score_systems.router.get("", summary="Get score systems")
async def list_score_systems(company: Caller, paging: ShortlyPaged, search: str = "") -> Page[wire.ScoreSystemDetails]:
    found = [system for system in company.templates.score_systems if search.lower() in system.name.lower()]
    return paging.cut(found, wire.ScoreSystemDetails.model_validate)


score_systems.get("/{id}", "Get score system details", wire.ScoreSystemDetails)
score_systems.create("", "Create score system", wire.CreateScoreSystem, Templates.create_score_system)
score_systems.change("PUT", "/{id}", "Update score system", wire.UpdateScoreSystem, Templates.update_score_system)
score_systems.change_all("DELETE", "", "Delete score systems", Templates.delete_score_systems)
