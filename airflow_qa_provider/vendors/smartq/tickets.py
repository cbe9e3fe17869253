"""Waiting for smartQ tickets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from airflow_qa_provider.exceptions import QAError, QANotFoundError, QANotSupportedError
from airflow_qa_provider.kinds.polling import Statuses, not_gone, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.client.tickets import Archived

SEPARATOR = "/"
_PAGE_SIZE = 100


class TicketPoller:
    """Tickets, by ``project id/ticket id``.

    The docs name no field that says whether a ticket is archived, but lists can be asked for active or archived ones
    only. So each project's active tickets are read, and the archived ones when a ticket is not among them.
    """

    kind = "smartq.ticket"
    noun = "ticket"

    def poll(self, client: SmartQClient, ids: Collection[str], since: float) -> Statuses:
        """Look at tickets.

        :param client: The client.
        :param ids: ``project id/ticket id``.
        :param since: Not used: the list takes no window.
        """
        projects: dict[str, dict[str, str]] = {}
        for object_id in ids:
            project_id, _, ticket_id = object_id.partition(SEPARATOR)
            projects.setdefault(project_id, {})[object_id] = ticket_id
        boards = poll_each(lambda project_id: self._project(client, project_id, projects[project_id]), projects)
        looks: Statuses = {}
        for project_id, seen in boards.items():
            # a project that is not there says nothing about a ticket
            looks.update(dict.fromkeys(projects[project_id], not_gone(seen)) if isinstance(seen, QAError) else seen)
        return looks

    def cancel(self, client: SmartQClient, object_id: str) -> str:
        """Refuse: a ticket is no job.

        :param client: The client.
        :param object_id: ``project id/ticket id``.
        """
        raise QANotSupportedError("a smartQ ticket cannot be cancelled", vendor="smartq", object_id=object_id)

    def _project(self, client: SmartQClient, project_id: str, wanted: Mapping[str, str]) -> Statuses:
        looks: Statuses = {}
        size = max(_PAGE_SIZE, client.settings.page_size or 0)
        for archived in (Archived.ACTIVE, Archived.ARCHIVED):
            missing = {ticket_id: object_id for object_id, ticket_id in wanted.items() if object_id not in looks}
            if not missing:
                break
            for row in client.tickets.list(project_id, archived=archived, page_size=size):
                object_id = missing.pop(str(row.get("id")), None)
                if object_id is not None:
                    looks[object_id] = _snapshot(object_id, row, archived is Archived.ARCHIVED)
                if not missing:
                    break
        return {object_id: looks.get(object_id, _absent(object_id)) for object_id in wanted}


def _snapshot(object_id: str, row: Mapping[str, Any], archived: bool) -> Snapshot:
    step_id = row.get("step_id")
    detail = {"step_id": step_id, "archived": archived, "name": row.get("name")}
    return Snapshot(object_id, Phase.ACTIVE, "archived" if archived else f"in step {step_id}", detail)


def _absent(object_id: str) -> QAError:
    message = f"ticket {object_id} is neither among the active nor the archived ones"
    return QANotFoundError(message, vendor="smartq", object_id=object_id)
