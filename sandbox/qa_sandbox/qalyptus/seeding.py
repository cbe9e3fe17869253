"""Fills a tenant with the invented data."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from qa_sandbox.clock import midnight
from qa_sandbox.data import email_of
from qa_sandbox.qalyptus import seed
from qa_sandbox.qalyptus.models import ConditionRule, FilterBookmark, FilterField, FilterVariable
from qa_sandbox.qalyptus.records import wire_date
from qa_sandbox.qalyptus.state.owned import READING
from qa_sandbox.qalyptus.task_models import TaskExternalEvent, TaskReport, TaskSchedule

if TYPE_CHECKING:
    from qa_sandbox.qalyptus.store import QalyptusStore

_DAYS_LEFT = 180


def fill(store: QalyptusStore) -> None:
    """Give an empty tenant its objects, in the order of the tables in ``seed``."""
    _people(store)
    _access(store)
    for index, (name, organization) in enumerate(seed.TEXTS["projects"]):
        store.projects.make({**_owned(store, index, name), "organizationID": _id(store, "organization", organization)})
    _reports(store)
    _filters(store)
    _conditions(store)
    for row in seed.TEXTS["storage_services"]:
        store.storage_services.make(dict(row))
    _tasks(store)
    for objects in (store.projects, *store.contents):
        for row in objects:
            store.permissions.grant(row["id"], _id(store, "group", 0), READING)
    store.runs.add_history()


def _id(store: QalyptusStore, kind: str, index: int) -> str:
    return store.context.make_id(kind, index)


def _owned(store: QalyptusStore, index: int, name: str, description: str | None = None) -> dict[str, Any]:
    # The last person owns nothing.
    owner = _id(store, "user", index % (len(seed.PEOPLE) - 1))
    return {"name": name, "description": description, "owner": owner}


def _people(store: QalyptusStore) -> None:
    organizations: list[str] = []
    for name, display_name in seed.TEXTS["organizations"]:
        fields = {"name": name, "displayName": display_name, "description": None}
        authentications = {"qalyptusAuth": True, "identityProvider": None}
        row = store.organizations.add(
            **fields, themeID=_id(store, "theme", len(organizations)), authentications=authentications
        )
        store.groups.add_default(row["id"])
        organizations.append(row["id"])
    for index, name in enumerate(seed.PEOPLE):
        store.users.make(
            {
                "name": name,
                "email": email_of(name),
                "license": "Professional" if index < 2 else "Recipient",
                "isTenantOwner": index == 1,
                "tenantAdminRole": "TenantAdmin" if index < 2 else None,
                "organizations": organizations if index in (0, 4, 5) else organizations[:1],
            }
        )
    for name, description, members in seed.TEXTS["groups"]:
        row = store.groups.make({"name": name, "description": description, "organizationID": store.home})
        store.groups.set_members(row["id"], [_id(store, "user", member) for member in members])


def _access(store: QalyptusStore) -> None:
    store.identity_providers.make(dict(seed.TEXTS["identity_provider"]))
    today = midnight(store.now)
    dates = {"createdDate": wire_date(today), "expiryDate": wire_date(today + timedelta(days=_DAYS_LEFT))}
    for name in seed.TEXTS["api_keys"]:
        store.api_keys.make({"name": name, "description": None, "organizationID": store.home, **dates})


def _reports(store: QalyptusStore) -> None:
    for index, (name, kind, formats, subject, project, iterates) in enumerate(seed.TEXTS["reports"]):
        field = store.qlik.app_of(seed.SUBJECTS[subject]).fields[0]
        parts = [{"id": store.new_id("iterationFields"), **_field(field)}] if iterates else []
        store.reports.make(
            {
                **_owned(store, index, name),
                "type": kind,
                "projectID": _id(store, "project", project),
                "formats": formats,
                "subject": seed.SUBJECTS[subject],
                "isIteration": iterates,
                "templateFile": f"{name.lower().replace(' ', '-')}-template",
                "iterationFields": parts,
                "dynamicNames": [{**part, "id": store.new_id("dynamicNames")} for part in parts],
            }
        )


def _field(field: dict[str, Any]) -> dict[str, Any]:
    return {"qlikFieldID": field["id"], "name": field["name"]}


def _filters(store: QalyptusStore) -> None:
    for index, (name, project, app_index) in enumerate(seed.TEXTS["filters"]):
        fields = {**_owned(store, index, name), "projectID": _id(store, "project", project)}
        row, app = store.filters.make(fields), store.qlik.apps[app_index]
        value = app.subjects[0].members[0]
        variable, bookmark, field = app.variables[0], app.bookmarks[0], app.fields[0]
        for body in (
            FilterField(qlikFieldID=field["id"], filterItemFieldValues=[value]),
            FilterVariable(qlikVariableID=variable["id"], variableValue=variable["value"]),
            FilterBookmark(qlikBookmarkID=bookmark["id"]),
        ):
            store.filters.save_item(row["id"], body)


def _conditions(store: QalyptusStore) -> None:
    for index, (name, description, project, app_index) in enumerate(seed.TEXTS["conditions"]):
        fields = {**_owned(store, index, name, description), "projectID": _id(store, "project", project)}
        row, app = store.conditions.make(fields), store.qlik.apps[app_index]
        values = [{"operator": "LessThan", "value": app.variables[0]["value"]}]
        rule = ConditionRule.model_validate({"name": name, "qlikAppID": app.id, "values": values})
        store.conditions.save_rule(row["id"], rule)


def _tasks(store: QalyptusStore) -> None:
    for index, (name, description, report, output_format, ending, scheduled) in enumerate(seed.TEXTS["tasks"]):
        report_row = store.reports.get(_id(store, "report", report))
        row = store.tasks.make(
            {
                **_owned(store, index, name, description),
                "projectID": report_row["projectID"],
                "ending": ending,
                "sendNotifications": True,
                "notifyIfError": True,
                "notifyIfWarning": True,
                "notificationRecipients": email_of(seed.PEOPLE[0]),
            }
        )
        people = [_id(store, "user", person) for person in range(index % 3, index % 3 + 3)]
        for person in people:
            store.tasks.recipients.add(row["id"], recipientID=person)
        _task_report(store, row["id"], report_row, output_format, archived=ending == "error")
        if scheduled:
            _schedule(store, row["id"])
        if index == 0 or not scheduled:
            _event(store, row["id"])


def _task_report(
    store: QalyptusStore, task_id: str, report: dict[str, Any], output_format: str, *, archived: bool
) -> None:
    filters = [row for row in store.filters if row["projectID"] == report["projectID"]]
    conditions = [row for row in store.conditions if row["projectID"] == report["projectID"]]
    body = {
        "reportID": report["id"],
        "format": output_format,
        "emailEmbedment": False,
        "emailAttachment": True,
        "filters": [{"id": row["id"], "order": order} for order, row in enumerate(filters, 1)],
        "conditions": [{"id": row["id"]} for row in conditions],
        "storageServices": [{"id": _id(store, "storage-service", 0)}] if archived else [],
        "separatorOptions": {"numberDecimalSeparator": ",", "numberGroupSeparator": "."},
    }
    store.tasks.save_report(task_id, TaskReport.model_validate(body))


def _schedule(store: QalyptusStore, task_id: str) -> None:
    body = {**seed.TEXTS["schedule"], "startDate": wire_date(midnight(store.now) - timedelta(days=30))}
    store.tasks.schedules.put(task_id, TaskSchedule.model_validate(body))


def _event(store: QalyptusStore, task_id: str) -> None:
    body = {**seed.TEXTS["event"], "appID": store.qlik.apps[0].id}
    store.tasks.events.put(task_id, TaskExternalEvent.model_validate(body))
