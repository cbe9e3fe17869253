"""Routes of the CONQA public API, relative to ``https://api-{region}.con.qa/api-v1``.

"Get Project Issues" prints the path of the projects list by mistake; an older public copy of the article has the path
that is used here.
"""

from __future__ import annotations

from airflow_qa_provider.rest.routes import route_table

ROUTES = route_table(
    "conqa",
    [
        ("projects.list", "GET", "/projects", "Get Projects for User"),
        ("projects.get_summary", "GET", "/project/{projectId}/summary", "Get Project Summary"),
        ("issues.list", "GET", "/project/{projectId}/issues", "Get Project Issues", "public"),
        ("milestones.list", "GET", "/project/{projectId}/milestones", "Get Project Milestones"),
        ("milestones.upsert", "POST", "/project/{projectId}/milestones/{externalId}", "Upsert Milestone"),
        ("milestones.delete", "DELETE", "/project/{projectId}/milestones/{externalId}", "Delete Milestone"),
        ("project_webhooks.list", "GET", "/project/{projectId}/webhooks", "List Webhooks for Project"),
        ("project_webhooks.register", "PUT", "/project/{projectId}/{type}/webhook", "Register Project Webhook"),
        (
            "project_webhooks.update",
            "PATCH",
            "/project/{projectId}/{type}/webhook/{webhookId}",
            "Update Project Webhook",
        ),
        (
            "project_webhooks.delete",
            "DELETE",
            "/project/{projectId}/{type}/webhook/{webhookId}",
            "Delete Project Webhook",
        ),
        ("account_webhooks.list", "GET", "/account/{accountId}/webhooks", "List Webhooks for Account"),
        ("account_webhooks.register", "PUT", "/account/{accountId}/{type}/webhook", "Register Account Webhook"),
        (
            "account_webhooks.update",
            "PATCH",
            "/account/{accountId}/{type}/webhook/{webhookId}",
            "Update Account Webhook",
        ),
        (
            "account_webhooks.delete",
            "DELETE",
            "/account/{accountId}/{type}/webhook/{webhookId}",
            "Delete Account Webhook",
        ),
        ("reports.start", "POST", "/project/{projectId}/report", "Start generation of Report"),
    ],
    # the transaction timestamp "is provided by the client to allow idempotency"
    idempotent=["milestones.upsert", "milestones.delete"],
)
