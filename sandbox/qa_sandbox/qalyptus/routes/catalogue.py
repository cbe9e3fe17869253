"""API keys, groups, identity providers, licenses, organizations, projects, storage services."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from qa_sandbox.qalyptus import models
from qa_sandbox.qalyptus.routes.operation import Endpoint, Id, Ids, Operation, calling, crud, permissions, sent

IsGlobal = Annotated[bool, Path(alias="value", description="Whether permissions are global")]


def _of_organization(name: str) -> Endpoint:
    return calling(lambda store, one: getattr(store.organizations, name)(one), one=Id)


API_KEYS = crud(
    "/api-keys",
    create=("Create API key", models.ApiKeyCreate),
    list_all="Get user API keys",
    update=("Update API key", models.NameAndDescription),
    get="Get user API key",
    delete="Delete API key",
    delete_many="Delete API keys",
)
_set_members = calling(lambda store, one, body: store.groups.set_members(one, body), one=Id, body=sent(Ids))
_get_members = calling(lambda store, one: store.groups.members(one), one=Id)
GROUPS = (
    *crud(
        "/groups",
        create=("Create group", models.GroupCreate),
        list_all="Get all groups",
        update=("Update group", models.NameAndDescription),
        get="Get group",
        delete="Delete group",
        delete_many="Delete groups",
    ),
    Operation("PUT", "/groups/{id}/members", "Update group members", _set_members),
    Operation("GET", "/groups/{id}/members", "Get group members", _get_members),
)
IDENTITY_PROVIDERS = crud(
    "/identity-providers",
    create=("Create an identity provider", models.IdentityProviderCreate),
    list_all="Get all identity providers",
    update=("Update identity provider", models.IdentityProviderUpdate),
    get="Get identity provider",
    delete="Delete identity provider",
)
LICENSES = (Operation("GET", "/licenses", "Get licenses", calling(lambda store: store.users.licenses())),)
_ONE = "/organizations/{id}"
_own = calling(lambda store: store.organizations.of_user(store.me))
_set_authentications = calling(
    lambda store, one, body: store.organizations.set_authentications(one, body),
    one=Id,
    body=sent(models.Authentications),
)
ORGANIZATIONS = (
    *crud(
        "/organizations",
        create=("Create organization", models.OrganizationCreate),
        list_all="Get all organizations",
        update=("Update organization", models.OrganizationUpdate),
        get="Get organization by ID",
        delete="Delete organization",
        delete_many="Delete organizations",
    ),
    Operation("GET", "/organizations/user", "Get user organizations", _own),
    Operation("GET", f"{_ONE}/projects", "Get organization projects", _of_organization("projects")),
    Operation("GET", f"{_ONE}/members", "Get organization members", _of_organization("members")),
    Operation("GET", f"{_ONE}/resources", "Get organization resources", _of_organization("resources")),
    Operation("GET", f"{_ONE}/qlik-apps", "Get organization qlik apps", _of_organization("qlik_apps")),
    Operation(
        "GET", f"{_ONE}/authentications", "Get organization authentications", _of_organization("authentications")
    ),
    Operation("PUT", f"{_ONE}/authentications", "Update organization authentications", _set_authentications),
)
_set_mode = calling(lambda store, one, value: store.projects.set_permission_mode(one, value), one=Id, value=IsGlobal)
PROJECTS = (
    *crud(
        "/projects",
        create=("Create project", models.NameAndDescription),
        list_all="Get projects",
        update=("Update project", models.NameAndDescription),
        get="Get project",
        delete="Delete project",
        delete_many="Delete multiple projects",
    ),
    Operation("PUT", "/projects/{id}/permission-mode/{value}", "Update permission mode", _set_mode),
    Operation("GET", "/projects/organization/{id}", "Get organization projects", _of_organization("projects")),
    *permissions("/projects", delete_one="Delete member permission", delete_many="Delete member's permissions"),
)
STORAGE_SERVICES = crud(
    "/storage-services",
    list_all="Get a list of all storage services.",
    update=("Update a storage service", models.StorageServiceUpdate),
    get="Get the storage service with the specified ID.",
    delete="Delete the storage service with the specified ID.",
    delete_many="Delete multiple storage services.",
)
