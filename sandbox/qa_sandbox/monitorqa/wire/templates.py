"""Audit templates and score systems on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from qa_sandbox.monitorqa.wire.base import Answer, Flag, Meta, Number, Ref, RequiredText, Wire


class CopyTemplate(Wire):
    """Copy template to another company."""

    template_id: RequiredText
    target_company_id: RequiredText
    copy_score_system: Flag


class TemplateCopied(Answer):
    """Id of the new template in the target company."""

    template_id: str


class TemplateRow(Ref):
    """One template of the detailed list."""

    template_type: int


class Templates(Answer):
    """A page of templates."""

    data: list[TemplateRow]
    meta: Meta


class ScoreLabelBody(Wire):
    """One range of scores."""

    min: Number
    max: Number
    label: RequiredText
    color: RequiredText


class UpdateScoreSystem(Wire):
    """Update score system; its type cannot change."""

    name: RequiredText
    description: str | None = None
    passed_threshold: Number
    labels: Annotated[list[ScoreLabelBody], Field(min_length=1)]


class CreateScoreSystem(UpdateScoreSystem):
    """Create score system. ``scoreSystemType`` 0 ProportionToMaxScorePoints, 1 CountNotApplicableAsPositive."""

    score_system_type: Literal[0, 1]


class ScoreLabelDetails(Answer):
    """One range of scores."""

    id: str
    label: str
    min: int | float
    max: int | float
    color: str


class ScoreSystemDetails(Answer):
    id: str
    name: str
    description: str | None
    passed_threshold: int | float | None
    score_system_type: int
    is_sample: bool
    labels: list[ScoreLabelDetails]


class ScoreSystems(Answer):
    """A page of score systems."""

    data: list[ScoreSystemDetails]
    meta: Meta
