"""What the DAGs and the show agree on."""

from __future__ import annotations

TENANTS = {"monitorqa_default": 16, "monitorqa_south": 8}
"""Connections to accounts at MonitorQA, and how many audits are completed in each."""
EACH, READ = "events-each-{}", "read"
"""DAGs that have a run for each completed audit of a connection, and their task."""
WAITS, WAIT = "events-waits", "wait"
"""A DAG that asks for reports and waits until it is told of them."""
TROUBLES = ("troubles-task", "troubles-run", "troubles-deadline")
"""DAGs that become tickets: by a worker, by the Dag processor, by the triggerer."""
DAG_IDS = (*(EACH.format(conn_id) for conn_id in TENANTS), WAITS, *TROUBLES)
REPORTS = 4
TOKEN = "token-of-a-webhook-that-is-invented"
WEBHOOKS = ("conqa_default", *TENANTS)
SETTINGS = {"AIRFLOW_QA_PROVIDER__WEBHOOK_CONNECTIONS": ",".join(WEBHOOKS)}
"""Settings of an Airflow that receives webhooks."""
