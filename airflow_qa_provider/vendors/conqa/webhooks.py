"""Webhooks of CONQA: whether they are called."""

from __future__ import annotations

from collections.abc import Collection

from airflow_qa_provider.kinds.conditions import Condition, Target
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.polling import Statuses
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors.conqa.client import ConqaClient, WebhookStatus
from airflow_qa_provider.vendors.conqa.lists import SEPARATOR, Row, Rows, poll_in_lists, scope_id


def poll_webhooks(client: ConqaClient, ids: Collection[str], since: float) -> Statuses:
    """Ask where webhooks stand. CONQA disables one whose calls failed ten times in a row.

    :param ids: ``project/<project id>/<webhook id>`` or ``account/<account id>/<webhook id>``.
    """

    def listed(scope: str) -> Rows:
        owner, _, owner_id = scope.partition(SEPARATOR)
        webhooks = client.account_webhooks if owner == "account" else client.project_webhooks
        return {str(row.get("id")): row for row in webhooks.list(owner_id)}

    return poll_in_lists(ids, 2, listed, _snapshot)


def _snapshot(object_id: str, row: Row) -> Snapshot:
    status = str(row.get("status") or "").lower()
    return Snapshot(object_id, Phase.ACTIVE, status, {"status": status, "type": row.get("type")})


def _target(given: Given) -> Target:
    if given.has("project_id") == given.has("account_id"):
        raise given.refused("give either project_id or account_id, whichever the webhook belongs to")
    owner = "project" if given.has("project_id") else "account"
    object_id = SEPARATOR.join([owner, scope_id(given, f"{owner}_id"), given.id("webhook_id")])
    return Target(object_id, Condition(reached={"status": [given.member("status", WebhookStatus).value.lower()]}))


WEBHOOK = Kind(
    name="conqa.webhook",
    noun="webhook",
    poll=poll_webhooks,
    condition=_target,
    facts={"type": "type of the webhook"},
    id_of=lambda object_id: object_id.rpartition(SEPARATOR)[2],
)
