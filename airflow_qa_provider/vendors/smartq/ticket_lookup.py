"""Finding smartQ tickets whose id was lost."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.exceptions import QANotSupportedError
from airflow_qa_provider.kinds.lookup import Candidate, Search
from airflow_qa_provider.kinds.snapshot import Phase
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.client.shown import moment_of, step_of
from airflow_qa_provider.vendors.smartq.client.tickets import Archived
from airflow_qa_provider.vendors.smartq.rows import PAGE_SIZE, ZONES_SECONDS, Row, may_be_ours, no_more_than

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.tickets import TicketFields

_MARKER = re.compile(r"airflow-[0-9a-f]{32}")
_MOST_ROWS = 1000
# how long it is believed that what has shown a marker shows it
_SHOWN_SECONDS = 7 * 86400.0


def find_tickets(client: SmartQClient, search: Search) -> list[Candidate]:
    """Find tickets, by the marker among their tags; without one by name, and by not having been there before.

    The docs do not say what a ticket shows. The marker is looked for anywhere in it, in the list and, where that shows
    no tags, in the details. Where neither shows tags, or the ticket has no marker, a ticket of the same name that was
    not there before the request is taken for the one. Where tags are shown and the marker is not among them, such a
    ticket is reported: somebody, or smartQ itself, may have removed or cut the marker.

    :raises QANotSupportedError: There are more tickets than can be read, and none of those that were is the one.
    """
    fields: TicketFields = search.fields
    if search.since is None:
        return [_candidate(row, sure=True) for row in _of_that_name(client, fields)]
    unread: QANotSupportedError | None = None
    found: list[Row] = []
    try:
        found = _of_that_name(client, fields)
    except QANotSupportedError as error:
        unread = error
    named = [_candidate(row, sure=True, marked=True) for row in found if fields.marker in _markers_in(row)]
    if named:
        return named
    renamed: dict[str, Row] = {}
    if fields.marker is not None and not (search.hasty and unread is None):
        try:
            for row in _latest(client, fields, search.since):
                if fields.marker in _markers_in(row):
                    renamed[str(row["id"])] = row
        except QANotSupportedError as error:
            unread = error
    marked = [_candidate(row, sure=True, marked=True) for row in renamed.values()]
    candidates = marked or list(_unmarked(client, search, found))
    if unread is not None and not candidates:
        raise unread
    return candidates


def shows_markers(client: SmartQClient, project_id: str) -> bool:
    """Tell whether an answer has shown lately that tickets of a project show their marker."""
    return bool(client.recall(_shows_marker(project_id), _SHOWN_SECONDS))


def notice_marker(client: SmartQClient, fields: TicketFields, made: Row) -> None:
    """Keep in mind that tickets of a project show their marker, if the answer to a create does.

    :param client: The client.
    :param fields: What was asked for.
    :param made: The answer.
    """
    if fields.marker is not None:
        client.remember(_shows_marker(fields.project_id), fields.marker in _markers_in({"tags": made.get("tags")}))


def _shows_marker(project_id: str) -> str:
    return f"marker shown in project {project_id}"


def is_marker(tag: str) -> bool:
    """Tell whether a tag is the marker of some task.

    :param tag: The tag.
    """
    return _MARKER.fullmatch(tag.strip().lower()) is not None


def _unmarked(client: SmartQClient, search: Search, named: list[Row]) -> Iterator[Candidate]:
    """Yield the tickets of that name that may be the one, though the list does not show the marker."""
    fields: TicketFields = search.fields
    for row in named:
        likely = may_be_ours(search, moment_of(row, "insert_time", client.dialect.timezone))
        if likely is None:
            continue
        hidden = fields.marker is not None and not row.get("tags")
        seen = client.tickets.get(fields.project_id, row["id"]) if hidden else row
        markers = _markers_in(seen)
        if fields.marker in markers:
            yield _candidate(row, sure=True, marked=True)
        elif not markers and (likely or fields.marker is None or not seen.get("tags")):
            yield _candidate(row, sure=likely and (fields.marker is None or "tags" not in seen))


def _of_that_name(client: SmartQClient, fields: TicketFields) -> list[Row]:
    rows = client.tickets.list(
        fields.project_id,
        name_contains=fields.name,
        archived=Archived.ALL,
        with_cover=False,
        page_size=PAGE_SIZE,
        limit=_MOST_ROWS + 1,
    )
    listed = no_more_than(_MOST_ROWS, rows, "tickets with that text in their name", "tickets.list")
    return [row for row in listed if _as_read(row.get("name")) == _as_read(fields.name)]


def _as_read(name: Any) -> str:
    """Return a name as people read it: it may be shown as HTML."""
    return html.unescape(str(name or "")).strip()


def _latest(client: SmartQClient, fields: TicketFields, since: float) -> Iterator[Row]:
    # the newest first: what is added while they are read makes some come twice, but none is passed over
    rows = client.tickets.list(
        fields.project_id,
        order_by="insert_time",
        descending=True,
        archived=Archived.ALL,
        with_cover=False,
        page_size=PAGE_SIZE,
        limit=_MOST_ROWS + 1,
    )
    for row in no_more_than(_MOST_ROWS, rows, "tickets since the day before the request", "tickets.list"):
        created = moment_of(row, "insert_time", client.dialect.timezone)
        if created is not None and created < since - ZONES_SECONDS:
            return
        yield row


def _markers_in(row: Row) -> set[str]:
    return set(_MARKER.findall(json.dumps(row).lower()))


def _candidate(row: Row, *, sure: bool, marked: bool = False) -> Candidate:
    archived = str(row.get("archived") or "0").lower() not in ("0", "false")
    state = "archived" if archived else f"in step {step_of(row)}"
    about = f"ticket {row['id']} ({row.get('name')!r}, {state}, created {row.get('insert_time')})"
    return Candidate(str(row["id"]), Phase.ACTIVE, about, sure, not archived, marked)
