"""The lists of smartQ. The docs show none of their rows: the columns are the forms' fields, and some that were seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from airflow_qa_provider.kinds.listing import Filter, Listing, asked, columns
from airflow_qa_provider.vendors.smartq.client.shown import step_named

_PAGE_SIZE = 100
_PROJECT = {"project_id": "project_id"}
_PEOPLE = (
    "is_account_administrator:integer can_manage_projects:integer can_view_profiles:integer can_manage_profiles:integer"
)
# an order in which a new ticket moves no other to another page; archived ones too, or a ticket would vanish
_ALL_TICKETS = {"order_by": "insert_time", "descending": False, "archived": "all"}
_WHOLE_TICKETS = {**_ALL_TICKETS, "with_custom_fields": True, "with_assignees": True}


def _zone(client: Any) -> ZoneInfo:
    return ZoneInfo(client.dialect.timezone)


def _step(client: Any, arguments: Mapping[str, Any], wanted: str) -> str:
    return step_named(client.project_steps.list(arguments["project_id"]), wanted, str(arguments["project_id"]))


def _below_tickets(name: str, title: str, described: str, changed: str) -> Listing:
    return Listing(
        name=name,
        title=title,
        operation=f"{name}.list",
        columns=columns(f"ticket_id {described}"),
        guessed=True,
        scope=_PROJECT,
        changed=changed,
        zone=_zone,
        under="tickets",
        under_as="ticket_id",
        page_size=_PAGE_SIZE,
    )


PROJECTS = Listing(
    name="projects",
    title="Projects: returns the list of projects",
    operation="projects.list",
    columns=columns("id name description owner_id active:boolean"),
    filters=asked("only_active", how="optional_flag"),
    page_size=_PAGE_SIZE,
)
STEPS = Listing(
    name="steps",
    title="Project Steps: returns the list of project steps",
    operation="project_steps.list",
    columns=columns("id project_id name description limit:integer pos:integer"),
    guessed=True,
    scope=_PROJECT,
)
TICKETS = Listing(
    name="tickets",
    title="Tickets: returns the list of tickets",
    operation="tickets.list",
    columns=columns(
        "id project_id step_id owner_id name description tags pos:integer deadline_date:timestamp archived:integer "
        "insert_time:timestamp update_time:timestamp move_time:timestamp assigned_to:json custom_fields:json cover:json"
    ),
    guessed=True,
    scope=_PROJECT,
    filters=(
        Filter("step", argument="step_id", resolve=_step),
        *asked("assigned_to"),
        *asked("archived", "name_contains", how="optional_text"),
    ),
    arguments=_WHOLE_TICKETS,
    changed="update_time",
    zone=_zone,
    page_size=_PAGE_SIZE,
)
NOTES = _below_tickets(
    "notes",
    "Notes: returns the list of notes",
    "id project_id owner_id parent_id top_parent_id text private:integer insert_time:timestamp update_time:timestamp "
    "files:json",
    "update_time",
)
TASKS = _below_tickets(
    "tasks", "Tasks: returns the list of ticket tasks", "id owner_id text done:integer insert_time:timestamp", ""
)
USERS = Listing(
    name="users",
    title="Users: returns the list of users",
    operation="users.list",
    columns=columns(
        f"id name email company title address work_phone home_phone cell_phone comments {_PEOPLE} avatar_url"
    ),
)
CUSTOM_FIELDS = Listing(
    name="custom_fields",
    title="Project Custom Fields: returns the list of project custom fields",
    operation="custom_fields.list",
    columns=columns("project_id name type label hint pos_type required:integer options:json values:json"),
    guessed=True,
    key="name",
    scope=_PROJECT,
)

LISTINGS = (PROJECTS, STEPS, TICKETS, NOTES, TASKS, USERS, CUSTOM_FIELDS)
