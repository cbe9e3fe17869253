"""Issues: a fixed history per project; only their age follows the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from qa_sandbox.clock import midnight, whole_milliseconds
from qa_sandbox.conqa import seed
from qa_sandbox.conqa.models import Counted, IssueCounts, format_date
from qa_sandbox.conqa.models import Issue as IssueRow
from qa_sandbox.conqa.projects import Checklist, Person, Project
from qa_sandbox.context import SandboxContext


@dataclass(frozen=True)
class Issue:
    id: str
    number: int
    project_id: str
    checklist_id: str
    checkpoint_id: str
    title: str
    description: str
    status: str
    raised_by: Person
    responsible: Person
    raised_at: datetime
    status_at: datetime
    due: datetime
    attachments: int

    def wire(self, now: datetime) -> IssueRow:
        # Whoever has to act next: the one who raised it inspects, the other one works.
        in_court = self.raised_by if self.status in ("ready-to-inspect", "work-completed") else self.responsible
        return IssueRow(
            issueId=self.id,
            projectId=self.project_id,
            assignedTo=self.responsible.id,
            checklistId=self.checklist_id,
            checkpointId=self.checkpoint_id,
            description=self.description,
            dueDate=format_date(self.due),
            issueNumber=f"ISS-{self.number}",
            lastUpdatedAt=format_date(self.status_at),
            lastUpdatedBy=in_court.id,
            raisedAt=format_date(self.raised_at),
            raisedBy=self.raised_by.id,
            raisedByName=self.raised_by.name,
            responsiblePerson=self.responsible.id,
            responsiblePersonName=self.responsible.name,
            status=self.status,
            title=self.title,
            daysAtStatus=max(0, (now - self.status_at).days),
            ballInCourtUser=in_court.id,
            ballInCourtUserName=in_court.name,
            numberOfAttachments=self.attachments,
        )


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
        issues.append(
            Issue(
                id="iss:" + context.make_id("issue", f"{project.id}:{number}"),
                number=number,
                project_id=project.id,
                checklist_id=rng.choice(checklists).id,
                checkpoint_id="scpd:" + context.make_id("checkpoint", f"{project.id}:{number}"),
                title=title,
                description=description,
                status=status,
                raised_by=raised_by,
                responsible=responsible,
                raised_at=whole_milliseconds(raised),
                status_at=whole_milliseconds(changed),
                due=midnight(raised) + timedelta(days=14, hours=11),
                attachments=rng.randint(0, 4),
            )
        )
    return issues


def count_issues(issues: list[Issue]) -> IssueCounts:
    """Count by status; every status is listed."""
    counts = [
        Counted(name=name, issueCount=sum(issue.status == name for issue in issues)) for name in seed.ISSUE_STATUSES
    ]
    return IssueCounts(total=len(issues), statuses=counts)
