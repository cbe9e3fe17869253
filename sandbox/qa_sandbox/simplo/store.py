"""The state of one Simplo IS installation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from starlette.datastructures import Headers

from qa_sandbox.auth import bearer_token, same_secret
from qa_sandbox.context import SandboxContext
from qa_sandbox.data import email_of
from qa_sandbox.simplo import seed
from qa_sandbox.simplo.billing import MAX_REPORTS, ReportMaker, begin, history_start, move_on, next_period
from qa_sandbox.simplo.dates import LOCAL, format_date
from qa_sandbox.simplo.errors import NOT_FOUND, wrong
from qa_sandbox.simplo.models import PatchReport, PatchSetting, StoreSetting, UpdateReport
from qa_sandbox.simplo.records import Client, Invoice, Project, Report, ReportSetting, ReportState, ReportTask, User
from qa_sandbox.web import Refused, Store

Item = TypeVar("Item")


class SimploStore(Store):
    """Reports and what they are made from. Every read first makes the reports that are due by the clock."""

    def __init__(self, context: SandboxContext) -> None:
        super().__init__(context)
        self.users = [User(number, name, email_of(name)) for number, name in enumerate(seed.PEOPLE, 1)]
        self.clients = [Client(number, name, rate) for number, (name, rate) in enumerate(seed.CLIENTS, 1)]
        self.projects = [
            Project(number, name, self.clients[client], work)
            for number, (name, client, work) in enumerate(seed.PROJECTS, 1)
        ]
        self._maker = ReportMaker(context)
        self._reports: dict[int, Report] = {}
        self._made = 0
        self.settings: dict[int, ReportSetting] = {}
        self._settings_made = 0
        self.invoices: list[Invoice] = []
        self.saved_copies: list[dict[str, Any]] = []
        self.mails: list[dict[str, str]] = []
        self._add_settings(history_start(self.now))
        self.settle()
        self._add_history()

    @property
    def me(self) -> User:
        return self.users[0]

    def is_logged_in(self, headers: Headers) -> bool:
        """Whether a request carries the token. The vendor does not document how; header and scheme are settings."""
        wire = self.context.settings.simplo
        token = headers.get(wire.auth_header, "")
        if wire.auth_scheme:
            token = bearer_token(headers, wire.auth_header, wire.auth_scheme)
        return same_secret(token, self.context.api_key)

    def settle(self) -> None:
        """Make every report that is due, in the order of time."""
        while self._made < MAX_REPORTS:
            periods = [(next_period(setting), setting) for setting in self.settings.values()]
            due = [(found[2], setting.id, found) for found, setting in periods if found and found[2] <= self.now]
            if not due:
                return
            made_at, setting_id, (start, end, _) = min(due)
            setting = self.settings[setting_id]
            report = self._maker.make(setting, self.projects_of(setting), start, end, made_at)
            self._reports[report.id] = report
            self._made += 1
            move_on(setting)

    def reports(self) -> list[Report]:
        self.settle()
        return list(self._reports.values())

    def report(self, report_id: int) -> Report:
        self.settle()
        return _found(self._reports.get(report_id))

    def public_report(self, report_id: int, given_hash: str) -> Report:
        """Find a report for somebody who holds its hash."""
        report = self.report(report_id)
        if not same_secret(given_hash, report.hash):
            raise Refused(403, "Incorrect hash given.")
        return report

    def update(self, report_id: int, wanted: UpdateReport | PatchReport) -> Report:
        """Change a report; members that were not sent stay as they are."""
        report, given = self.report(report_id), wanted.model_fields_set
        if "state" in given and wanted.state is not report.state:
            report.move_to(wanted.state, self.now, self.me.id)
        if "invoice_number" in given:
            report.invoice_number, report.updated_at = wanted.invoice_number, self.now
        return report

    def delete(self, report_id: int) -> None:
        del self._reports[self.report(report_id).id]

    def approve(self, report: Report, by: User | None) -> None:
        """Approve a report: a copy is kept and the responsible person is mailed, once."""
        if report.approved_at is not None:
            return
        state = max(report.state, ReportState.APPROVED)
        report.move_to(ReportState.APPROVED, self.now, by.id if by else None)
        report.state = state
        responsible = self.responsible(report)
        self.saved_copies.append({"reportId": report.id, "at": format_date(self.now)})
        self.mails.append({"to": responsible.email, "subject": f"Report {report.name} was approved"})

    def issue_invoice(self, report: Report) -> Invoice:
        """Make an invoice of a report. The vendor documents no guard against a second one."""
        earlier = [invoice for invoice in self.invoices if invoice.report_id == report.id]
        if earlier and self.context.settings.simplo.second_invoice == "error":
            raise wrong("state", "The report has been invoiced already.")
        taken = {invoice.number for invoice in self.invoices}
        number = report.invoice_number
        if number is None or number in taken:
            first = self.now.astimezone(LOCAL).year * 10000 + 1
            number = max([first, *(taken_number + 1 for taken_number in taken if taken_number >= first)])
        invoice = Invoice(number, report.id, report.to_invoice_price, self.now)
        self.invoices.append(invoice)
        report.invoice_number = number
        report.move_to(ReportState.INVOICED, self.now, self.me.id)
        return invoice

    def tasks(self) -> list[ReportTask]:
        return [task for report in self.reports() for task in report.tasks]

    def task(self, task_id: int) -> ReportTask:
        return _found(next((task for task in self.tasks() if task.id == task_id), None))

    def setting(self, setting_id: int) -> ReportSetting:
        self.settle()
        return _found(self.settings.get(setting_id))

    def store_setting(self, wanted: StoreSetting) -> ReportSetting:
        self.settle()
        self._check_setting(wanted)
        return self._add_setting(wanted, self.now)

    def update_setting(self, setting_id: int, wanted: PatchSetting) -> ReportSetting:
        """Change a report setting; members that were not sent stay as they are."""
        setting = self.setting(setting_id)
        self._check_setting(wanted)
        given: dict[str, Any] = wanted.model_dump(exclude_unset=True)
        if "project_ids" in given:
            given["project_ids"] = tuple(dict.fromkeys(given["project_ids"]))
        if given.get("responsible_user_id", 0) is None:
            del given["responsible_user_id"]
        changed = replace(setting, **given, updated_at=self.now)
        if any(getattr(changed, name) != getattr(setting, name) for name in _SCHEDULE):
            begin(changed, self.now)
        self.settings[setting.id] = changed
        return changed

    def delete_setting(self, setting_id: int) -> None:
        """Delete a report setting; its reports stay."""
        del self.settings[self.setting(setting_id).id]

    def projects_of(self, setting: ReportSetting) -> list[Project]:
        return [project for project in self.projects if project.id in setting.project_ids]

    def responsible(self, report: Report) -> User:
        """Return who answers for a report; the token's owner when its setting is gone."""
        setting = self.settings.get(report.report_setting_id)
        return next((user for user in self.users if setting and user.id == setting.responsible_user_id), self.me)

    def snapshot(self) -> dict[str, Any]:
        """Describe the installation for the control API; hashes are secrets and left out."""
        return {
            "reports": [
                {"id": item.id, "name": item.name, "state": item.state.name, "invoiceNumber": item.invoice_number}
                for item in self.reports()
            ],
            "reportSettings": [{"id": item.id, "name": item.name} for item in self.settings.values()],
            "invoices": [
                {"number": item.number, "reportId": item.report_id, "amount": item.amount} for item in self.invoices
            ],
            "savedCopies": list(self.saved_copies),
            "mails": list(self.mails),
        }

    def _check_setting(self, wanted: PatchSetting) -> None:
        given = wanted.model_fields_set
        known: dict[str, tuple[set[int], Callable[[], list[int]]]] = {
            "client_id": ({client.id for client in self.clients}, lambda: [wanted.client_id]),
            "project_ids": ({project.id for project in self.projects}, lambda: wanted.project_ids),
            "responsible_user_id": (
                {user.id for user in self.users},
                lambda: [] if wanted.responsible_user_id is None else [wanted.responsible_user_id],
            ),
        }
        for name, (ids, read) in known.items():
            if name in given and not set(read()) <= ids:
                raise wrong(name, f"The selected {name.replace('_', ' ')} is invalid.")

    def _add_setting(self, wanted: StoreSetting, now: datetime) -> ReportSetting:
        self._settings_made += 1
        values = wanted.model_dump(exclude={"project_ids"})
        values["responsible_user_id"] = wanted.responsible_user_id or self.me.id
        project_ids = tuple(dict.fromkeys(wanted.project_ids))
        setting = ReportSetting(
            id=self._settings_made, project_ids=project_ids, created_at=now, updated_at=now, **values
        )
        begin(setting, now)
        self.settings[setting.id] = setting
        return setting

    def _add_settings(self, start: datetime) -> None:
        name, place = seed.ONE_TIME
        once: dict[str, Any] = {
            "type": "1",
            "one_time_from": start,
            "one_time_to": start + timedelta(days=5) - timedelta(seconds=1),
        }
        monthly = {"regular_start": start, "regular_interval": 1}
        settings = [(name, self.projects[place], once), *((one.name, one, monthly) for one in self.projects)]
        for number, (name, project, when) in enumerate(settings, 1):
            # Not checked: a body has its dates as text.
            wanted = StoreSetting.model_construct(
                name=name,
                client_id=project.client.id,
                responsible_user_id=1 + number % len(seed.PEOPLE),
                is_bug_field_hidden_for_client=number % 2 == 0,
                project_ids=[project.id],
                **when,
            )
            self._add_setting(wanted, start)

    def _add_history(self) -> None:
        """Send, approve and invoice what is old: the latest month is open, the one before is not invoiced."""
        latest = max(report.from_at for report in self._reports.values())
        for report in self._reports.values():
            age = (latest - report.from_at).days
            reached = ReportState.INVOICED if age > 40 else ReportState.APPROVED if age else ReportState.NEW
            if not age and report.id % 2:
                reached = ReportState.SENT
            for state in ReportState:
                moment = min(report.created_at + timedelta(days=2 * state, hours=7), self.now)
                if ReportState.NEW < state <= reached:
                    report.move_to(state, moment, self.me.id if state is not ReportState.APPROVED else None)
            if reached is ReportState.INVOICED:
                report.invoice_number = report.created_at.astimezone(LOCAL).year * 10000 + 100 + report.id
        oldest = min(self._reports)
        self._reports[oldest].is_active = False


_SCHEDULE = ("type", "is_live", "one_time_from", "one_time_to", "regular_start", "regular_interval")


def _found(item: Item | None) -> Item:
    if item is None:
        raise Refused(404, NOT_FOUND)
    return item
