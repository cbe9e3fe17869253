"""Organizations with their groups, how their members sign in, identity providers, and API keys."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta

from pydantic import BaseModel

from qa_sandbox.auth import same_secret
from qa_sandbox.files.report_file import file_name
from qa_sandbox.qalyptus.models import Authentications
from qa_sandbox.qalyptus.records import parse_wire_date, wire_date
from qa_sandbox.qalyptus.state.collection import Collection, Row
from qa_sandbox.web import Refused


class Organizations(Collection):
    kind = "organization"
    hidden = ("authentications",)

    def make(self, fields: Row) -> Row:
        """Make an organization with its default group; the caller is its first member."""
        name = fields["name"] or file_name(fields["displayName"], "").rstrip(".").lower()
        row = self.add(**{**fields, "name": name, "authentications": {"qalyptusAuth": True, "identityProvider": None}})
        self.store.groups.add_default(row["id"])
        self.store.users.join(self.store.me, [row["id"]])
        return row

    def own(self) -> list[Row]:
        """Describe the organizations of the user of the API key."""
        member_of = self.store.users.get(self.store.me)["organizations"]
        return self.views(row for row in self if row["id"] in member_of)

    def projects(self, organization_id: str) -> list[Row]:
        projects, organization = self.store.projects, self.get(organization_id)
        return projects.views(row for row in projects if row["organizationID"] == organization["id"])

    def members(self, organization_id: str) -> list[Row]:
        organization = self.get(organization_id)
        return [self.store.member(row["id"]) for row in self.store.users if organization["id"] in row["organizations"]]

    def resources(self, organization_id: str) -> list[Row]:
        """Describe what the projects of an organization hold. The documentation does not say what a resource is."""
        organization = self.get(organization_id)
        own = {row["id"] for row in self.store.projects if row["organizationID"] == organization["id"]}
        return [
            {"id": row["id"], "name": row["name"], "type": objects.noun, "projectID": row["projectID"]}
            for objects in self.store.contents
            for row in objects
            if row["projectID"] in own
        ]

    def qlik_apps(self, organization_id: str) -> list[Row]:
        """Describe the Qlik apps of an organization; every organization sees all."""
        self.get(organization_id)
        return [app.wire for app in self.store.qlik.apps]

    def authentications(self, organization_id: str) -> Row:
        return dict(self.get(organization_id)["authentications"])

    def set_authentications(self, organization_id: str, body: Authentications) -> Row:
        row = self.get(organization_id)
        row["authentications"] = self._fields(body)
        return self.authentications(organization_id)

    def check_removable(self, row: Row) -> None:
        """Refuse to remove the organization that the sandbox's API key is bound to."""
        if row["id"] == self.store.home:
            raise Refused(403, "Organization in use", "The API key of this request is bound to the organization.")

    def removed(self, row: Row) -> None:
        """Remove the projects, groups and API keys of an organization that is gone."""
        for objects in (self.store.projects, self.store.groups, self.store.api_keys):
            own = [item for item in objects if item["organizationID"] == row["id"]]
            for item in own:
                objects.discard(item)
        for user in self.store.users:
            user["organizations"] = [known for known in user["organizations"] if known != row["id"]]


class IdentityProviders(Collection):
    kind = "identity-provider"
    hidden = ("clientSecret",)

    def check_removable(self, row: Row) -> None:
        """Refuse to remove an identity provider that an organization signs in with."""
        for organization in self.store.organizations:
            if organization["authentications"]["identityProvider"] == row["id"]:
                name = organization["displayName"]
                raise Refused(409, "Identity provider in use", f"The members of {name} sign in with it.")


ALL_USERS = "All users"


class Groups(Collection):
    kind = "group"

    def make(self, fields: Row) -> Row:
        return self.add(**{"members": [], "isDefault": False, **fields})

    def add_default(self, organization_id: str) -> Row:
        fields = {"name": ALL_USERS, "description": "Every user of the organization."}
        return self.make({**fields, "organizationID": organization_id, "isDefault": True})

    def default_of(self, organization_id: str) -> Row:
        return next(row for row in self if row["isDefault"] and row["organizationID"] == organization_id)

    def of_user(self, user_id: str) -> list[Row]:
        return [row for row in self if user_id in row["members"]]

    def members(self, group_id: str) -> list[Row]:
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
        if row["isDefault"]:
            raise Refused(403, "Default group", f"The default group '{row['name']}' cannot be deleted.")

    def removed(self, row: Row) -> None:
        self.store.forget_member(row["id"])

    def view(self, row: Row) -> Row:
        organization = self.store.organizations.get(row["organizationID"])
        return {**row, "members": len(row["members"]), "organization": organization["displayName"]}


MAX_KEYS = 1000
MAX_DAYS = 365


class ApiKeys(Collection):
    """API keys. The one of the sandbox's settings is not among them, so nothing locks a test out."""

    kind = "api-key"
    noun = "API key"
    hidden = ("digest",)

    def create(self, body: BaseModel) -> Row:
        """Make a key; only this answer shows its secret."""
        fields = self._fields(body)
        left = parse_wire_date(fields["expiryDate"]) - self.store.now
        if not timedelta() < left <= timedelta(days=MAX_DAYS):
            raise Refused(400, "Invalid expiry date", f"An API key expires within {MAX_DAYS} days from now.")
        if len(self) >= MAX_KEYS:
            raise Refused(409, "Too many API keys", f"A user has at most {MAX_KEYS} API keys.")
        row = self.make(fields)
        return {**self.view(row), "key": self._secret(row)}

    def make(self, fields: Row) -> Row:
        """Keep a new key without its secret."""
        row = self.add(**{"createdDate": wire_date(self.store.now), **fields})
        row["digest"] = _digest(self._secret(row))
        return row

    def accepts(self, secret: str) -> bool:
        now, digest = self.store.now, _digest(secret)
        return any(same_secret(digest, row["digest"]) and now < parse_wire_date(row["expiryDate"]) for row in self)

    def view(self, row: Row) -> Row:
        organization = self.store.organizations.get(row["organizationID"])
        return {**super().view(row), "organization": organization["displayName"]}

    def _secret(self, row: Row) -> str:
        context = self.store.context
        return "qly_" + hmac.new(context.api_key.encode(), row["id"].encode(), hashlib.sha256).hexdigest()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
