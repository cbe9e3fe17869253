"""Invented organizations, people, reports and tasks of the Qalyptus sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_qa_provider.sandbox.context import SandboxContext
from airflow_qa_provider.sandbox.files.table import Measure

OWNER = "Fjordline Trading"


@dataclass(frozen=True)
class Subject:
    """
    What a report is about.

    :param dimension: Qlik field that the figures are broken down by, together with ``Month``
    :param members: its values
    :param measures: columns, with the lowest and highest value drawn
    """

    dimension: str
    members: tuple[str, ...]
    measures: tuple[tuple[Measure, float, float], ...]


REGIONS = ("Nordics", "DACH", "Benelux", "Iberia", "France", "UK and Ireland")
SUPPLIERS = ("Brightwater Plastics", "Alder & Sons", "Kestrel Components", "Lumen Glass", "Hollis Metalworks")
PRODUCTS = ("Desk lamp", "Office chair", "Filing cabinet", "Whiteboard", "Monitor arm", "Footrest", "Coat stand")
WAREHOUSES = ("Rotterdam", "Malmo", "Lyon", "Leipzig")

_EUR, _COUNT = "EUR", ""
SALES = Subject(
    "Region",
    REGIONS,
    (
        (Measure("Revenue", _EUR), 380_000, 920_000),
        (Measure("Target", _EUR), 400_000, 850_000),
        (Measure("Orders", _COUNT), 800, 2400),
        (Measure("Return rate", "%", total=False), 1.2, 6.5),
    ),
)
QUALITY = Subject(
    "Supplier",
    SUPPLIERS,
    (
        (Measure("Units received", _COUNT), 4000, 26_000),
        (Measure("Units rejected", _COUNT), 20, 640),
        (Measure("On-time delivery", "%", total=False), 82, 99.5),
    ),
)
COMPLAINTS = Subject(
    "Product",
    PRODUCTS,
    (
        (Measure("Complaints", _COUNT), 3, 60),
        (Measure("Closed in 5 days", "%", total=False), 70, 100),
        (Measure("Cost", _EUR), 200, 9000),
    ),
)
STOCK = Subject(
    "Warehouse",
    WAREHOUSES,
    ((Measure("Pieces", _COUNT), 9000, 64_000), (Measure("Stock value", _EUR), 90_000, 700_000)),
)

# Name, type, output formats, subject, project, iterates.
REPORTS: tuple[tuple[str, str, tuple[str, ...], Subject, int, bool], ...] = (
    ("Regional sales review", "Excel", ("Pdf", "Xlsx", "Csv", "Html"), SALES, 0, False),
    ("Supplier quality scorecard", "Excel", ("Pdf", "Xlsx"), QUALITY, 1, False),
    ("Customer complaints overview", "HTML", ("Html", "Pdf"), COMPLAINTS, 1, False),
    ("Warehouse stock extract", "Excel", ("Xlsx", "Csv"), STOCK, 2, False),
    ("Board pack", "PowerPoint", ("Pdf",), SALES, 0, True),
)
# Name, description, report, format, how it ends, scheduled.
TASKS: tuple[tuple[str, str, int, str, str, bool], ...] = (
    ("Monthly regional sales pack", "Sales review for the regional managers.", 0, "Pdf", "success", True),
    ("Low stock alert", "Sent only when a warehouse runs below its minimum.", 3, "Xlsx", "warning", True),
    ("Board pack to archive storage", "Stores the board pack in the archive bucket.", 4, "Pdf", "error", False),
    ("Weekly supplier quality summary", "Scorecard for purchasing.", 1, "Xlsx", "success", True),
)
ORGANIZATIONS = (("fjordline", "Fjordline Trading"), ("fjordline-logistics", "Fjordline Logistics"))
PROJECTS = ("Sales", "Quality", "Operations")
PEOPLE = ("Ingrid Solberg", "Pieter de Vries", "Sofia Almeida", "Lukas Brandt", "Niamh Byrne", "Camille Laurent")
FILTERS = ("Nordics only", "Current year", "Top suppliers")


@dataclass(frozen=True)
class Report:
    """A report template."""

    id: str
    name: str
    formats: tuple[str, ...]
    subject: Subject
    wire: Mapping[str, Any]


@dataclass(frozen=True)
class Task:
    """A task: one report, sent to people."""

    id: str
    name: str
    report: Report
    output_format: str
    ending: str
    recipients: tuple[str, ...]
    wire: Mapping[str, Any]


@dataclass(frozen=True)
class Tenant:
    """Everything that is configured rather than run; lists are ready for the wire."""

    organizations: list[dict[str, Any]]
    projects: list[dict[str, Any]]
    users: list[dict[str, Any]]
    filters: list[dict[str, Any]]
    reports: dict[str, Report]
    tasks: dict[str, Task]


def email_of(name: str) -> str:
    """Return the mail address of a person."""
    return name.lower().replace(" ", ".") + "@example.com"


def make_tenant(context: SandboxContext) -> Tenant:
    """
    Invent a tenant.

    :param context: the vendor's view of the sandbox
    """
    make_id = context.make_id
    projects = [
        {**_owned(context, n, name, f"{name} reports and tasks"), "isGlobalPermissions": False}
        for n, name in enumerate(PROJECTS)
    ]
    for n, project in enumerate(projects):
        project["id"] = make_id("project", n)
    reports = {report.id: report for report in (_report(context, n) for n in range(len(REPORTS)))}
    tasks = {task.id: task for task in (_task(context, n, list(reports.values())) for n in range(len(TASKS)))}
    return Tenant(
        organizations=[
            {"id": make_id("organization", n), "name": name, "displayName": display, "description": None}
            for n, (name, display) in enumerate(ORGANIZATIONS)
        ],
        projects=projects,
        users=[_user(context, n, name) for n, name in enumerate(PEOPLE)],
        filters=[
            {**_owned(context, n, name, None), "id": make_id("filter", n), "project": PROJECTS[n % len(PROJECTS)]}
            for n, name in enumerate(FILTERS)
        ],
        reports=reports,
        tasks=tasks,
    )


def _owned(context: SandboxContext, index: int, name: str, description: str | None) -> dict[str, Any]:
    owner = index % len(PEOPLE)
    return {
        "id": "",
        "name": name,
        "description": description,
        "owner": context.make_id("user", owner),
        "ownerName": PEOPLE[owner],
        "isMine": owner == 0,
    }


def _user(context: SandboxContext, index: int, name: str) -> dict[str, Any]:
    return {
        "id": context.make_id("user", index),
        "name": name,
        "email": email_of(name),
        "type": "User",
        "status": "Active",
        "license": "Professional" if index == 0 else "Recipient",
        "groups": ["All users"],
        "isTenantOwner": index == 0,
        "tenantAdminRole": index == 0,
        "organizationRoles": [],
    }


def _report(context: SandboxContext, index: int) -> Report:
    name, kind, formats, subject, project, iterates = REPORTS[index]
    report_id = context.make_id("report", index)
    wire = {
        **_owned(context, index, name, None),
        "id": report_id,
        "type": kind,
        "project": PROJECTS[project],
        "isIteration": iterates,
        "templateFile": f"{name.lower().replace(' ', '-')}-template",
        "outputFormats": list(formats),
        "dynamicNameSeparator": "_",
    }
    return Report(report_id, name, formats, subject, wire)


def _task(context: SandboxContext, index: int, reports: list[Report]) -> Task:
    name, description, report, output_format, ending, scheduled = TASKS[index]
    task_id = context.make_id("task", index)
    recipients = tuple(email_of(person) for person in PEOPLE[index % 3 : index % 3 + 3])
    wire = {
        **_owned(context, index, name, description),
        "id": task_id,
        "project": reports[report].wire["project"],
        "isActive": True,
        "isScheduled": scheduled,
        "testMode": False,
        "testModeRecipients": None,
        "sendNotifications": True,
        "notifyIfError": True,
        "notifyIfWarning": True,
        "notifyIfSuccess": False,
        "notificationRecipients": email_of(PEOPLE[0]),
        "notificationCc": None,
        "notificationBcc": None,
        "lastExecution": None,
    }
    return Task(task_id, name, reports[report], output_format, ending, recipients, wire)
