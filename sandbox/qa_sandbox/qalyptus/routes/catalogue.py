"""API keys, groups, identity providers, licenses, organizations, projects, storage services."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path

from qa_sandbox.qalyptus.models import catalogue as models
from qa_sandbox.qalyptus.models.base import NameAndDescription
from qa_sandbox.qalyptus.routes.crud import Ids, crud
from qa_sandbox.qalyptus.routes.operation import Id, Operation, Store
from qa_sandbox.qalyptus.routes.permissions import Titles, permissions


async def set_group_members(store: Store, group_id: Id, body: Ids) -> Any:
    return store.groups.set_members(group_id, body)


async def list_group_members(store: Store, group_id: Id) -> Any:
    return store.groups.members(group_id)


async def list_licenses(store: Store) -> Any:
    return store.users.licenses()


async def list_own_organizations(store: Store) -> Any:
    return store.organizations.of_user(store.me)


async def list_projects_of_organization(store: Store, organization_id: Id) -> Any:
    return store.organizations.projects(organization_id)


async def list_members_of_organization(store: Store, organization_id: Id) -> Any:
    return store.organizations.members(organization_id)


async def list_resources_of_organization(store: Store, organization_id: Id) -> Any:
    return store.organizations.resources(organization_id)


async def list_qlik_apps_of_organization(store: Store, organization_id: Id) -> Any:
    return store.organizations.qlik_apps(organization_id)


async def get_authentications(store: Store, organization_id: Id) -> Any:
    return store.organizations.authentications(organization_id)


async def set_authentications(store: Store, organization_id: Id, body: models.Authentications) -> Any:
    return store.organizations.set_authentications(organization_id, body)


async def set_permission_mode(
    store: Store, project_id: Id, value: Annotated[bool, Path(description="Whether permissions are global")]
) -> Any:
    return store.projects.set_permission_mode(project_id, value)


API_KEYS = crud(
    "/api-keys",
    create=("Create API key", models.ApiKeyCreate),
    list_all="Get user API keys",
    update=("Update API key", NameAndDescription),
    get="Get user API key",
    delete="Delete API key",
    delete_many="Delete API keys",
)
GROUPS = (
    *crud(
        "/groups",
        create=("Create group", models.GroupCreate),
        list_all="Get all groups",
        update=("Update group", NameAndDescription),
        get="Get group",
        delete="Delete group",
        delete_many="Delete groups",
    ),
    Operation("PUT", "/groups/{id}/members", "Update group members", set_group_members),
    Operation("GET", "/groups/{id}/members", "Get group members", list_group_members),
)
IDENTITY_PROVIDERS = crud(
    "/identity-providers",
    create=("Create an identity provider", models.IdentityProviderCreate),
    list_all="Get all identity providers",
    update=("Update identity provider", models.IdentityProviderUpdate),
    get="Get identity provider",
    delete="Delete identity provider",
)
LICENSES = (Operation("GET", "/licenses", "Get licenses", list_licenses),)
_ORGANIZATION = "/organizations/{id}"
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
    Operation("GET", "/organizations/user", "Get user organizations", list_own_organizations),
    Operation("GET", f"{_ORGANIZATION}/projects", "Get organization projects", list_projects_of_organization),
    Operation("GET", f"{_ORGANIZATION}/members", "Get organization members", list_members_of_organization),
    Operation("GET", f"{_ORGANIZATION}/resources", "Get organization resources", list_resources_of_organization),
    Operation("GET", f"{_ORGANIZATION}/qlik-apps", "Get organization qlik apps", list_qlik_apps_of_organization),
    Operation("GET", f"{_ORGANIZATION}/authentications", "Get organization authentications", get_authentications),
    Operation("PUT", f"{_ORGANIZATION}/authentications", "Update organization authentications", set_authentications),
)
PROJECTS = (
    *crud(
        "/projects",
        create=("Create project", NameAndDescription),
        list_all="Get projects",
        update=("Update project", NameAndDescription),
        get="Get project",
        delete="Delete project",
        delete_many="Delete multiple projects",
    ),
    Operation("PUT", "/projects/{id}/permission-mode/{value}", "Update permission mode", set_permission_mode),
    Operation("GET", "/projects/organization/{id}", "Get organization projects", list_projects_of_organization),
    *permissions("/projects", Titles(delete_one="Delete member permission", delete_many="Delete member's permissions")),
)
STORAGE_SERVICES = crud(
    "/storage-services",
    list_all="Get a list of all storage services.",
    update=("Update a storage service", models.StorageServiceUpdate),
    get="Get the storage service with the specified ID.",
    delete="Delete the storage service with the specified ID.",
    delete_many="Delete multiple storage services.",
)
