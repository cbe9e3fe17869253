"""smartQ's routes, part one: tokens, users, projects and roles."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from qa_sandbox.smartq import answers, board, people, views
from qa_sandbox.smartq.depends import Caller, Newcomer, Project, Role, Sent, Store, User, resource
from qa_sandbox.smartq.envelope import RESPONSES, Answer, Items, listing, success
from qa_sandbox.smartq.forms import PROJECT, ROLE, USER
from qa_sandbox.smartq.openapi import form_body
from qa_sandbox.smartq.rights import require_account_right, require_project_right
from qa_sandbox.smartq.search import DEFAULT_COUNT, Active, Count, Name, Offset

DEFAULT_USERS = 1000
Json = dict[str, Any]

oauth = APIRouter(tags=["Authorization token"], responses=RESPONSES)
users = resource("Users", "/users")
projects = resource("Projects", "/projects")
roles = resource("Project Roles", "")

_ROLES = "/projects/{project_id}/roles"
_NEW_USER, _CHANGED_USER = form_body(USER), form_body(USER, partial=True)
_NEW_ROLE, _CHANGED_ROLE = form_body(ROLE), form_body(ROLE, partial=True)
_USER, _PROJECT, _ROLE = Answer[answers.UserAnswer], Answer[answers.ProjectAnswer], Answer[answers.RoleAnswer]


@oauth.post("/oauth2/", summary="returns authorization and refresh token", response_model=Answer[answers.TokenAnswer])
async def get_token(store: Store, user: Newcomer) -> Json:
    return success(store.tokens.issue(user.id))


@users.get("/me", summary="returns authorized user's details", response_model=_USER)
async def get_me(store: Store, caller: Caller) -> Json:
    return success(views.user(caller, store.context.base_url))


@users.put("/me", summary="updates authorized user's details", response_model=_USER, openapi_extra=_CHANGED_USER)
async def update_me(store: Store, caller: Caller, sent: Sent) -> Json:
    return success(views.user(people.update(store, caller, caller, sent), store.context.base_url))


@users.get("", summary="returns the list of users", response_model=Answer[Items[answers.UserAnswer]])
async def list_users(store: Store, caller: Caller, count: Count = DEFAULT_USERS, offset: Offset = 0) -> Json:
    require_account_right(caller, "can_view_profiles")
    found = list(store.users.values())[offset : offset + count]
    return listing(views.user(user, store.context.base_url) for user in found)


@users.post("", summary="adds a new user", response_model=_USER, openapi_extra=_NEW_USER)
async def create_user(store: Store, caller: Caller, sent: Sent) -> Json:
    return success(views.user(people.create(store, caller, sent), store.context.base_url))


@users.get("/{user_id}", summary="returns user details", response_model=_USER)
async def get_user(store: Store, caller: Caller, user: User) -> Json:
    if user is not caller:
        require_account_right(caller, "can_view_profiles")
    return success(views.user(user, store.context.base_url))


@users.put("/{user_id}", summary="updates user details", response_model=_USER, openapi_extra=_CHANGED_USER)
async def update_user(store: Store, caller: Caller, user: User, sent: Sent) -> Json:
    return success(views.user(people.update(store, caller, user, sent), store.context.base_url))


@users.delete("/{user_id}", summary="deletes user", response_model=Answer[Any])
async def delete_user(store: Store, caller: Caller, user: User) -> Json:
    people.delete(store, caller, user)
    return success(store.wire.deleted)


@projects.get("", summary="returns the list of projects", response_model=Answer[Items[answers.ProjectAnswer]])
async def list_projects(
    store: Store,
    only_active: Active = False,
    name: Name = "",
    count: Count = DEFAULT_COUNT,
    offset: Offset = 0,
) -> Json:
    found = [
        project
        for project in store.projects.values()
        if (project.active or not only_active) and name.lower() in project.name.lower()
    ]
    return listing(views.project(project) for project in found[offset : offset + count])


@projects.post("", summary="adds a new project", response_model=_PROJECT, openapi_extra=form_body(PROJECT))
async def create_project(store: Store, caller: Caller, sent: Sent) -> Json:
    require_account_right(caller, "can_manage_projects")
    return success(views.project(board.create_project(store, caller, sent)))


@projects.get("/{project_id}", summary="returns project details", response_model=_PROJECT)
async def get_project(project: Project) -> Json:
    return success(views.project(project))


@projects.put(
    "/{project_id}",
    summary="updates project details",
    response_model=_PROJECT,
    openapi_extra=form_body(PROJECT, partial=True),
)
async def update_project(caller: Caller, project: Project, sent: Sent) -> Json:
    require_project_right(caller, project, "can_edit_project")
    return success(views.project(board.update_project(project, sent)))


@projects.delete("/{project_id}", summary="deletes project", response_model=Answer[Any])
async def delete_project(store: Store, caller: Caller, project: Project) -> Json:
    require_project_right(caller, project, "can_edit_project")
    del store.projects[project.id]
    return success(store.wire.deleted)


@roles.get(_ROLES, summary="returns the list of project roles", response_model=Answer[Items[answers.RoleAnswer]])
async def list_roles(project: Project) -> Json:
    return listing(views.role(project, role) for role in project.roles.values())


@roles.post(_ROLES, summary="adds a new project role", response_model=_ROLE, openapi_extra=_NEW_ROLE)
async def create_role(store: Store, caller: Caller, project: Project, sent: Sent) -> Json:
    require_project_right(caller, project, "can_edit_project")
    return success(views.role(project, board.create_role(store, project, sent)))


@roles.get(_ROLES + "/default", summary="returns default role details", response_model=_ROLE)
async def get_default_role(project: Project) -> Json:
    return success(views.role(project, project.default_role))


# The docs print the second path, most likely by mistake: every other one says "projects".
@roles.put(
    _ROLES + "/default",
    summary="updates default project role details",
    response_model=_ROLE,
    openapi_extra=_CHANGED_ROLE,
)
@roles.put("/project/{project_id}/roles/default", response_model=_ROLE, include_in_schema=False)
async def update_default_role(caller: Caller, project: Project, sent: Sent) -> Json:
    require_project_right(caller, project, "can_edit_project")
    return success(views.role(project, board.update_role(project, project.default_role, sent)))


@roles.get(_ROLES + "/{role_id}", summary="returns project role details", response_model=_ROLE)
async def get_role(project: Project, role: Role) -> Json:
    return success(views.role(project, role))


@roles.put(
    _ROLES + "/{role_id}", summary="updates project role details", response_model=_ROLE, openapi_extra=_CHANGED_ROLE
)
async def update_role(caller: Caller, project: Project, role: Role, sent: Sent) -> Json:
    require_project_right(caller, project, "can_edit_project")
    return success(views.role(project, board.update_role(project, role, sent)))


# The docs print the second path, without a slash before "roles".
@roles.delete(_ROLES + "/{role_id}", summary="deletes project role", response_model=Answer[Any])
@roles.delete("/projects/{project_id}roles/{role_id}", response_model=Answer[Any], include_in_schema=False)
async def delete_role(store: Store, caller: Caller, project: Project, role: Role) -> Json:
    require_project_right(caller, project, "can_edit_project")
    board.delete_role(project, role)
    return success(store.wire.deleted)
