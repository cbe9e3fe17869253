"""From the store to the wire: milestones, summaries, pages."""

from __future__ import annotations

from typing import Any, TypeVar

from qa_sandbox.clock import iso_milliseconds
from qa_sandbox.conqa.issues import count_issues
from qa_sandbox.conqa.milestones import Milestone
from qa_sandbox.conqa.models import (
    Issue,
    MilestoneCounts,
    MilestoneRow,
    Paging,
    Share,
    Summary,
    SummaryData,
)
from qa_sandbox.conqa.projects import Project
from qa_sandbox.conqa.values import Stored

Row = TypeVar("Row")
ORDERS = ("name", "externalId", "status", "createdAt", "lastUpdatedAt")


def page_of(rows: list[Row], number: int, size: int) -> tuple[list[Row], Paging]:
    """Cut one page out of a list; a page past the end is empty."""
    start = (number - 1) * size
    return rows[start : start + size], Paging(total_records=len(rows), page_size=size, page_number=number)


def milestone_row(project: Project, milestone: Milestone) -> MilestoneRow:
    """Describe a milestone; fields that are empty are left out."""
    statuses = project.config.statuses if project.config is not None else {}
    shown = {name: _shown(project, name, value) for name, value in milestone.fields.items() if value is not None}
    return MilestoneRow(
        milestoneId=milestone.id,
        externalId=milestone.external_id,
        projectId=milestone.project_id,
        name=milestone.name,
        status={"value": milestone.status, "display": statuses.get(milestone.status, milestone.status)},
        fields=shown,
        checklistId=milestone.checklist_id,
        createdAt=iso_milliseconds(milestone.created_at),
        lastUpdatedAt=iso_milliseconds(milestone.updated_at),
    )


def sorted_milestones(project: Project, rows: list[Milestone], order_by: str, descending: bool) -> list[Milestone]:
    """Sort milestones by a member or a field; those without a value come last."""

    def key(milestone: Milestone) -> Any:
        row = milestone_row(project, milestone)
        value = getattr(row, order_by) if order_by in ORDERS else row.fields.get(order_by)
        return value["value"] if isinstance(value, dict) else value

    known = [row for row in rows if key(row) is not None]
    return sorted(known, key=key, reverse=descending) + [row for row in rows if key(row) is None]


def summary(project: Project, issues: list[Issue], milestones: list[Milestone]) -> Summary:
    total = len(milestones)
    counts = {
        status: sum(milestone.status == status for milestone in milestones)
        for status in (project.config.statuses if project.config is not None else ())
    }
    shares = [
        Share(status=status, count=count, percentage=round(100 * count / total, 1) if total else 0.0)
        for status, count in counts.items()
    ]
    return Summary(
        data=SummaryData(
            name=project.name,
            issues=count_issues(issues),
            milestones=MilestoneCounts(total=total, statuses=shares, measures={}),
        )
    )


def _shown(project: Project, name: str, value: Stored) -> Any:
    spec = project.config.fields[name] if project.config is not None else None
    option = spec.option(str(value)) if spec is not None and spec.kind == "option" else None
    return {"value": option.value, "display": option.label} if option is not None else value
