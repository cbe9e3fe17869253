"""Routes of the Qalyptus Cloud API, see ``routes.txt``."""

from __future__ import annotations

from airflow_qa_provider.rest.routes import routes_beside

BASE_PATH = "/api/v1"
"""Path of the base URL that the routes are joined to."""

ROUTES = routes_beside(__file__, "qalyptus")
