"""The lists of CONQA."""

from __future__ import annotations

from airflow_qa_provider.kinds.listing import Listing, columns, one_of

_PROJECT = {"project_id": "project_id"}
_WEBHOOK = columns(
    "id name projectId accountId userId maskedCallbackUrl type status createdAt:timestamp updatedAt:timestamp"
)

PROJECTS = Listing(
    name="projects",
    title="Get Projects for User",
    operation="projects.list",
    columns=columns("projectId projectName"),
    key="projectId",
)
ISSUES = Listing(
    name="issues",
    title="Get Project Issues",
    operation="issues.list",
    columns=columns(
        "issueId projectId issueNumber title description status daysAtStatus:integer dueDate:timestamp "
        "raisedAt:timestamp raisedBy raisedByName lastUpdatedAt:timestamp lastUpdatedBy assignedTo responsiblePerson "
        "responsiblePersonName ballInCourtUser ballInCourtUserName checklistId checkpointId numberOfAttachments:integer"
    ),
    key="issueId",
    scope=_PROJECT,
    filters=(one_of("status"),),
    changed="lastUpdatedAt",
)
MILESTONES = Listing(
    name="milestones",
    title="Get Project Milestones",
    operation="milestones.list",
    columns=columns(
        "milestoneId externalId projectId name status.value status.display fields:json checklistId createdAt:timestamp "
        "lastUpdatedAt:timestamp"
    ),
    guessed=True,
    key="externalId",
    key_of=lambda client, row: client.dialect.external_id_of(row),
    scope=_PROJECT,
    filters=(one_of("status", lambda client, row: row.get("status") or client.dialect.status_of(row)),),
    changed="lastUpdatedAt",
)
PROJECT_WEBHOOKS = Listing(
    name="project_webhooks",
    title="List Webhooks for Project",
    operation="project_webhooks.list",
    columns=_WEBHOOK,
    scope={"project_id": "owner_id"},
)
ACCOUNT_WEBHOOKS = Listing(
    name="account_webhooks",
    title="List Webhooks for Account",
    operation="account_webhooks.list",
    columns=_WEBHOOK,
    scope={"account_id": "owner_id"},
)

LISTINGS = (PROJECTS, ISSUES, MILESTONES, PROJECT_WEBHOOKS, ACCOUNT_WEBHOOKS)
