"""Organizations, how their members sign in, and identity providers."""

from __future__ import annotations

from qa_sandbox.files.report_file import file_name
from qa_sandbox.qalyptus.envelope import Refused
from qa_sandbox.qalyptus.models.catalogue import Authentications
from qa_sandbox.qalyptus.state.collection import Collection, Row


class Organizations(Collection):
    """Organizations of the tenant."""

    kind = "organization"
    noun = "organization"
    hidden = ("authentications",)

    def make(self, fields: Row) -> Row:
        """Make an organization with its default group; the caller is its first member."""
        name = fields["name"] or file_name(fields["displayName"], "").rstrip(".").lower()
        row = self.add(**{**fields, "name": name, "authentications": {"qalyptusAuth": True, "identityProvider": None}})
        self.store.groups.add_default(row["id"])
        self.store.users.join(self.store.me, [row["id"]])
        return row

    def of_user(self, user_id: str) -> list[Row]:
        """Describe the organizations that a user belongs to."""
        member_of = self.store.users.get(user_id)["organizations"]
        return self.views(row for row in self if row["id"] in member_of)

    def projects(self, organization_id: str) -> list[Row]:
        projects, organization = self.store.projects, self.get(organization_id)
        return projects.views(row for row in projects if row["organizationID"] == organization["id"])

    def members(self, organization_id: str) -> list[Row]:
        """Describe the users of an organization."""
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
        """Describe how the members of an organization sign in."""
        return dict(self.get(organization_id)["authentications"])

    def set_authentications(self, organization_id: str, body: Authentications) -> Row:
        """Set how the members of an organization sign in."""
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
    """Identity providers of the tenant."""

    kind = "identity-provider"
    noun = "identity provider"
    hidden = ("clientSecret",)

    def check_removable(self, row: Row) -> None:
        """Refuse to remove an identity provider that an organization signs in with."""
        for organization in self.store.organizations:
            if organization["authentications"]["identityProvider"] == row["id"]:
                name = organization["displayName"]
                raise Refused(409, "Identity provider in use", f"The members of {name} sign in with it.")
