"""Groups of users. Each organization has the default group ``All users``."""

from __future__ import annotations

from collections.abc import Iterable

from qa_sandbox.qalyptus.envelope import Refused
from qa_sandbox.qalyptus.state.collection import Collection, Row

ALL_USERS = "All users"


class Groups(Collection):
    """Groups of the tenant."""

    kind = "group"
    noun = "group"

    def make(self, fields: Row) -> Row:
        """Make an empty group."""
        return self.add(**{"members": [], "isDefault": False, **fields})

    def add_default(self, organization_id: str) -> Row:
        fields = {"name": ALL_USERS, "description": "Every user of the organization."}
        return self.make({**fields, "organizationID": organization_id, "isDefault": True})

    def default_of(self, organization_id: str) -> Row:
        return next(row for row in self if row["isDefault"] and row["organizationID"] == organization_id)

    def of_user(self, user_id: str) -> list[Row]:
        """Return the groups that a user belongs to."""
        return [row for row in self if user_id in row["members"]]

    def members(self, group_id: str) -> list[Row]:
        """Describe the users in a group."""
        return [self.store.member(user_id) for user_id in self.get(group_id)["members"]]

    def set_members(self, group_id: str, user_ids: Iterable[str]) -> list[Row]:
        row = self.get(group_id)
        row["members"] = [self.store.users.get(user_id)["id"] for user_id in dict.fromkeys(user_ids)]
        return self.members(group_id)

    def set_groups(self, user_id: str, group_ids: Iterable[str]) -> None:
        wanted = {self.get(group_id)["id"] for group_id in group_ids}
        for row in self:
            others = [member for member in row["members"] if member != user_id]
            row["members"] = [*others, user_id] if row["id"] in wanted else others

    def check_removable(self, row: Row) -> None:
        """Refuse to remove a default group."""
        if row["isDefault"]:
            raise Refused(403, "Default group", f"The default group '{row['name']}' cannot be deleted.")

    def removed(self, row: Row) -> None:
        """Remove what a group was allowed and sent."""
        self.store.forget_member(row["id"])

    def view(self, row: Row) -> Row:
        organization = self.store.organizations.get(row["organizationID"])
        return {**row, "members": len(row["members"]), "organization": organization["displayName"]}
