"""Users, groups of users, and roles."""

from __future__ import annotations

from qa_sandbox.monitorqa.routes.common import Resource
from qa_sandbox.monitorqa.state.people import People
from qa_sandbox.monitorqa.wire import people as wire
from qa_sandbox.monitorqa.wire.base import Ref

groups = Resource("User groups", "/user-groups", "people", "groups")
groups.list("", "Get list of user groups", Ref)

users = Resource("Users", "/users", "people", "users")
users.list("", "Get list of users", wire.UserRow)
users.get("/{id}", "Get user details", wire.UserDetails)
users.create("", "Create user", wire.CreateUser, People.create_user)
users.change("PUT", "/{id}", "Update user", wire.UpdateUser, People.update_user)
users.change_all("DELETE", "", "Delete users", People.delete_users)

roles = Resource("Roles", "/roles", "people", "roles")
roles.list("", "Get Roles list", wire.RoleRow)
roles.get("/{id}", "Get Role Details", wire.RoleDetails)
roles.create("", "Create Role", wire.RoleBody, People.create_role)
roles.change("PUT", "/{id}", "Update Role", wire.RoleBody, People.update_role)
roles.change_all("DELETE", "", "Delete Roles", People.delete_roles)
