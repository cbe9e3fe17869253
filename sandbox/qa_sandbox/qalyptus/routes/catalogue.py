"""API keys, groups, identity providers, licenses, organizations, projects, storage services."""

from __future__ import annotations

from qa_sandbox.qalyptus import models
from qa_sandbox.qalyptus.routes.operation import Ids, Operation, crud, permissions

API_KEYS = crud(
    "/api-keys",
    "API key",
    models.ApiKeyCreate,
    models.NameAndDescription,
    list="Get user API keys",
    get="Get user API key",
)
GROUPS = (
    *crud("/groups", "group", models.GroupCreate, models.NameAndDescription, list="Get all groups"),
    Operation("PUT", "/groups/{id}/members", "Update group members", "groups.set_members", Ids),
    Operation("GET", "/groups/{id}/members", "Get group members", "groups.members"),
)
IDENTITY_PROVIDERS = crud(
    "/identity-providers",
    "identity provider",
    models.IdentityProviderCreate,
    models.IdentityProviderUpdate,
    create="Create an identity provider",
    list="Get all identity providers",
    delete_many="",
)
LICENSES = (Operation("GET", "/licenses", "Get licenses", "users.licenses"),)
_ONE = "/organizations/{id}"
ORGANIZATIONS = (
    *crud(
        "/organizations",
        "organization",
        models.OrganizationCreate,
        models.OrganizationUpdate,
        list="Get all organizations",
        get="Get organization by ID",
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
        "project",
        models.NameAndDescription,
        models.NameAndDescription,
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
    "storage service",
    changed=models.StorageServiceUpdate,
    update="Update a storage service",
    list="Get a list of all storage services.",
    get="Get the storage service with the specified ID.",
    delete="Delete the storage service with the specified ID.",
    delete_many="Delete multiple storage services.",
)
