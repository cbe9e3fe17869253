"""Routes of the smartQ API v1, see ``routes.txt``."""

from __future__ import annotations

from airflow_qa_provider.rest.routes import routes_beside

PRINTED_PATHS = {
    "project_roles.update_default": "/project/{project_id}/roles/default",
    "project_roles.delete": "/projects/{project_id}roles/{role_id}",
}
"""Paths as the docs print them where that cannot be meant: singular ``project``, and a lost slash.

The table has the forms of their sister endpoints, and calls them inferred.
"""

# a second token harms no one
ROUTES = routes_beside(__file__, "smartq", idempotent=["auth.get_token"])
