"""Objects with an owner: projects, and the reports, filters, conditions and tasks in them."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from qa_sandbox.qalyptus.models.base import Duplicate
from qa_sandbox.qalyptus.state.collection import Collection, Row
from qa_sandbox.qalyptus.state.parts import Parts
from qa_sandbox.qalyptus.state.permissions import EVERYTHING

if TYPE_CHECKING:
    from qa_sandbox.qalyptus.store import QalyptusStore


class OwnedCollection(Collection):
    def __init__(self, store: QalyptusStore) -> None:
        super().__init__(store)
        self.parts: tuple[Parts, ...] = ()

    def add(self, **fields: Any) -> Row:
        """
        Keep a new object; whoever owns it may do everything.

        :param fields: its members; default owner: the user of the API key
        """
        row = super().add(**{"owner": self.store.me, **fields})
        self.store.permissions.grant(row["id"], row["owner"], EVERYTHING)
        return row

    def change_owner(self, object_id: str, owner_id: str) -> Row:
        """Give an object to a user."""
        row = self.get(object_id)
        row["owner"] = self.store.users.get(owner_id)["id"]
        return self.view(row)

    def removed(self, row: Row) -> None:
        """Remove the parts and permissions of an object that is gone."""
        for parts in (self.store.permissions, *self.parts):
            parts.forget(row["id"])

    def view(self, row: Row) -> Row:
        owner = self.store.users.get(row["owner"])
        return {
            "id": row["id"],
            "name": row["name"],
            "description": row["description"],
            "owner": owner["id"],
            "ownerName": owner["name"],
            "isMine": owner["id"] == self.store.me,
        }


class ContentCollection(OwnedCollection):
    """Objects in a project."""

    def view(self, row: Row) -> Row:
        return {**super().view(row), "project": self.store.projects.get(row["projectID"])["name"]}

    def in_project(self, project_id: str) -> list[Row]:
        project = self.store.projects.get(project_id)
        return self.views(row for row in self if row["projectID"] == project["id"])

    def duplicate(self, object_id: str, body: Duplicate) -> Row:
        """Copy an object with its parts into a project; the copy is the caller's."""
        row = self.get(object_id)
        return self.copy(row, self.store.projects.in_organization(body.projectID, body.organizationID)["id"])

    def copy(self, row: Row, project_id: str) -> Row:
        """Copy an object with its parts into a project."""
        fields = {name: deepcopy(value) for name, value in row.items() if name not in ("id", "owner")}
        made = self.add(**{**fields, "name": f"{row['name']} (copy)", "projectID": project_id})
        for parts in self.parts:
            parts.copy(row["id"], made["id"])
        return self.view(made)
