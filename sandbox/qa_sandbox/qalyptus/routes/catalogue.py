"""API keys, groups, identity providers, licenses, organizations, projects, storage services."""

from __future__ import annotations

from qa_sandbox.qalyptus import models
from qa_sandbox.qalyptus.routes.operation import Ids, Operation, crud, permissions

API_KEYS = crud(
    "/api-keys",
    create=("Create API key", models.ApiKeyCreate),
    list_all="Get user API keys",
    update=("Update API key", models.NameAndDescription),
    get="Get user API key",
    delete="Delete API key",
    delete_many="Delete API keys",
)
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
    Operation("PUT", "/groups/{id}/members", "Update group members", "groups.set_members", Ids),
    Operation("GET", "/groups/{id}/members", "Get group members", "groups.members"),
)
IDENTITY_PROVIDERS = crud(
    "/identity-providers",
    create=("Create an identity provider", models.IdentityProviderCreate),
    list_all="Get all identity providers",
    update=("Update identity provider", models.IdentityProviderUpdate),
    get="Get identity provider",
    delete="Delete identity provider",
)
LICENSES = (Operation("GET", "/licenses", "Get licenses", "users.licenses"),)
_ONE = "/organizations/{id}"
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
    Operation("GET", "/organizations/user", "Get user organizations", "organizations.own"),
    Operation("GET", f"{_ONE}/projects", "Get organization projects", "organizations.projects"),
    Operation("GET", f"{_ONE}/members", "Get organization members", "organizations.members"),
    Operation("GET", f"{_ONE}/resources", "Get organization resources", "organizations.resources"),
    Operation("GET", f"{_ONE}/qlik-apps", "Get organization qlik apps", "organizations.qlik_apps"),
    Operation("GET", f"{_ONE}/authentications", "Get organization authentications", "organizations.authentications"),
    Operation(
        "PUT",
        f"{_ONE}/authentications",
        "Update organization authentications",
        "organizations.set_authentications",
        models.Authentications,
    ),
)
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
    Operation(
        "PUT", "/projects/{id}/permission-mode/{value}", "Update permission mode", "projects.set_permission_mode"
    ),
    Operation("GET", "/projects/organization/{id}", "Get organization projects", "organizations.projects"),
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
