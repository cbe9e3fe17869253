"""Routes of the MonitorQA external API; all are documented at developer.monitorqa.com."""

from __future__ import annotations

from airflow_qa_provider.clients.routes import route_table

ROUTES = route_table(
    "monitorqa",
    [
        ("audits.create", "POST", "/audit", "Create one-time audit"),
        ("audits.update", "PUT", "/audit/{id}", "Update one-time audit"),
        ("audits.reopen", "POST", "/audit/reopen/{id}", "Reopen Audit"),
        ("audits.expire", "POST", "/audit/expire", "Expire Audit"),
        ("audits.delete", "DELETE", "/audit", "Delete Audit"),
        ("audits.list_pending", "GET", "/audit/pending", "Get list of pending audits"),
        ("audits.list_complete", "GET", "/audit/complete", "Get list of complete audits"),
        ("audits.get", "GET", "/audit/{auditId}", "Get details of audit"),
        ("audits.get_complete", "GET", "/audit/complete/{auditId}", "Get details of complete audit"),
        ("audits.download_report_pdf", "GET", "/audit/complete/{auditId}/report-pdf", "Get audit pdf report"),
        ("audits.get_report", "GET", "/audit/complete/{auditId}/report", "Get audit report"),
        ("audit_templates.list", "GET", "/audit/templates", "Get audit templates list"),
    ],
)
