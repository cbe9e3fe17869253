"""Finding smartQ tickets whose id was lost."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from airflow_qa_provider.exceptions import QANotFoundError
from airflow_qa_provider.kinds.lookup import Candidate, Search
from airflow_qa_provider.kinds.polling import Statuses, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.client.shown import moment_of, step_of
from airflow_qa_provider.vendors.smartq.client.tickets import Archived
from airflow_qa_provider.vendors.smartq.tickets import SEPARATOR, TicketPoller

Row = Mapping[str, Any]

_MARKER = re.compile(r"airflow-[0-9a-f]{32}")
_PAGE_SIZE = 100
_MOST_ROWS = 1000
_CLOCK_SECONDS = 120.0
# the tries of one request, with all pauses that the client may make between them
_REQUEST_SECONDS = 900.0
# dates have no zone: further apart than any two time zones
_ZONES_SECONDS = 26 * 3600.0


class TicketLookup:
    """Tickets, by the marker among their tags; without one by name, and by not having been there before.

    The docs do not say what a ticket shows. The marker is looked for anywhere in it, in the list and, where that shows
    no tags, in the details. Where neither shows tags, or the ticket has no marker, a ticket of the same name that was
    not there before the request is taken for the one. Where tags are shown and the marker is not among them, such a
    ticket is reported: somebody, or smartQ itself, may have removed or cut the marker.

    ``facts``: ``project_id``, ``name``, ``marker`` (``None`` for a ticket without one).
    """

    compares: ClassVar[bool] = True

    def find(self, client: SmartQClient, search: Search) -> list[Candidate]:
        """Return the tickets that match.

        :param client: The client.
        :param search: What to look for.
        """
        marker = search.facts["marker"]
        if search.since is None:
            return [_candidate(row, sure=True) for row in _of_that_name(client, search)]
        if marker is not None:
            marked = [row for row in _latest(client, search, search.since) if marker in _markers_in(row)]
            if marked:
                return [_candidate(row, sure=True) for row in _distinct(marked)]
        return list(self._unmarked(client, search, marker))

    def _unmarked(self, client: SmartQClient, search: Search, marker: str | None) -> Iterator[Candidate]:
        for row in _of_that_name(client, search):
            likely = may_be_ours(search, moment_of(row, "insert_time", client.dialect.timezone))
            if likely is None:
                continue
            hidden = marker is not None and not row.get("tags")
            seen = client.tickets.get(search.facts["project_id"], row["id"]) if hidden else row
            markers = _markers_in(seen)
            if marker in markers:
                yield _candidate(row, sure=True)
            elif not markers and (likely or marker is None or not seen.get("tags")):
                yield _candidate(row, sure=likely and (marker is None or "tags" not in seen))


class TicketOfProject:
    """Poller of tickets by their bare id, in one project.

    :param project_id: Id of the project.
    """

    kind: ClassVar[str] = "smartq.ticket"
    noun: ClassVar[str] = "ticket"

    def __init__(self, project_id: str) -> None:
        self._project_id = project_id

    def poll(self, client: SmartQClient, ids: Collection[str], since: float) -> Statuses:
        """Look at tickets; one that is not there by its id is looked for in the lists, of archived ones as well.

        :param client: The client.
        :param ids: Ids of tickets.
        :param since: Not used.
        """

        def one(ticket_id: str) -> Snapshot:
            row = client.tickets.get(self._project_id, ticket_id)
            return Snapshot(ticket_id, Phase.ACTIVE, f"in step {step_of(row)}")

        looks: Statuses = {**poll_each(one, ids)}
        for ticket_id, seen in looks.items():
            if isinstance(seen, QANotFoundError):
                name = f"{self._project_id}{SEPARATOR}{ticket_id}"
                looks[ticket_id] = TicketPoller().poll(client, [name], since)[name]
        return looks

    def cancel(self, client: SmartQClient, object_id: str) -> str:
        """Refuse: a ticket is no job.

        :param client: The client.
        :param object_id: Id of the ticket.
        :raises QANotSupportedError: Always.
        """
        return TicketPoller().cancel(client, object_id)


def is_marker(tag: str) -> bool:
    """Tell whether a tag is the marker of some task.

    :param tag: The tag.
    """
    return _MARKER.fullmatch(tag.strip().lower()) is not None


def may_be_ours(search: Search, created: float | None) -> bool | None:
    """Judge an object by its age: whether it can be the one of the request; ``None`` when it cannot.

    :param search: What is looked for.
    :param created: When it was created, in seconds since the epoch, perhaps in another time zone; ``None`` if unknown.
    """
    if search.since is None:
        return True
    if created is not None and created < search.since - _ZONES_SECONDS:
        return None
    if search.compared:
        return True
    return created is not None and search.since - _CLOCK_SECONDS <= created <= search.sent_at + _REQUEST_SECONDS


def _of_that_name(client: SmartQClient, search: Search) -> list[Row]:
    name = search.facts["name"]
    rows = client.tickets.list(
        search.facts["project_id"],
        name_contains=name,
        archived=Archived.ALL,
        with_cover=False,
        page_size=_PAGE_SIZE,
        limit=_MOST_ROWS,
    )
    return [row for row in rows if _as_read(row.get("name")) == _as_read(name)]


def _as_read(name: Any) -> str:
    """Return a name as people read it: it may be shown as HTML."""
    return html.unescape(str(name or "")).strip()


def _latest(client: SmartQClient, search: Search, since: float) -> Iterator[Row]:
    # the newest first: what is added while they are read makes some come twice, but none is passed over
    rows = client.tickets.list(
        search.facts["project_id"],
        order_by="insert_time",
        descending=True,
        archived=Archived.ALL,
        with_cover=False,
        page_size=_PAGE_SIZE,
        limit=_MOST_ROWS,
    )
    for row in rows:
        created = moment_of(row, "insert_time", client.dialect.timezone)
        if created is not None and created < since - _ZONES_SECONDS:
            return
        yield row


def _markers_in(row: Row) -> set[str]:
    return set(_MARKER.findall(json.dumps(row).lower()))


def _distinct(rows: Iterable[Row]) -> list[Row]:
    return list({str(row["id"]): row for row in rows}.values())


def _candidate(row: Row, *, sure: bool) -> Candidate:
    archived = str(row.get("archived") or "0").lower() not in ("0", "false")
    state = "archived" if archived else f"in step {step_of(row)}"
    about = f"ticket {row['id']} ({row.get('name')!r}, {state}, created {row.get('insert_time')})"
    return Candidate(str(row["id"]), Phase.ACTIVE, about, sure, current=not archived)
