"""What the simulated auditor answers: the same for the same audit in every run."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime

from airflow_qa_provider.sandbox.clock import later
from airflow_qa_provider.sandbox.monitorqa.audit import Audit
from airflow_qa_provider.sandbox.monitorqa.seed import Person, Question, Template

_DAY = 24 * 3600.0
_GOOD_NOTES = ("Checked on site.", "As agreed at the last visit.", "In order, no remarks.", "Improved since last time.")
# Lowest score, label, colour.
SCORE_SYSTEM = ((90, "Excellent", "#198754"), (75, "Good", "#28a745"), (60, "Fair", "#ca8a04"), (0, "Poor", "#be2633"))
FAIL_BELOW = 60


@dataclass(frozen=True)
class Answer:
    """Answer to one question; ``verdict`` is ``Passed``, ``Failed`` or ``N/A``."""

    section: str
    question: Question
    verdict: str
    note: str
    reading: str
    has_photo: bool


@dataclass(frozen=True)
class CorrectiveAction:
    """Follow-up of a failed item. Priority 0 Low to 2 High; status 0 Open."""

    number: str
    name: str
    description: str
    assignee: Person
    created_at: datetime
    due_at: datetime
    priority: int
    status: int


@dataclass(frozen=True)
class Result:
    """Everything that comes of a completed audit."""

    answers: tuple[Answer, ...]
    actions: dict[int, CorrectiveAction]
    score: float
    label: str
    colour: str
    failed: bool


def fill_in(audit: Audit, template: Template, people: list[Person], seed: int) -> Result:
    """
    Answer every question of an audit.

    :param audit: a completed audit
    :param template: its template
    :param people: who can be given corrective actions
    :param seed: seed of the sandbox
    """
    rng = random.Random(f"{seed}:{audit.id}:{audit.round}")
    failing = audit.plan.result == "failed"
    quality = rng.uniform(0.3, 0.5) if failing else rng.uniform(0.8, 0.99)
    answers = [
        _answer(rng, section, question, quality, spare_critical=not failing)
        for section, questions in template.sections.items()
        for question in questions
    ]
    if failing:
        first = next((n for n, a in enumerate(answers) if a.question.critical), 0)
        answers[first] = _failed(answers[first].section, answers[first].question)
    else:
        _put_right(answers)
    score = _score(answers)
    failed = score < FAIL_BELOW or any(a.verdict == "Failed" and a.question.critical for a in answers)
    label, colour = next((name, colour) for least, name, colour in SCORE_SYSTEM if score >= least)
    actions = {
        index: _follow_up(rng, audit, index, answer, people)
        for index, answer in enumerate(answers)
        if answer.verdict == "Failed"
    }
    return Result(tuple(answers), actions, score, label, colour, failed)


def _score(answers: list[Answer]) -> int:
    counted = [answer for answer in answers if answer.verdict != "N/A"]
    passed = sum(answer.verdict == "Passed" for answer in counted)
    return round(100 * passed / len(counted)) if counted else 100


def _put_right(answers: list[Answer]) -> None:
    """Pass as many failed items as it takes for a short checklist not to fail by bad luck."""
    for index, answer in enumerate(answers):
        if _score(answers) >= FAIL_BELOW:
            return
        if answer.verdict == "Failed":
            answers[index] = replace(answer, verdict="Passed", note="", has_photo=False)


def _answer(rng: random.Random, section: str, question: Question, quality: float, spare_critical: bool) -> Answer:
    roll, reading = rng.random(), f"{rng.randint(1, 12)} of 12 checked"
    note = rng.choice(_GOOD_NOTES) if rng.random() < 0.35 else ""
    has_photo = rng.random() < 0.18
    if rng.random() < 0.05 and not question.critical:
        return Answer(section, question, "N/A", "Not in use at this site.", "", False)
    if roll < quality or (question.critical and spare_critical):
        return Answer(section, question, "Passed", note, reading, has_photo)
    return _failed(section, question)


def _failed(section: str, question: Question) -> Answer:
    return Answer(section, question, "Failed", question.finding, "", True)


def _follow_up(rng: random.Random, audit: Audit, index: int, answer: Answer, people: list[Person]) -> CorrectiveAction:
    done = audit.ended_at or audit.opened_at
    return CorrectiveAction(
        number=f"CA{audit.number[3:]}-{index + 1:02d}",
        name=f"Put right: {answer.question.text[0].lower()}{answer.question.text[1:]}",
        description=f"{answer.note} Correct it, add a photo, and submit for approval.",
        assignee=rng.choice(people),
        created_at=done,
        due_at=later(done, (2 if answer.question.critical else rng.choice((7, 14))) * _DAY),
        priority=2 if answer.question.critical else rng.choice((0, 1)),
        status=0,
    )
