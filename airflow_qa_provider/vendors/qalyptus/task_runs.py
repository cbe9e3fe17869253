"""Finding Qalyptus Cloud requests and task runs whose id was lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from airflow_qa_provider.exceptions import QANotSupportedError, QAValidationError
from airflow_qa_provider.kinds.lookup import Candidate, Search
from airflow_qa_provider.kinds.snapshot import Phase
from airflow_qa_provider.rest.timestamps import to_utc
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.qalyptus.requests import snapshot

Rows = list[dict[str, Any]]

_CLOCK_SECONDS = 120.0
# the tries of one request, with all pauses that the client may make between them
_REQUEST_SECONDS = 900.0


class RequestLookup:
    """On-demand requests, by report, output format and time, in the list of their status.

    The list shows no selections, as far as is known. Which requests are new is told by comparison with what was there
    before the request; a creation time is used as well where the records have one.

    ``facts``: ``report_id``, ``output_format``, ``hidden`` (whether the request has selections, an app or a bookmark,
    which the list does not show).
    """

    compares: ClassVar[bool] = True

    def find(self, client: QalyptusClient, search: Search) -> list[Candidate]:
        """Return the requests that match.

        :param client: The client.
        :param search: What to look for.
        :raises QANotSupportedError: No record names its report.
        """
        dialect, facts = client.dialect, search.facts
        rows = client.status.list_on_demand()
        if rows and all(dialect.report_id_of(row) is None for row in rows):
            raise _unsearchable("reports", "report_id_fields", dialect.report_id_fields)
        wanted = facts["output_format"].lower()
        matching = [
            row
            for row in rows
            if _same(dialect.report_id_of(row), facts["report_id"])
            and (dialect.format_of(row) or wanted).lower() == wanted
        ]
        return _candidates(client, matching, search, hidden=bool(facts["hidden"]))


class TaskRunLookup:
    """Runs of a task, by task and time, in the list that the dialect's ``task_runs`` names.

    ``facts``: ``task_id``.
    """

    compares: ClassVar[bool] = True

    def find(self, client: QalyptusClient, search: Search) -> list[Candidate]:
        """Return the runs that match.

        :param client: The client.
        :param search: What to look for.
        :raises QANotSupportedError: No record names its task.
        """
        rows = listed_runs(client)
        if rows and all(client.dialect.task_id_of(row) is None for row in rows):
            raise _unsearchable("tasks", "task_id_fields", client.dialect.task_id_fields)
        task_id = search.facts["task_id"]
        matching = [row for row in rows if _same(client.dialect.task_id_of(row), task_id)]
        return _candidates(client, matching, search, hidden=False)


def listed_runs(client: QalyptusClient) -> Rows:
    """Return the records of all task runs.

    :param client: The client.
    """
    on_demand = client.dialect.task_runs == "on_demand"
    return client.status.list_on_demand() if on_demand else client.status.list_scheduled()


def _same(shown: str | None, wanted: str) -> bool:
    return shown is not None and shown.lower() == wanted.strip().lower()


def _candidates(
    client: QalyptusClient, rows: Iterable[Mapping[str, Any]], search: Search, *, hidden: bool
) -> list[Candidate]:
    found = []
    for row in rows:
        seen = snapshot(row, client.dialect)
        made = client.dialect.created_of(row)
        created = _moment(made)
        too_old = search.since is not None and created is not None and created < search.since - _CLOCK_SECONDS
        if not seen.id:
            raise _unsearchable("ids", "id_fields", client.dialect.id_fields)
        if too_old and not search.compared:
            continue
        about = f"{seen.id} ({seen.status}, created {made or 'at an unknown time'})"
        current = seen.phase is Phase.ACTIVE
        found.append(Candidate(seen.id, seen.phase, about, _is_sure(search, created, hidden), current))
    return found


def _is_sure(search: Search, created: float | None, hidden: bool) -> bool:
    if search.since is None:
        return not hidden
    if created is None:
        return search.compared
    return search.since - _CLOCK_SECONDS <= created <= search.sent_at + _REQUEST_SECONDS


def _moment(text: str | None) -> float | None:
    """Return a date in seconds since the epoch, ``None`` for one without a time zone."""
    try:
        return to_utc(text or "", "date").timestamp()
    except QAValidationError:
        return None


def _unsearchable(nouns: str, option: str, names: tuple[str, ...]) -> QANotSupportedError:
    return QANotSupportedError(
        f"the records of the status list do not name their {nouns} (looked for {', '.join(names)})",
        vendor="qalyptus",
        hint=f'Set the name in the connection\'s extra: {{"qalyptus": {{"{option}": ["..."]}}}}',
    )
