"""Objects with an owner and permissions: projects, and the reports, filters, conditions and tasks in them."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from qa_sandbox.qalyptus.models import PERMISSIONS, Body, Duplicate, PermissionsRequest
from qa_sandbox.qalyptus.state.collection import Collection, Parts, Row

if TYPE_CHECKING:
    from qa_sandbox.qalyptus.store import QalyptusStore

FLAGS = PERMISSIONS
EVERYTHING: Row = dict.fromkeys(FLAGS, True)
READING: Row = {name: name.startswith("view") for name in FLAGS}


class Permissions(Parts):
    kind = "member-permission"

    def check_parent(self, parent_id: str) -> None:
        """Take any: whose permissions they are is checked by its collection."""

    def grant(self, object_id: str, member_id: str, flags: Row) -> None:
        """Set the permissions of a user or group, whether it has some or not."""
        held = next((part for part in self.of(object_id) if part["memberID"] == member_id), None)
        self.save(object_id, held["id"] if held else None, {"memberID": member_id, "permissions": dict(flags)})

    def hand_over(self, old_id: str, new_id: str) -> None:
        """Give a member's permissions to another, who keeps what it was allowed before."""
        for object_id in self._parts:
            held = {part["memberID"]: part for part in self.of(object_id)}
            old, new = held.get(old_id), held.get(new_id)
            if old is None:
                continue
            before = new["permissions"] if new else dict.fromkeys(FLAGS, False)
            self.grant(object_id, new_id, {name: before[name] or old["permissions"][name] for name in FLAGS})
            self.remove(object_id, [old["id"]])

    def view(self, part: Row) -> Row:
        member = self.store.member(part["memberID"])
        return {
            "id": part["id"],
            "memberID": member["id"],
            "name": member["name"],
            "type": member["type"],
            "permissions": dict(part["permissions"]),
        }


class OwnedCollection(Collection):
    def __init__(self, store: QalyptusStore) -> None:
        super().__init__(store)
        self.parts: tuple[Parts, ...] = ()

    def add(self, **fields: Any) -> Row:
        """Keep a new object; whoever owns it, if nobody else the user of the API key, may do everything."""
        row = super().add(**{"owner": self.store.me, **fields})
        self.store.permissions.grant(row["id"], row["owner"], EVERYTHING)
        return row

    def change_owner(self, object_id: str, owner_id: str) -> Row:
        row = self.get(object_id)
        row["owner"] = self.store.users.get(owner_id)["id"]
        return self.view(row)

    def permissions(self, object_id: str) -> list[Row]:
        return self.store.permissions.views(self.get(object_id)["id"])

    def set_permissions(self, object_id: str, body: PermissionsRequest) -> list[Row]:
        self.get(object_id)
        for member_id in [self.store.member(member.id)["id"] for member in body.members]:
            self.store.permissions.grant(object_id, member_id, body.permissions.model_dump())
        return self.permissions(object_id)

    def permissions_of(self, object_id: str, part_id: str) -> Row:
        return self.store.permissions.show(self.get(object_id)["id"], part_id)

    def set_permissions_of(self, object_id: str, part_id: str, body: Body) -> Row:
        self.store.permissions.get(self.get(object_id)["id"], part_id)["permissions"] = body.model_dump()
        return self.permissions_of(object_id, part_id)

    def remove_permissions(self, object_id: str, part_ids: Iterable[str]) -> None:
        self.store.permissions.remove(self.get(object_id)["id"], part_ids)

    def remove_permissions_of(self, object_id: str, part_id: str) -> None:
        self.remove_permissions(object_id, [part_id])

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
    def view(self, row: Row) -> Row:
        project = self.store.projects.get(row["projectID"])
        return {**super().view(row), "project": {"id": project["id"], "name": project["name"]}}

    def in_project(self, project_id: str) -> list[Row]:
        project = self.store.projects.get(project_id)
        return self.views(row for row in self if row["projectID"] == project["id"])

    def duplicate(self, object_id: str, body: Duplicate) -> Row:
        """Copy an object with its parts into a project; the copy is the caller's."""
        row = self.get(object_id)
        return self.copy(row, self.store.projects.in_organization(body.projectID, body.organizationID)["id"])

    def copy(self, row: Row, project_id: str) -> Row:
        fields = {name: deepcopy(value) for name, value in row.items() if name not in ("id", "owner")}
        made = self.add(**{**fields, "name": f"{row['name']} (copy)", "projectID": project_id})
        for parts in self.parts:
            parts.copy(row["id"], made["id"])
        return self.view(made)
