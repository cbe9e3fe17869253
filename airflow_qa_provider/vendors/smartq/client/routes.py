"""Routes of the smartQ API v1, relative to ``https://{account}.smartqweb.com/api/v1``.

The docs give no titles; a title here is the heading and the words of the endpoint's line, as printed.
"""

from __future__ import annotations

from airflow_qa_provider.rest.routes import route_table

PRINTED_PATHS = {
    "project_roles.update_default": "/project/{project_id}/roles/default",
    "project_roles.delete": "/projects/{project_id}roles/{role_id}",
}
"""Paths as the docs print them where that cannot be meant: singular ``project``, and a lost slash.

The table has the forms of their sister endpoints, and calls them inferred.
"""

_PROJECT = "/projects/{project_id}"
_ROLES = _PROJECT + "/roles"
_STEPS = _PROJECT + "/steps"
_FIELDS = _PROJECT + "/custom_fields"
_VALUES = _FIELDS + "/{field_name}/values"
_TICKETS = _PROJECT + "/tickets"
_NOTES = _TICKETS + "/{ticket_id}/notes"
_TASKS = _TICKETS + "/{ticket_id}/tasks"
_FILES = _NOTES + "/{note_id}/files"

_HEADINGS = {
    "auth": "Authorization token",
    "users": "Users",
    "projects": "Projects",
    "project_roles": "Project Roles",
    "project_steps": "Project Steps (Stages)",
    "custom_fields": "Project Custom Fields",
    "custom_field_values": "Project Custom Field Values",
    "tickets": "Tickets",
    "notes": "Notes",
    "tasks": "Tasks",
    "files": "Files",
}

_LINES = [
    ("auth.get_token", "POST", "/oauth2/", "returns authorization and refresh token"),
    ("users.get_me", "GET", "/users/me", "returns authorized user's details"),
    ("users.update_me", "PUT", "/users/me", "updates authorized user's details"),
    ("users.list", "GET", "/users", "returns the list of users"),
    ("users.create", "POST", "/users", "adds a new user"),
    ("users.get", "GET", "/users/{user_id}", "returns user details"),
    ("users.update", "PUT", "/users/{user_id}", "updates user details"),
    ("users.delete", "DELETE", "/users/{user_id}", "deletes user"),
    ("projects.list", "GET", "/projects", "returns the list of projects"),
    ("projects.create", "POST", "/projects", "adds a new project"),
    ("projects.get", "GET", _PROJECT, "returns project details"),
    ("projects.update", "PUT", _PROJECT, "updates project details"),
    ("projects.delete", "DELETE", _PROJECT, "deletes project"),
    ("project_roles.list", "GET", _ROLES, "returns the list of project roles"),
    ("project_roles.create", "POST", _ROLES, "adds a new project role"),
    ("project_roles.get", "GET", _ROLES + "/{role_id}", "returns project role details"),
    ("project_roles.get_default", "GET", _ROLES + "/default", "returns default role details"),
    ("project_roles.update", "PUT", _ROLES + "/{role_id}", "updates project role details"),
    ("project_roles.update_default", "PUT", _ROLES + "/default", "updates default project role details"),
    ("project_roles.delete", "DELETE", _ROLES + "/{role_id}", "deletes project role"),
    ("project_steps.list", "GET", _STEPS, "returns the list of project steps"),
    ("project_steps.create", "POST", _STEPS, "adds a new project step"),
    ("project_steps.get", "GET", _STEPS + "/{step_id}", "returns project step details"),
    ("project_steps.update", "PUT", _STEPS + "/{step_id}", "updates project step details"),
    ("project_steps.delete", "DELETE", _STEPS + "/{step_id}", "deletes project step"),
    ("custom_fields.list", "GET", _FIELDS, "returns the list of project custom fields"),
    ("custom_fields.get", "GET", _FIELDS + "/{field_name}", "returns field properties"),
    ("custom_fields.create", "POST", _FIELDS, "adds a new custom filed to the project"),
    ("custom_fields.update", "PUT", _FIELDS + "/{field_name}", "updates custom filed details"),
    ("custom_fields.delete", "DELETE", _FIELDS + "/{field_name}", "deletes custom field"),
    ("custom_field_values.list", "GET", _VALUES, "returns the list of custom field values"),
    ("custom_field_values.get", "GET", _VALUES + "/{value_id}", "returns field value properties"),
    ("custom_field_values.create", "POST", _VALUES, "adds a new value to the custom field"),
    ("custom_field_values.update", "PUT", _VALUES + "/{value_id}", "updates custom filed value details"),
    ("custom_field_values.delete", "DELETE", _VALUES + "/{value_id}", "deletes custom field value"),
    ("tickets.list", "GET", _TICKETS, "returns the list of tickets"),
    ("tickets.create", "POST", _TICKETS, "adds a new ticket"),
    ("tickets.get", "GET", _TICKETS + "/{ticket_id}", "returns ticket details"),
    ("tickets.update", "PUT", _TICKETS + "/{ticket_id}", "updates ticket details"),
    ("tickets.delete", "DELETE", _TICKETS + "/{ticket_id}", "deletes ticket"),
    ("notes.list", "GET", _NOTES, "returns the list of notes"),
    ("notes.create", "POST", _NOTES, "adds a new ticket note"),
    ("notes.get", "GET", _NOTES + "/{note_id}", "gets note details"),
    ("notes.update", "PUT", _NOTES + "/{note_id}", "updates note details"),
    ("notes.delete", "DELETE", _NOTES + "/{note_id}", "deletes note"),
    ("tasks.list", "GET", _TASKS, "returns the list of ticket tasks"),
    ("tasks.create", "POST", _TASKS, "adds a new ticket task"),
    ("tasks.update", "PUT", _TASKS + "/{task_id}", "updates task details"),
    # the docs list this path twice, with other fields, and say note where a task is meant
    ("tasks.create_structured", "POST", _TASKS, "adds a new ticket note"),
    ("tasks.delete", "DELETE", _TASKS + "/{task_id}", "deletes task"),
    ("files.list", "GET", _FILES, "returns list of files attached to the note"),
    ("files.upload", "POST", _FILES + "v2", "uploads a new file"),
    ("files.get", "GET", _FILES + "/{file_id}", "returns file details"),
    ("files.download", "GET", _FILES + "/{file_id}/download", "returns file body"),
    ("files.delete", "DELETE", _FILES + "/{file_id}", "deletes a file"),
]

ROUTES = route_table(
    "smartq",
    [
        (
            operation,
            method,
            path,
            f"{_HEADINGS[operation.partition('.')[0]]}: {words}",
            "inferred" if operation in PRINTED_PATHS else "documented",
        )
        for operation, method, path, words in _LINES
    ],
    # a second token harms no one
    idempotent=["auth.get_token"],
)
