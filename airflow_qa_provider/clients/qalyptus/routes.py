"""Routes of the Qalyptus Cloud API, relative to ``https://{tenant}.qalyptus.net/api/v1``.

The docs that can be read without an account show titles and parameters but neither methods nor paths. Twelve paths are
known from public material; the others are inferred and can be overridden in the connection's ``extra.routes``.
"""

from __future__ import annotations

from airflow_qa_provider.clients.routes import route_table

ROUTES = route_table(
    "qalyptus",
    [
        ("reports.list", "GET", "/reports", "Get reports", "public"),
        ("reports.get", "GET", "/reports/{id}", "Get report"),
        (
            "reports.generate_on_demand",
            "POST",
            "/reports/{id}/on-demand/{outputFormat}",
            "Generate an on-demand report",
        ),
        ("status.list_scheduled", "GET", "/status/scheduled-tasks", "Get scheduled task status list"),
        ("status.get_scheduled", "GET", "/status/scheduled-tasks/{id}", "Get scheduled task status"),
        ("status.list_on_demand", "GET", "/status/on-demand-requests", "Get on-demand requests status"),
        ("status.get_on_demand", "GET", "/status/on-demand-requests/{id}", "Get on-demand request status"),
        ("status.run", "POST", "/status/{id}/run", "Runs a specified task or report"),
        ("status.stop", "POST", "/status/{id}/stop", "Stop the execution of a specified task or request"),
        (
            "status.download_scheduled_log",
            "GET",
            "/status/scheduled-tasks/{id}/log",
            "Download the scheduled task log file",
        ),
        (
            "status.download_scheduled_smtp_log",
            "GET",
            "/status/scheduled-tasks/{id}/smtp-log",
            "Download the scheduled task SMTP log file",
        ),
        (
            "status.download_on_demand_log",
            "GET",
            "/status/on-demand-requests/{id}/log",
            "Download the on-demand request log",
        ),
        (
            "status.download_on_demand_smtp_log",
            "GET",
            "/status/on-demand-requests/{id}/smtp-log",
            "Download on-demand request SMTP log file",
        ),
        ("status.delete_request", "DELETE", "/status/{id}", "Delete request"),
        ("status.download_report", "GET", "/status/{id}/download", "Download report"),
        ("status.download_report_stream", "GET", "/status/{id}/download/stream", "Download report as a stream"),
        ("tasks.list", "GET", "/tasks", "Get tasks", "public"),
        ("tasks.get", "GET", "/tasks/{id}", "Get task"),
        ("tasks.run", "POST", "/tasks/{id}/run", "Run"),
    ],
    source="inferred",
)
