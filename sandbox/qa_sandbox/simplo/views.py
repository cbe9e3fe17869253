"""Simplo on the wire: reports, settings and tasks, their lists and embedded objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse

from qa_sandbox.simplo.dates import format_date, format_utc
from qa_sandbox.simplo.index import Column, IndexQuery, embedded, index
from qa_sandbox.simplo.records import Project, Report, ReportSetting, ReportTask, User
from qa_sandbox.simplo.store import SimploStore

BASE_PATH = "/api/v0"
Embeds = Mapping[str, Callable[[SimploStore, Any], Any]]
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "reports": {
        "id": "number", "name": "text", "report_setting_id": "number", "to_invoice_price": "number",
        "is_active": "bool", "state": "number", "approved_at": "date", "sent_at": "date", "invoiced_at": "date",
        "from_at": "date", "to_at": "date", "created_at": "date", "updated_at": "date", "hash": "text",
    },
    "report-settings": {
        "id": "number", "name": "text", "client_id": "number", "type": "text", "is_live": "bool",
        "one_time_from": "date", "one_time_to": "date", "regular_start": "date", "regular_interval": "number",
        "created_at": "date", "is_bug_field_hidden_for_client": "bool",
    },
    "report-tasks": {
        "id": "number", "report_id": "number", "name": "text", "is_bug": "bool", "estimated_time": "number",
        "reported_time": "number", "to_invoice_time": "number", "to_invoice_price": "number", "status_id": "number",
        "task_id": "number", "note": "text", "created_at": "date", "updated_at": "date",
    },
}  # fmt: skip


def _reader(name: str) -> Callable[[Any], Any]:
    return lambda row: getattr(row, name)


def _columns(resource: str, **computed: Column[Any]) -> dict[str, Column[Any]]:
    plain = {name: Column[Any](kind, _reader(name)) for name, kind in _FIELDS[resource].items()}
    return {**plain, **computed}


def _described(resource: str, row: Any, more: Iterable[str] = ()) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in (*_FIELDS[resource], *more)}
    dated = {name: format_date(value) if isinstance(value, datetime) else value for name, value in shown.items()}
    return {**dated, "_links": [{"href": f"{BASE_PATH}/{resource}/{row.id}", "rel": "self", "type": "GET"}]}


def report_wire(report: Report) -> dict[str, Any]:
    """Describe a report: the members of the examples, and those that the data type page adds."""
    added = ("approved_by_user_id", "sent_by_user_id", "invoiced_by_user_id", "invoice_number")
    return _described("reports", report, added)


def setting_wire(setting: ReportSetting) -> dict[str, Any]:
    """Describe a report setting; its dates come in two formats, as in the vendor's example."""
    wire = _described("report-settings", setting, ("responsible_user_id", "task_filter", "updated_at"))
    for name in ("one_time_from", "one_time_to", "regular_start"):
        value = getattr(setting, name)
        wire[name] = None if value is None else format_utc(value)
    return wire


def task_wire(task: ReportTask) -> dict[str, Any]:
    return _described("report-tasks", task)


@dataclass(frozen=True)
class View:
    """How a kind of object is shown, alone and in lists, with embedded objects as members of their own names."""

    wire: Callable[[Any], dict[str, Any]]
    columns: Mapping[str, Column[Any]]
    embeds: Embeds

    def one(self, store: SimploStore, row: Any, embed: str) -> JSONResponse:
        return JSONResponse(self._shown(store, row, embedded(embed, self.embeds)))

    def page(self, store: SimploStore, rows: list[Any], query: IndexQuery) -> JSONResponse:
        names = embedded(query.embed, self.embeds)
        page, meta = index(rows, self.columns, query)
        return JSONResponse({"items": [self._shown(store, row, names) for row in page], "_meta": meta})

    def _shown(self, store: SimploStore, row: Any, names: list[str]) -> dict[str, Any]:
        return {**self.wire(row), **{name: self.embeds[name](store, row) for name in names}}


def _project(project: Project) -> dict[str, Any]:
    return {"id": project.id, "name": project.name, "client_id": project.client.id}


def _user(user: User) -> dict[str, Any]:
    return {"id": user.id, "name": user.name, "email": user.email}


def _setting_of(store: SimploStore, report: Report) -> dict[str, Any] | None:
    setting = store.settings.get(report.report_setting_id)
    return None if setting is None else setting_wire(setting)


def _project_of(store: SimploStore, report: Report) -> dict[str, Any] | None:
    setting = store.settings.get(report.report_setting_id)
    projects = store.projects_of(setting) if setting is not None else []
    return _project(projects[0]) if projects else None


def _client_of(store: SimploStore, setting: ReportSetting) -> dict[str, Any]:
    client = next(client for client in store.clients if client.id == setting.client_id)
    return {"id": client.id, "name": client.name}


REPORTS = View(
    report_wire,
    _columns("reports"),
    {
        "report_setting": _setting_of,
        "project": _project_of,
        "edit_allowed": lambda store, report: report.edit_allowed,
    },
)
PUBLIC = replace(
    REPORTS,
    embeds={
        "report_setting": _setting_of,
        "responsible_user": lambda store, report: _user(store.responsible(report)),
        "report_tasks": lambda store, report: [task_wire(task) for task in report.tasks],
    },
)
SETTINGS = View(
    setting_wire,
    _columns(
        "report-settings",
        project_id=Column[Any]("number", lambda row: row.project_ids[0] if row.project_ids else None),
        is_automatically_created_by_project=Column[Any]("bool", lambda row: False),
    ),
    {
        "client": _client_of,
        "projects": lambda store, setting: [_project(project) for project in store.projects_of(setting)],
    },
)
TASKS = View(task_wire, _columns("report-tasks"), {"total_time_reported": lambda store, task: task.reported_time})
