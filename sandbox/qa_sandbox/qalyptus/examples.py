"""Values that work, for the published OpenAPI: ids of seeded objects, and a body for every route that takes one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from operator import attrgetter
from typing import Any

from qa_sandbox.qalyptus import models
from qa_sandbox.qalyptus import task_models as tasks
from qa_sandbox.qalyptus.records import ON_DEMAND, SCHEDULED, wire_date
from qa_sandbox.qalyptus.routes import GROUPS
from qa_sandbox.qalyptus.routes.operation import Ids, Operation
from qa_sandbox.qalyptus.state.collection import Parts, Row
from qa_sandbox.qalyptus.store import QalyptusStore
from qa_sandbox.web import Examples

_NAMED = {"name": "Quarterly review", "description": "Made through the API."}
_READER = {"viewProject": True, "viewReport": True, "viewTask": True}
_ENDPOINTS = {
    name: f"https://login.example.com/{name}"
    for name in ("authorizationEndpoint", "accessTokenEndpoint", "userinfoEndpoint")
}


def examples(store: QalyptusStore) -> Examples:
    ids, bodies = _Ids(store), _bodies(store)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for operations in GROUPS.values():
        for operation in operations:
            path = operation.path
            values: dict[str, Any] = {"id": ids.of(path), "value": True, "outputFormat": "Pdf", **ids.parts(path)}
            if operation.body is not None:
                values["body"] = ids.listed(operation) if operation.body == Ids else bodies[operation.body]
            found[operation.method.lower(), path] = values
    return found


class _Ids:
    """Which objects the examples name: those that may be deleted and have all kinds of parts."""

    def __init__(self, store: QalyptusStore) -> None:
        self._store = store
        # The first organization, group and user cannot be deleted.
        self._last = ("organizations", "groups", "users")

    def of(self, path: str) -> str | None:
        store, (first, *rest) = self._store, path[1:].split("/")
        special: dict[str, Callable[[], str]] = {
            "/reports/{id}/html": lambda: next(row["id"] for row in store.reports if row["type"] == "HTML"),
            "/conditions/rules/{id}": lambda: store.conditions.rules.of(self._first("conditions"))[0]["id"],
            "/filters/items/{id}": lambda: store.filters.items.of(self._first("filters"))[0]["id"],
            "/filters/report/{id}": lambda: self._first("reports"),
            "/projects/organization/{id}": lambda: self._first("organizations"),
            # Only the run of a task sends mail.
            "/status/on-demand-requests/{id}/smtp-log": lambda: store.runs.records(ON_DEMAND)[-1].id,
        }
        if path in special:
            return special[path]()
        if rest[:1] == ["project"]:
            return self._first("projects")
        if first == "status":
            return store.runs.records(SCHEDULED if rest[:1] == ["scheduled-tasks"] else ON_DEMAND)[0].id
        return None if first == "licenses" else self._first(first)

    def parts(self, path: str) -> dict[str, str]:
        store, task = self._store, self._first("tasks")
        names = {
            "taskScheduleID": store.tasks.schedules.of(task),
            "taskExternalEventID": store.tasks.events.of(task),
            "externalEventId": store.tasks.events.of(task),
            "taskReportID": store.tasks.reports.of(task),
        }
        values = {name: str(parts[0]["id"]) for name, parts in names.items()}
        if "/permissions" in path:
            values["memberPermissionId"] = store.permissions.of(str(self.of(path)))[0]["id"]
        return {**values, "ownerId": self._first("users")}

    def listed(self, operation: Operation) -> list[str]:
        store, path, parent = self._store, operation.path, str(self.of(operation.path))
        home = attrgetter(str(operation.call).rpartition(".")[0])(store)
        rows: list[Row] = home.of(parent) if isinstance(home, Parts) else []
        if path == "/groups/{id}/members":
            rows = list(store.users)[:2]
        if path == "/tasks/{id}/triggers/delete":
            rows = [*store.tasks.schedules.of(parent), *store.tasks.events.of(parent)]
        if path.endswith("/permissions/delete"):
            rows = store.permissions.of(parent)
        return [row["id"] for row in rows] or [parent]

    def _first(self, segment: str) -> str:
        name = segment.replace("-", "_")
        rows = list(getattr(self._store, name))
        return str(rows[-1 if name in self._last else 0]["id"])


def _bodies(store: QalyptusStore) -> dict[Any, Any]:
    project, app = next(iter(store.projects))["id"], store.qlik.apps[0]
    user = next(iter(store.users))["id"]
    in_project, in_organization = {"projectID": project}, {"organizationID": store.home}
    sign_in = {**_NAMED, **_ENDPOINTS, "clientID": "qalyptus", "clientSecret": "example"}
    theme = {"displayName": "Fjordline Ventures", "themeID": next(iter(store.organizations))["themeID"]}
    item = store.filters.items.of(next(iter(store.filters))["id"])[0]["id"]
    selection = {"fieldName": "Region", "selectedCount": 1, "selectedValues": ["Nordics"], "isNumeric": False}
    expiry = wire_date(store.now + timedelta(days=90))
    return {
        models.NameAndDescription: _NAMED,
        models.InProject: {**_NAMED, **in_project},
        models.Duplicate: {**in_project, **in_organization},
        models.ApiKeyCreate: {**_NAMED, **in_organization, "expiryDate": expiry},
        models.ConditionRule: {"name": "Current year", "qlikAppID": app.id, "values": [{"value": "2026"}]},
        models.FilterVariable: {"qlikVariableID": app.variables[0]["id"], "variableValue": "2026"},
        models.FilterBookmark: {"qlikBookmarkID": app.bookmarks[0]["id"]},
        models.FilterField: {"qlikFieldID": app.fields[0]["id"], "filterItemFieldValues": ["Nordics", "DACH"]},
        models.FilterOrder: {"id": item, "direction": "Down"},
        models.GroupCreate: {**_NAMED, **in_organization},
        models.IdentityProviderCreate: {**sign_in, "type": "OpenIDConnect"},
        models.IdentityProviderUpdate: sign_in,
        models.OrganizationCreate: theme,
        models.OrganizationUpdate: theme,
        models.Authentications: {"qalyptusAuth": True, "identityProvider": None},
        models.ReportCreate: {**_NAMED, **in_project, "type": "Excel"},
        models.ReportUpdate: {**_NAMED, "isIteration": False, "dynamicNameSeparator": "-"},
        models.StorageServiceUpdate: {**_NAMED, "type": "SFTP", "host": "files.example.com", "sftpPort": 22},
        models.PermissionDto: _READER,
        models.PermissionsRequest: {"members": [{"id": user, "type": "User"}], "permissions": _READER},
        models.OnDemand | None: {"selections": [selection], "appId": None, "bookmarkId": None},
        models.UserCreate: {"firstName": "Marta", "lastName": "Kowalska", "organizations": [store.home]},
        models.UserUpdate: {"type": "status", "value": "Inactive"},
        models.UserTransfer: {"newUserID": user, "transferContent": True, "transferPermissions": True},
        models.UserInvite: {"emails": ["marta.kowalska@example.com"]},
        **_task_bodies(store),
    }


def _task_bodies(store: QalyptusStore) -> dict[Any, Any]:
    user, report = next(iter(store.users))["id"], next(iter(store.reports))["id"]
    return {
        tasks.TaskUpdate: {**_NAMED, "isActive": True, "sendNotifications": False},
        tasks.TaskEmail: {"from": "reports@example.com", "subject": "Quarterly review", "isActive": True},
        list[tasks.TaskRecipient]: [{"id": user, "type": "User"}],
        tasks.TaskSchedule: {
            "name": "Mondays",
            "frequency": "Weekly",
            "timeZone": "Europe/Oslo",
            "weeklyDays": "Monday",
        },
        tasks.TaskExternalEvent: {
            "name": "After the reload",
            "execution": "Parallel",
            "priority": 1,
            "qlikEvent": "App Successful Reload",
        },
        tasks.TaskReport: {"reportID": report, "format": "Xlsx", "emailEmbedment": False, "emailAttachment": True},
    }
