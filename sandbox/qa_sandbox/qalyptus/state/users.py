"""Users: recipients and licensed users, their rights, and what happens when they leave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from qa_sandbox.qalyptus.models import UserCreate, UserInvite, UserTransfer, UserUpdate
from qa_sandbox.qalyptus.seed import LICENSES
from qa_sandbox.qalyptus.state.collection import Collection, Row
from qa_sandbox.web import Refused

USER, GROUP = "User", "Group"


ATTRIBUTES: dict[str, tuple[Any, str]] = {
    "status": (str, "text"),
    "organizations": (list[str], "a list of ids"),
    "groups": (list[str], "a list of ids"),
    "organizationRoles": (list[dict[str, Any]], "a list of objects"),
    "license": (str | None, "text or null"),
    "tenantAdminRole": (str | None, "text or null"),
}


def new_value(kind: str, value: Any) -> tuple[str, Any]:
    known = {name.lower(): name for name in ATTRIBUTES}
    name = known.get(kind.lower())
    if name is None:
        raise Refused(400, "Invalid update type", f"The type is one of {', '.join(ATTRIBUTES)}.")
    kind_of_value, shape = ATTRIBUTES[name]
    try:
        TypeAdapter(kind_of_value).validate_python(value, strict=True)
    except ValidationError:
        raise Refused(400, "Invalid update value", f"The value of {name} is {shape}.") from None
    return name, value


class Users(Collection):
    kind = "user"

    def make(self, fields: Row) -> Row:
        """Make a recipient in its organizations and their default groups."""
        defaults: Row = {
            "email": None,
            "type": USER,
            "status": "Active",
            "license": "Recipient",
            "isTenantOwner": False,
            "tenantAdminRole": None,
            "organizationRoles": [],
        }
        row = self.add(**{**defaults, **fields, "organizations": []})
        self.join(row["id"], fields["organizations"])
        return row

    def add_recipient(self, body: UserCreate) -> Row:
        organizations = self._organizations(body.organizations)
        name = f"{body.firstName} {body.lastName}".strip()
        return self.view(self.make({"name": name, "email": body.email, "organizations": organizations}))

    def add_people(self, people: Iterable[tuple[str, str, str, str]]) -> list[Row]:
        """
        Add recipients from the rows of an import file, all or none.

        :param people: first name, last name, mail address, organizations separated by semicolons; without
            organizations: the one that the API key is bound to
        """
        known = {name: row["id"] for row in self.store.organizations for name in (row["name"], row["displayName"])}
        made = []
        for first, last, email, names in people:
            wanted = [name.strip() for name in names.split(";") if name.strip()]
            for name in wanted:
                if name not in known:
                    raise Refused(400, "Unknown organization", f"{name[:80]!r}; known: {', '.join(known)}.")
            organizations = [known[name] for name in wanted] or [self.store.home]
            made.append({"name": f"{first} {last}", "email": email or None, "organizations": organizations})
        return [self.view(self.make(fields)) for fields in made]

    def invite(self, body: UserInvite) -> list[Row]:
        """Invite people to the organization that the API key is bound to; they are users at once."""
        for email in body.emails:
            local, _, domain = email.partition("@")
            if not local or "." not in domain:
                raise Refused(400, "Invalid email", f"{email[:80]!r} is not a mail address.")
        roles = [role.model_dump() for role in body.organizations or ()]
        fields = {"status": "Invited", "tenantAdminRole": body.tenantAdminRole, "organizationRoles": roles}
        return [
            self.view(self.make({**fields, "name": email, "email": email, "organizations": [self.store.home]}))
            for email in dict.fromkeys(body.emails)
        ]

    def join(self, user_id: str, organization_ids: Iterable[str]) -> None:
        row = self.get(user_id)
        for organization_id in organization_ids:
            everybody = self.store.groups.default_of(organization_id)
            for member, members in ((organization_id, row["organizations"]), (user_id, everybody["members"])):
                if member not in members:
                    members.append(member)

    def change(self, user_id: str, body: UserUpdate) -> Row:
        row = self.get(user_id)
        attribute, value = new_value(body.type, body.value)
        if attribute == "groups":
            self.store.groups.set_groups(user_id, value)
        elif attribute == "organizations":
            self._set_organizations(row, self._organizations(value))
        else:
            row[attribute] = value
        return self.view(row)

    def transfer(self, user_id: str, body: UserTransfer) -> None:
        """Give a user's objects and rights to another user."""
        old, new = self.get(user_id), self.get(body.newUserID)
        if old is new:
            raise Refused(400, "Same user", "A user cannot transfer to itself.")
        if body.transferContent:
            for row in self._content_of(old["id"]):
                row["owner"] = new["id"]
        if body.transferPermissions:
            self.store.permissions.hand_over(old["id"], new["id"])

    def check_removable(self, row: Row) -> None:
        """Refuse to remove the caller, the tenant owner, and whoever owns something."""
        if row["id"] == self.store.me:
            raise Refused(403, "Deletion forbidden", "Users cannot delete themselves.")
        if row["isTenantOwner"]:
            raise Refused(403, "Deletion forbidden", "The user is the tenant owner.")
        owned = self._content_of(row["id"])
        if owned:
            details = f"The user owns {len(owned)} objects, such as '{owned[0]['name']}'. Transfer them first."
            raise Refused(403, "Deletion forbidden", details)

    def removed(self, row: Row) -> None:
        self.store.groups.set_groups(row["id"], [])
        self.store.forget_member(row["id"])

    def licenses(self) -> list[Row]:
        """Describe how many licenses of each type there are, and how many are used."""
        found = []
        for name, total in LICENSES:
            used = sum(row["license"] == name for row in self)
            found.append({"type": name, "total": total, "used": used, "available": total - used})
        return found

    def view(self, row: Row) -> Row:
        groups = [group["name"] for group in self.store.groups.of_user(row["id"])]
        shown = {name: value for name, value in row.items() if name != "organizations"}
        return {**shown, "groups": list(dict.fromkeys(groups))}

    def _content_of(self, user_id: str) -> list[Row]:
        owned = (self.store.projects, *self.store.contents)
        return [row for objects in owned for row in objects if row["owner"] == user_id]

    def _organizations(self, ids: Iterable[Any]) -> list[str]:
        return [self.store.organizations.get(object_id)["id"] for object_id in dict.fromkeys(ids)]

    def _set_organizations(self, row: Row, organization_ids: list[str]) -> None:
        kept = [
            group["id"] for group in self.store.groups.of_user(row["id"]) if group["organizationID"] in organization_ids
        ]
        row["organizations"] = []
        self.store.groups.set_groups(row["id"], kept)
        self.join(row["id"], organization_ids)
