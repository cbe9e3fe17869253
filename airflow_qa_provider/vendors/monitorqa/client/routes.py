"""Routes of the MonitorQA external API, see ``routes.txt``."""

from __future__ import annotations

from airflow_qa_provider.rest.routes import routes_beside

# "duplicate assignments are ignored", "invalid attribute or option IDs are silently ignored"
_IDEMPOTENT = ("audit_objects.assign_attributes", "audit_objects.unassign_attributes")

ROUTES = routes_beside(__file__, "monitorqa", idempotent=_IDEMPOTENT)
