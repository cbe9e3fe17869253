"""Waiting for CONQA objects. What CONQA takes in is queued, and shows up in its lists later."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any

from airflow_qa_provider.exceptions import QAError, QANotFoundError, QANotSupportedError
from airflow_qa_provider.kinds.polling import Statuses, not_gone, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors.conqa.client import ConqaClient

SEPARATOR = "/"
"""Between the parts of a wait's id. Only the last part, an id of the user's own system, may hold one itself."""

_Row = Mapping[str, Any]
_Rows = Mapping[str, _Row]


class MilestonePoller:
    """Milestones, by ``project/external id``: there is no call for one, so the list of each project is read once."""

    kind = "conqa.milestone"
    noun = "milestone"

    def poll(self, client: ConqaClient, ids: Collection[str], since: float) -> Statuses:
        """Look at milestones.

        :param client: The client.
        :param ids: ``project/external id``.
        :param since: Not used: the list takes no window.
        """

        def listed(project_id: str) -> _Rows:
            return {str(client.dialect.external_id_of(row)): row for row in client.milestones.list(project_id)}

        return _look_in_lists(ids, 1, listed, partial(_milestone, client))

    def cancel(self, client: ConqaClient, object_id: str) -> str:
        """Refuse: what CONQA has queued cannot be taken back.

        :param client: The client.
        :param object_id: ``project/external id``.
        """
        raise QANotSupportedError("CONQA cannot take back what is queued", vendor="conqa", object_id=object_id)


class WebhookPoller:
    """Webhooks, by ``project/<project id>/<webhook id>`` or ``account/<account id>/<webhook id>``.

    CONQA disables a webhook whose calls failed ten times in a row.
    """

    kind = "conqa.webhook"
    noun = "webhook"

    def poll(self, client: ConqaClient, ids: Collection[str], since: float) -> Statuses:
        """Look at webhooks.

        :param client: The client.
        :param ids: ``project/<project id>/<webhook id>`` or ``account/<account id>/<webhook id>``.
        :param since: Not used: the list takes no window.
        """

        def listed(scope: str) -> _Rows:
            owner, _, owner_id = scope.partition(SEPARATOR)
            webhooks = client.account_webhooks if owner == "account" else client.project_webhooks
            return {str(row.get("id")): row for row in webhooks.list(owner_id)}

        return _look_in_lists(ids, 2, listed, _webhook)

    def cancel(self, client: ConqaClient, object_id: str) -> str:
        """Refuse: a webhook is no job.

        :param client: The client.
        :param object_id: Id of the webhook.
        """
        raise QANotSupportedError("a CONQA webhook cannot be cancelled", vendor="conqa", object_id=object_id)


def _milestone(client: ConqaClient, object_id: str, row: _Row) -> Snapshot:
    status = client.dialect.status_of(row)
    return Snapshot(object_id, Phase.ACTIVE, status, {"status": status, "name": row.get("name")})


def _webhook(object_id: str, row: _Row) -> Snapshot:
    status = str(row.get("status") or "").lower()
    return Snapshot(object_id, Phase.ACTIVE, status, {"status": status, "type": row.get("type")})


def _look_in_lists(
    ids: Iterable[str], parts: int, listed: Callable[[str], _Rows], seen: Callable[[str, _Row], Snapshot]
) -> Statuses:
    """Read each list that holds one of the ids.

    A list that is not there says nothing about what would be in it: a project that was misspelt has no milestones, but
    none of them was deleted either.
    """
    scopes = _by_scope(ids, parts)
    looks: Statuses = {}
    for scope, rows in poll_each(listed, scopes).items():
        for object_id, rest in scopes[scope].items():
            if isinstance(rows, QAError):
                looks[object_id] = not_gone(rows)
            elif rest in rows:
                looks[object_id] = seen(object_id, rows[rest])
            else:
                message = f"{rest} is not in the list of {scope.replace(SEPARATOR, ' ')}"
                looks[object_id] = QANotFoundError(message, vendor="conqa", object_id=object_id)
    return looks


def _by_scope(ids: Iterable[str], parts: int) -> dict[str, dict[str, str]]:
    """Return scope (the first parts of an id) to id to the rest of the id."""
    scopes: dict[str, dict[str, str]] = {}
    for object_id in ids:
        *scope, last = object_id.split(SEPARATOR, parts)
        scopes.setdefault(SEPARATOR.join(scope), {})[object_id] = last
    return scopes
