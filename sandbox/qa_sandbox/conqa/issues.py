"""Issues: a fixed history per project; only their age follows the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from qa_sandbox.clock import iso_milliseconds, midnight
from qa_sandbox.conqa import seed
from qa_sandbox.conqa.models import Counted, Issue, IssueCounts, parse_timestamp
from qa_sandbox.conqa.projects import Checklist, Person, Project
from qa_sandbox.context import SandboxContext


def make_issues(
    context: SandboxContext, project: Project, count: int, people: list[Person], checklists: list[Checklist]
) -> list[Issue]:
    today = midnight(context.clock.now())
    issues = []
    for number in range(1, count + 1):
        rng = context.random("issue", project.id, number)
        title, description = rng.choice(seed.DEFECTS)
        raised = today - timedelta(days=120 * (count + 1 - number) / (count + 1), minutes=rng.randint(0, 600))
        status = rng.choices(seed.ISSUE_STATUSES, weights=(4, 5, 1, 2, 2))[0]
        changed = raised if status == "open" else raised + (today - raised) * rng.uniform(0.1, 0.9)
        raised_by, responsible = rng.sample(people, 2)
        # Whoever has to act next: the one who raised it inspects, the other one works.
        in_court = raised_by if status in ("ready-to-inspect", "work-completed") else responsible
        issues.append(
            Issue(
                issueId="iss:" + context.make_id("issue", f"{project.id}:{number}"),
                projectId=project.id,
                assignedTo=responsible.id,
                checklistId=rng.choice(checklists).id,
                checkpointId="scpd:" + context.make_id("checkpoint", f"{project.id}:{number}"),
                description=description,
                dueDate=iso_milliseconds(midnight(raised) + timedelta(days=14, hours=11)),
                issueNumber=f"ISS-{number}",
                lastUpdatedAt=iso_milliseconds(changed),
                lastUpdatedBy=in_court.id,
                raisedAt=iso_milliseconds(raised),
                raisedBy=raised_by.id,
                raisedByName=raised_by.name,
                responsiblePerson=responsible.id,
                responsiblePersonName=responsible.name,
                status=status,
                title=title,
                daysAtStatus=0,
                ballInCourtUser=in_court.id,
                ballInCourtUserName=in_court.name,
                numberOfAttachments=rng.randint(0, 4),
            )
        )
    return issues


def as_of(issue: Issue, now: datetime) -> Issue:
    """Return an issue with its age."""
    age = now - parse_timestamp(issue.lastUpdatedAt)
    return issue.model_copy(update={"daysAtStatus": max(0, age.days)})


def count_issues(issues: list[Issue]) -> IssueCounts:
    """Count by status; every status is listed."""
    counts = [
        Counted(name=name, issueCount=sum(issue.status == name for issue in issues)) for name in seed.ISSUE_STATUSES
    ]
    return IssueCounts(total=len(issues), statuses=counts)
