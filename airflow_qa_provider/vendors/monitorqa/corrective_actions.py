"""Waiting for corrective actions of MonitorQA."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any

from airflow_qa_provider.exceptions import QANotSupportedError
from airflow_qa_provider.kinds.polling import Statuses, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.monitorqa.client.enums import CorrectiveActionStatus

_FEW = 3
_PAGE_SIZE = 100
_WORDS = {status.value: status.name.lower() for status in CorrectiveActionStatus}


class CorrectiveActionPoller:
    """Corrective actions: expired is a failure; whether another state ends the wait is for its condition to say.

    Few are asked for one by one. Of many, those that the list of pending ones shows need no call of their own.
    """

    kind = "monitorqa.corrective_action"
    noun = "corrective action"

    def poll(self, client: MonitorQAClient, ids: Collection[str], since: float) -> Statuses:
        """Look at corrective actions.

        :param client: The client.
        :param ids: Ids of corrective actions.
        :param since: Not used: the list takes no window.
        """
        looks: Statuses = {}
        if len(ids) > _FEW:
            wanted = set(ids)
            # bounded, so that many foreign actions never cost much more than asking one by one
            size = max(_PAGE_SIZE, client.settings.page_size or 0)
            rows = client.corrective_actions.list_pending(page_size=size)
            for row in islice(rows, max(len(wanted) // 4, 1) * size):
                if row.get("id") in wanted:
                    looks[row["id"]] = action_snapshot(row)
                    if len(looks) == len(wanted):
                        break
        rest = [action_id for action_id in ids if action_id not in looks]
        looks.update(poll_each(lambda action_id: _one(client, action_id), rest))
        return looks

    def cancel(self, client: MonitorQAClient, object_id: str) -> str:
        """Refuse: MonitorQA can delete a corrective action, but not call it off.

        :param client: The client.
        :param object_id: Id of the corrective action.
        """
        raise QANotSupportedError(
            "MonitorQA cannot cancel a corrective action", vendor="monitorqa", object_id=object_id
        )


def action_snapshot(action: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot of a corrective action.

    :param action: Its details, or its row in a list.
    """
    number = action.get("status")
    status = _WORDS.get(number, str(number)) if isinstance(number, int) else str(number or "")
    phase = Phase.FAILED if status == "expired" else Phase.ACTIVE
    detail = {
        "status": status,
        "due_at": action.get("dueDateUtc"),
        "audit_id": (action.get("audit") or {}).get("id"),
    }
    link = f"https://app.monitorqa.com/actions/pending/{action['id']}"
    return Snapshot(str(action["id"]), phase, status, detail, link, known=status in _WORDS.values())


def _one(client: MonitorQAClient, action_id: str) -> Snapshot:
    return action_snapshot({"id": action_id, **client.corrective_actions.get(action_id)})
