"""Audit templates and the score systems they use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from qa_sandbox.monitorqa.errors import BusinessError, senseless
from qa_sandbox.monitorqa.state.base import Shelf
from qa_sandbox.monitorqa.wire.objects import (
    CreateScoreSystem,
    ScoreLabelBody,
    ScoreLabelDetails,
    ScoreSystemDetails,
    UpdateScoreSystem,
)

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.company import Company

NOT_APPLICABLE_COUNTS = 1


@dataclass(frozen=True)
class Question:
    """One item of a template; ``finding`` is what an auditor notes when it fails."""

    text: str
    finding: str
    critical: bool = False


@dataclass(frozen=True, eq=False)
class Template:
    """A checklist; photos of some come without a watermark. The vendor does not say what types 0 and 1 mean."""

    id: str
    name: str
    template_type: int
    sections: Mapping[str, tuple[Question, ...]]
    score_system: ScoreSystemDetails
    watermark: bool = True


class Templates:
    def __init__(self, company: Company) -> None:
        self._company = company
        self.templates: Shelf[Template] = Shelf("Template", "template")
        self.score_systems: Shelf[ScoreSystemDetails] = Shelf("Score system", "score-system")

    def take_in(self, template: Template, score_system: ScoreSystemDetails | None) -> Template:
        """Add a copy of another company's template, with its score system or with the first of this company."""
        if score_system is not None:
            used = self._copy(score_system)
        else:
            default = next(iter(self.score_systems), None)
            if default is None:
                raise BusinessError("score-system/no-default-score-system")
            used = default
        return self.templates.add(replace(template, id=self._company.new_id("template"), score_system=used))

    def create_score_system(self, wanted: CreateScoreSystem) -> ScoreSystemDetails:
        new_id, labels = self._company.new_id("score-system"), self._labels(wanted.labels)
        return self.score_systems.add(ScoreSystemDetails.of(wanted, id=new_id, is_sample=False, labels=labels))

    def update_score_system(self, system_id: str, wanted: UpdateScoreSystem) -> None:
        """Change a score system; audits that are completed keep their scores."""
        system = self.score_systems.get(system_id)
        labels = self._labels(wanted.labels)
        system.name, system.description, system.labels = wanted.name, wanted.description, labels
        system.passed_threshold = wanted.passed_threshold

    def delete_score_systems(self, system_ids: Iterable[str]) -> None:
        """Delete score systems, all or none."""
        systems = self.score_systems.known(system_ids)
        used = {template.score_system.id for template in self.templates}
        kept = [system.id for system in systems if system.id in used]
        if kept:
            raise BusinessError(f"score-system/has-templates:{','.join(kept)}")
        self.score_systems.remove(systems)

    def _copy(self, system: ScoreSystemDetails) -> ScoreSystemDetails:
        labels = [ScoreLabelDetails.of(label, id=self._company.new_id("score-label")) for label in system.labels]
        new_id = self._company.new_id("score-system")
        return self.score_systems.add(ScoreSystemDetails.of(system, id=new_id, labels=labels))

    def _labels(self, wanted: list[ScoreLabelBody]) -> list[ScoreLabelDetails]:
        labels = sorted(wanted, key=lambda label: (label.min, label.max))
        problem = _problem(labels)
        if problem is not None:
            raise senseless({"labels": problem})
        return [ScoreLabelDetails.of(item, id=self._company.new_id("score-label")) for item in labels]


def _problem(labels: list[ScoreLabelBody]) -> str | None:
    if any(label.max < label.min for label in labels):
        return "max must not be below min"
    if labels[0].min != 0:
        return "the first label must start at 0"
    if labels[-1].max != 100:
        return "the last label must end at 100"
    for before, after in pairwise(labels):
        if after.min != before.max:
            return f"the label after {before.max:g} must start there, not at {after.min:g}"
    return None
