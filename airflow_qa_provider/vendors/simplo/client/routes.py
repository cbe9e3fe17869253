"""Routes of the Simplo IS API v0, see ``routes.txt``."""

from __future__ import annotations

from airflow_qa_provider.rest.routes import routes_beside

# a GET that creates an invoice
ROUTES = routes_beside(__file__, "simplo", unsafe_gets=["reports.issue_invoice"])
