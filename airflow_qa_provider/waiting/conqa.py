"""Waiting for CONQA objects. What CONQA takes in is queued, and shows up in its lists later."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from airflow_qa_provider.clients.conqa import ConqaClient
from airflow_qa_provider.exceptions import QAError, QANotFoundError, QANotSupportedError
from airflow_qa_provider.waiting.probes import Looks, as_qa_error
from airflow_qa_provider.waiting.snapshot import Phase, Snapshot

SEPARATOR = "/"
"""Between the parts of a wait's id. Only the last part, an id of the user's own system, may hold one itself."""


class MilestoneProbe:
    """Milestones, by ``project/external id``: there is no call for one, so the list of each project is read once."""

    kind = "conqa.milestone"
    noun = "milestone"

    def look(self, client: ConqaClient, ids: Collection[str], since: float) -> Looks:
        """Look at milestones.

        :param client: The client.
        :param ids: ``project/external id``.
        :param since: Not used: the list takes no window.
        """
        looks: Looks = {}
        for project_id, wanted in _by_scope(ids, 1).items():
            try:
                rows = {client.dialect.external_id_of(row): row for row in client.milestones.list(project_id)}
            except Exception as error:
                looks.update(dict.fromkeys(wanted, as_qa_error(error)))
                continue
            for object_id, external_id in wanted.items():
                looks[object_id] = self._seen(client, object_id, rows.get(external_id))
        return looks

    def cancel(self, client: ConqaClient, object_id: str) -> str:
        """Refuse: what CONQA has queued cannot be taken back.

        :param client: The client.
        :param object_id: ``project/external id``.
        """
        raise QANotSupportedError("CONQA cannot take back what is queued", vendor="conqa", object_id=object_id)

    def _seen(self, client: ConqaClient, object_id: str, row: Mapping[str, Any] | None) -> Snapshot | QAError:
        if row is None:
            return QANotFoundError(
                f"milestone {object_id} is not in the list of its project", vendor="conqa", object_id=object_id
            )
        status = client.dialect.status_of(row)
        return Snapshot(object_id, Phase.ACTIVE, status, {"status": status, "name": row.get("name")})


class WebhookProbe:
    """Webhooks, by ``project/<project id>/<webhook id>`` or ``account/<account id>/<webhook id>``.

    CONQA disables a webhook whose calls failed ten times in a row.
    """

    kind = "conqa.webhook"
    noun = "webhook"

    def look(self, client: ConqaClient, ids: Collection[str], since: float) -> Looks:
        """Look at webhooks.

        :param client: The client.
        :param ids: ``project/<project id>/<webhook id>`` or ``account/<account id>/<webhook id>``.
        :param since: Not used: the list takes no window.
        """
        looks: Looks = {}
        for scope, wanted in _by_scope(ids, 2).items():
            owner, _, owner_id = scope.partition(SEPARATOR)
            webhooks = client.account_webhooks if owner == "account" else client.project_webhooks
            try:
                rows = {str(row.get("id")): row for row in webhooks.list(owner_id)}
            except Exception as error:
                looks.update(dict.fromkeys(wanted, as_qa_error(error)))
                continue
            for object_id, webhook_id in wanted.items():
                looks[object_id] = self._seen(object_id, rows.get(webhook_id))
        return looks

    def cancel(self, client: ConqaClient, object_id: str) -> str:
        """Refuse: a webhook is no job.

        :param client: The client.
        :param object_id: Id of the webhook.
        """
        raise QANotSupportedError("a CONQA webhook cannot be cancelled", vendor="conqa", object_id=object_id)

    def _seen(self, object_id: str, row: Mapping[str, Any] | None) -> Snapshot | QAError:
        if row is None:
            return QANotFoundError(f"webhook {object_id} is not in the list", vendor="conqa", object_id=object_id)
        status = str(row.get("status") or "").lower()
        return Snapshot(object_id, Phase.ACTIVE, status, {"status": status, "type": row.get("type")})


def _by_scope(ids: Iterable[str], parts: int) -> dict[str, dict[str, str]]:
    """Return scope (the first parts of an id) to id to the rest of the id."""
    scopes: dict[str, dict[str, str]] = {}
    for object_id in ids:
        *scope, last = object_id.split(SEPARATOR, parts)
        scopes.setdefault(SEPARATOR.join(scope), {})[object_id] = last
    return scopes
