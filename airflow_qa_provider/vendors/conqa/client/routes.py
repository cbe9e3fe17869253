"""Routes of the CONQA public API, see ``routes.txt``."""

from __future__ import annotations

from airflow_qa_provider.rest.routes import routes_beside

# the transaction timestamp "is provided by the client to allow idempotency"
ROUTES = routes_beside(__file__, "conqa", idempotent=["milestones.upsert", "milestones.delete"])
