"""Routes of the Simplo IS API v0, relative to ``https://{host}/api/v0``.

"Approve Report" is headed POST while its example shows a GET with a JSON body; POST is used here. An installation that
wants the other can say so in the connection's extra:
``{"routes": {"reports.approve": "GET /reports/{report_id}/approved"}}``.

"Issue external (idoklad) invoice" is a GET that creates an invoice, so it counts as a change. The pages of report
settings and report tasks can be read in part only: the paths of four operations follow the pattern of the reports.
"""

from __future__ import annotations

from airflow_qa_provider.rest.routes import route_table

ROUTES = route_table(
    "simplo",
    [
        ("reports.list", "GET", "/reports", "Reports index"),
        ("reports.get", "GET", "/reports/{report_id}", "Report detail"),
        ("reports.update", "PUT", "/reports/{report_id}", "Update report"),
        ("reports.patch", "PATCH", "/reports/{report_id}", "Update report"),
        ("reports.delete", "DELETE", "/reports/{report_id}", "Delete report"),
        ("reports.download_pdf", "GET", "/reports/{report_id}/download-pdf", "Download report as PDF"),
        ("reports.approve", "POST", "/reports/{report_id}/approved", "Approve Report"),
        ("reports.get_public", "GET", "/reports/{report_id}/public", "View Public Report"),
        ("reports.issue_invoice", "GET", "/reports/{report_id}/issue-invoice", "Issue external (idoklad) invoice"),
        ("report_settings.list", "GET", "/report-settings", "Report settings index", "public"),
        ("report_settings.get", "GET", "/report-settings/{report_setting_id}", "Report setting detail", "public"),
        ("report_settings.create", "POST", "/report-settings", "Create report setting", "inferred"),
        (
            "report_settings.update",
            "PUT",
            "/report-settings/{report_setting_id}",
            "Update report setting",
            "inferred",
        ),
        ("report_settings.patch", "PATCH", "/report-settings/{report_setting_id}", "Update report setting", "inferred"),
        (
            "report_settings.delete",
            "DELETE",
            "/report-settings/{report_setting_id}",
            "Delete report setting",
            "inferred",
        ),
        ("report_tasks.list", "GET", "/report-tasks", "Report tasks index", "public"),
        ("report_tasks.get", "GET", "/report-tasks/{report_task_id}", "Report task detail", "public"),
    ],
    unsafe_gets=["reports.issue_invoice"],
)
