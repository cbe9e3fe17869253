"""The state of one CONQA account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qa_sandbox.clock import iso_milliseconds, midnight
from qa_sandbox.conqa import seed
from qa_sandbox.conqa.issues import make_issues
from qa_sandbox.conqa.milestones import Milestone, MilestoneBook
from qa_sandbox.conqa.models import Issue, MilestoneData, StartReport
from qa_sandbox.conqa.projects import Checklist, Checklists, Project, make_people, make_projects
from qa_sandbox.conqa.reports import ISSUE_REPORT, QA_REPORT, ReportRun
from qa_sandbox.conqa.views import milestone_row
from qa_sandbox.conqa.webhooks import Webhooks
from qa_sandbox.context import SandboxContext
from qa_sandbox.outcomes import Outcome
from qa_sandbox.web import Refused, Store


class ConqaStore(Store):
    """
    Projects and what happens in them. Reads settle what is due first; timers do the same when nobody reads, so
    that webhooks are called in time.
    """

    def __init__(self, context: SandboxContext) -> None:
        super().__init__(context)
        self.people = make_people(context)
        self.projects = make_projects(context)
        self.account_ids = {project.account_id: project.accessible for project in self.projects}
        self.checklists = Checklists(context)
        self.webhooks = Webhooks(context, self.people[0])
        self.milestones = MilestoneBook(context, self.checklists, self._milestone_shown)
        self._runs: dict[str, ReportRun] = {}
        self._waiting: dict[str, ReportRun] = {}
        self._issues: dict[str, list[Issue]] = {}
        for project, count in zip(self.projects, seed.ISSUES_BY_PROJECT, strict=False):
            if project.config is not None:
                self.milestones.add_history(project, midnight(self.now))
            found = self.checklists.of(project)
            self._issues[project.id] = make_issues(context, project, count, self.people, found)

    def project(self, project_id: str) -> Project:
        project = next((project for project in self.projects if project.id == project_id), None)
        if project is None:
            raise Refused(404, "Project not found")
        if not project.accessible:
            raise Refused(403, "You do not have access to this project")
        return project

    def account(self, account_id: str) -> str:
        if account_id not in self.account_ids:
            raise Refused(404, "Account not found")
        if not self.account_ids[account_id]:
            raise Refused(403, "You do not have access to this account")
        return account_id

    def issues(self, project: Project) -> list[Issue]:
        return self._issues.get(project.id, [])

    def settle(self) -> None:
        now = self.now
        self.milestones.settle(now)
        for run in [run for run in self._waiting.values() if run.due_at <= now]:
            del self._waiting[run.id]
            if run.ending in ("completed", "error"):
                run.announced = True
                self.webhooks.notify(run.project, "REPORT", run.payload(self.context.base_url))

    def upsert(self, project: Project, external_id: str, timestamp: datetime, data: MilestoneData) -> None:
        """Accept a change of a milestone, see :meth:`MilestoneBook.upsert`."""
        self.settle()
        self._later(self.milestones.upsert(project, external_id, timestamp, data))

    def delete(self, project: Project, external_id: str, timestamp: datetime) -> None:
        """Accept the deletion of a milestone, see :meth:`MilestoneBook.delete`."""
        self.settle()
        self._later(self.milestones.delete(project, external_id, timestamp))

    def start_report(self, project: Project, wanted: StartReport) -> ReportRun:
        checklist = self.checklists.find(project, wanted.checklistId)
        if checklist is None:
            raise Refused(404, "No such checklist in this project")
        return self._start(project, QA_REPORT, checklist, wanted.context or {})

    def start_issue_report(self, project: Project, filters: Mapping[str, Any]) -> ReportRun:
        """Start an issue report, as somebody does in CONQA's own pages; the API cannot."""
        return self._start(project, ISSUE_REPORT, None, filters)

    def report_run(self, run_id: str) -> ReportRun | None:
        run = self._runs.get(run_id)
        return run if run is not None and run.is_ready(self.now) else None

    def script(self, object_id: str, outcome: Outcome) -> bool:
        self.settle()
        run = self._waiting.get(object_id)
        if run is None or outcome.kind != "report":
            return False
        run.ending = outcome.result
        run.seconds = outcome.seconds_or(run.seconds)
        self._later(run.due_at)
        return True

    def snapshot(self) -> dict[str, Any]:
        self.settle()
        return {
            "accounts": [{"id": key, "accessible": value} for key, value in self.account_ids.items()],
            "projects": [{"id": p.id, "name": p.name, "accessible": p.accessible} for p in self.projects],
            "checklists": [
                {"id": item.id, "name": item.name, "projectId": item.project_id}
                for project in self.projects
                for item in self.checklists.of(project)
            ],
            "milestones": [
                milestone_row(project, item).model_dump()
                for project in self.projects
                for item in self.milestones.visible(project)
            ],
            "skippedCommands": list(self.milestones.skipped),
            "webhooks": [
                {**hook.wire().model_dump(exclude_unset=True), "failures": hook.endpoint.failures}
                for hook in self.webhooks
            ],
            "reports": [
                {"id": run.id, "type": run.type, "name": run.name, "ending": run.ending, "announced": run.announced}
                for run in self._runs.values()
            ],
            "mails": self._mails(),
        }

    def _start(self, project: Project, kind: str, checklist: Checklist | None, given: Mapping[str, Any]) -> ReportRun:
        run_id = self.context.make_id("report", len(self._runs))
        name = checklist.name if checklist is not None else project.name
        usual = self.context.settings.report_seconds
        ending, seconds = self.context.outcomes.ending("report", name, run_id, "completed", usual)
        run = ReportRun(
            id=run_id,
            project=project,
            type=kind,
            checklist=checklist,
            given=given,
            requested_by=self.people[0],
            requested_at=self.now,
            ending=ending,
            seconds=seconds,
        )
        self._runs[run_id] = self._waiting[run_id] = run
        self._later(run.due_at)
        return run

    def _later(self, due: datetime | None) -> None:
        if due is not None:
            self.context.callbacks.at(due, self.settle)

    def _milestone_shown(self, milestone: Milestone, event: str) -> None:
        if not self.context.settings.conqa.milestone_webhooks:
            return
        project = self.project(milestone.project_id)
        data = {"projectId": project.id, "externalId": milestone.external_id, "event": event}
        payload = {"data": {**data, "milestone": milestone_row(project, milestone).model_dump()}}
        self.webhooks.notify(project, "MILESTONE", payload)

    def _mails(self) -> list[dict[str, str]]:
        return [
            {
                "to": hook.owner.email,
                "at": iso_milliseconds(hook.endpoint.disabled_at),
                "subject": f"Your webhook {hook.name} was disabled after 10 failed notifications",
            }
            for hook in self.webhooks
            if hook.endpoint.disabled_at is not None
        ]
