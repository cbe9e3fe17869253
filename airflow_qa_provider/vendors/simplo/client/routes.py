"""Routes of the Simplo IS API v0, see ``routes.txt``."""

from __future__ import annotations

from airflow_qa_provider.rest.routes import routes_beside

ROUTES = routes_beside(
    __file__,
    "simplo",
    unsafe_gets=["reports.issue_invoice"],  # creates an invoice
    secrets=["hash"],  # opens the report to anyone
)
