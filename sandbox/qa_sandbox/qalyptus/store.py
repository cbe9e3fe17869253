"""One Qalyptus tenant: its collections, its Qlik apps, its runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from qa_sandbox.context import SandboxContext
from qa_sandbox.outcomes import Outcome
from qa_sandbox.qalyptus.seeding import fill
from qa_sandbox.qalyptus.state.collection import Collection, Row
from qa_sandbox.qalyptus.state.contents import Conditions, Filters, Projects, Reports, StorageServices
from qa_sandbox.qalyptus.state.organizations import ApiKeys, Groups, IdentityProviders, Organizations
from qa_sandbox.qalyptus.state.owned import ContentCollection, Permissions
from qa_sandbox.qalyptus.state.qlik import QlikWorld
from qa_sandbox.qalyptus.state.runs import Runs
from qa_sandbox.qalyptus.state.tasks import Tasks
from qa_sandbox.qalyptus.state.users import GROUP, USER, Users
from qa_sandbox.web import Store


class QalyptusStore(Store):
    def __init__(self, context: SandboxContext) -> None:
        super().__init__(context)
        self._made: Counter[str] = Counter()
        self.qlik = QlikWorld(context)
        self.permissions = Permissions(self)
        self.organizations = Organizations(self)
        self.identity_providers = IdentityProviders(self)
        self.api_keys = ApiKeys(self)
        self.users = Users(self)
        self.groups = Groups(self)
        self.projects = Projects(self)
        self.reports = Reports(self)
        self.filters = Filters(self)
        self.conditions = Conditions(self)
        self.storage_services = StorageServices(self)
        self.tasks = Tasks(self)
        self.runs = Runs(self)
        self._references: dict[str, Callable[[str], Row]] = {
            "organizationID": self.organizations.get,
            "identityProvider": self.identity_providers.get,
            "projectID": self.projects.get,
            "reportID": self.reports.get,
            **{f"qlik{kind}ID": partial(self.qlik.find, kind.lower()) for kind in ("App", "Field", "Bookmark")},
            **dict.fromkeys(
                ("qlikVariableID", "ccQlikVariable", "bccQlikVariable"), partial(self.qlik.find, "variable")
            ),
        }
        fill(self)

    @property
    def me(self) -> str:
        """Id of the user whose API key the sandbox accepts."""
        return self.context.make_id("user", 0)

    @property
    def home(self) -> str:
        return self.context.make_id("organization", 0)

    @property
    def contents(self) -> tuple[ContentCollection, ...]:
        return self.reports, self.filters, self.conditions, self.tasks

    def new_id(self, kind: str) -> str:
        """Derive the next id: the n-th object of a kind has the same id in every run."""
        self._made[kind] += 1
        return self.context.make_id(kind, self._made[kind] - 1)

    def check_references(self, fields: Row) -> None:
        """Refuse a request that names an object that does not exist."""
        for name, find in self._references.items():
            if fields.get(name) is not None:
                find(fields[name])

    def member(self, member_id: str) -> Row:
        """Describe a user or a group as a member."""
        if member_id in self.groups:
            row = self.groups.get(member_id)
            return {"id": row["id"], "name": row["name"], "email": None, "type": GROUP}
        row = self.users.get(member_id)
        return {"id": row["id"], "name": row["name"], "email": row["email"], "type": USER}

    def forget_member(self, member_id: str) -> None:
        """Remove the permissions of a user or group that is gone, and the mail it gets."""
        self.permissions.drop(lambda part: bool(part["memberID"] == member_id))
        self.tasks.recipients.drop(lambda part: bool(part["recipientID"] == member_id))

    def script(self, object_id: str, outcome: Outcome) -> bool:
        return self.runs.script(object_id, outcome)

    def snapshot(self) -> dict[str, Any]:
        now = self.now
        return {
            **{name: _names(getattr(self, name)) for name in ("organizations", "projects", "users", "groups")},
            "filters": _names(self.filters),
            "conditions": _names(self.conditions),
            "reports": [{"id": r["id"], "name": r["name"], "outputFormats": r["formats"]} for r in self.reports],
            "tasks": [{"id": t["id"], "name": t["name"], "ending": t["ending"]} for t in self.tasks],
            "storageServices": _names(self.storage_services),
            "identityProviders": _names(self.identity_providers),
            "apiKeys": _names(self.api_keys),
            "qlikApps": self.qlik.snapshot(),
            "records": [
                {"id": r.id, "kind": r.kind, "name": r.name, "status": r.status(now), "ending": r.ending}
                for r in self.runs
            ],
        }


def _names(objects: Collection) -> list[Row]:
    return [{"id": row["id"], "name": row["name"]} for row in objects]
