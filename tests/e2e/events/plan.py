"""What the DAGs and the show agree on."""

from __future__ import annotations

EACH, READ = "events-each", "read"
"""A DAG that has a run for each completed audit, and its task."""
WAITS, WAIT = "events-waits", "wait"
"""A DAG that asks for reports and waits until it is told of them."""
TROUBLES = ("troubles-task", "troubles-run", "troubles-deadline")
"""DAGs that become tickets: by a worker, by the Dag processor, by the triggerer."""
DAG_IDS = (EACH, WAITS, *TROUBLES)
AUDITS, REPORTS = 24, 4
TOKEN = "token-of-a-webhook-that-is-invented"
