"""The PDF files that report webhooks point at."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from qa_sandbox.conqa import seed
from qa_sandbox.conqa.reports import ReportRun
from qa_sandbox.conqa.store import ConqaStore
from qa_sandbox.files.report_file import ReportFile, file_name
from qa_sandbox.files.sheet import Grid, Sheet, sheet_pdf


def report_file(store: ConqaStore, run: ReportRun) -> Callable[[], ReportFile]:
    """Prepare the file of a report; the result typesets it, in whatever thread it is called."""
    sheet = _issue_sheet(store, run) if run.checklist is None else _checklist_sheet(store, run)
    return lambda: store.context.press.file(file_name(sheet.title, "pdf"), sheet, lambda: sheet_pdf(sheet))


def _checklist_sheet(store: ConqaStore, run: ReportRun) -> Sheet:
    checklist = run.checklist
    if checklist is None:
        raise ValueError("Only a QA report has a checklist.")
    template, sections = seed.TEMPLATES[checklist.template]
    rng = random.Random(f"{store.context.settings.seed}:{checklist.id}")
    head, widths = ("No", "Checkpoint", "Result", "Signed by", "Date"), (9, 82, 20, 36, 27)
    signed, grids = checklist.made_at, list[Grid]()
    for number, (section, checkpoints) in enumerate(sections.items(), 1):
        rows = []
        for position, checkpoint in enumerate(checkpoints, 1):
            signed += timedelta(hours=rng.uniform(2, 30))
            person = rng.choice(store.people).name
            done = signed <= run.due_at
            marks = ("Passed", person, f"{signed:%Y-%m-%d %H:%M}") if done else ("Open", "-", "-")
            rows.append((f"{number}.{position}", checkpoint, *marks))
        grids.append(Grid(section, head, widths, tuple(rows)))
    open_issues = [item for item in store.issues(run.project) if item.checklistId == checklist.id]
    grids.append(
        Grid(
            "Issues raised",
            ("Issue", "Title", "Status", "Responsible"),
            (20, 90, 30, 36),
            tuple((item.issueNumber, item.title, item.status, item.responsiblePersonName) for item in open_issues),
        )
    )
    facts = (
        ("Project", run.project.name),
        ("Checklist", checklist.name),
        ("Template", template),
        ("Location", " / ".join(folder.name for folder in checklist.path)),
        ("Requested by", run.requested_by.name),
    )
    return _sheet(checklist.name, template, facts, grids, run.due_at)


def _issue_sheet(store: ConqaStore, run: ReportRun) -> Sheet:
    wanted = {name: run.given[name] for name in ("status", "checklistId") if name in run.given}
    found = [item for item in store.issues(run.project) if wanted.items() <= item.model_dump().items()]
    rows = tuple(
        (item.issueNumber, item.title, item.status, item.responsiblePersonName, item.dueDate[:10]) for item in found
    )
    head, widths = ("Issue", "Title", "Status", "Responsible", "Due"), (18, 78, 30, 34, 22)
    filters = ", ".join(f"{name}: {value}" for name, value in run.given.items())
    facts = (("Project", run.project.name), ("Filters", filters or "none"), ("Issues", str(len(found))))
    title = f"Issue report {run.project.name}"
    return _sheet(title, filters[:80] or "All issues", facts, [Grid("Issues", head, widths, rows)], run.due_at)


def _sheet(
    title: str, subtitle: str, facts: tuple[tuple[str, str], ...], grids: list[Grid], made_at: datetime
) -> Sheet:
    return Sheet(seed.ACCOUNT, "QA report", (31, 64, 55), title, subtitle, facts, tuple(grids), made_at)
