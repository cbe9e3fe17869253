"""One ticket for one trouble, for as long as it is open."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from airflow_qa_provider.exceptions import QAError
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.lookup import LookupTimeouts, may_be_done
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.client.tickets import Archived
from airflow_qa_provider.vendors.smartq.rows import PAGE_SIZE, Row
from airflow_qa_provider.vendors.smartq.tickets import TicketFields

log = logging.getLogger(__name__)

_MOST_ROWS = 1000


def raise_alert(
    client: SmartQClient, ticket: Mapping[str, Any], tag: str, timeouts: LookupTimeouts, *, note: str
) -> tuple[str, bool]:
    """Open a ticket with a tag, unless an active one of the project has it; that gets a note.

    When the answer to the create is lost, the ticket is looked for, and asked for once more where it is nowhere: an
    alert too many does less harm than one that nobody sees.

    :param client: The client.
    :param ticket: What the ticket is to have, by the names of :class:`TicketFields`.
    :param tag: Tag that the tickets of this trouble have, and no others.
    :param timeouts: How long to look for a ticket whose answer was lost.
    :param note: Text of the note.
    :return: Id of the ticket, and whether it was opened now; else it was open, and has a note more.
    :raises QAValidationError: Something of it cannot be sent. Nothing was.
    :raises QAError: smartQ has refused it, or could not be asked.
    """
    tags = [*(Given(ticket, "smartq").optional_words("tags") or ()), tag]
    # without the marker of tasks, since the tag is one
    fields = TicketFields.read(Given({**ticket, "tags": tags, "marker_tag": False}, "smartq"))
    found = _open_ticket(client, fields, tag)
    if found is not None:
        client.notes.create(fields.project_id, found, text=note)
        return found, False
    try:
        return _create(client, fields), True
    except QAError as error:
        if not may_be_done(error):
            raise
        log.warning("The ticket may have been created, and is looked for: %s", error)
    for pause in timeouts.pauses(timeouts.lost_answer):
        time.sleep(pause)
        found = _open_ticket(client, fields, tag)
        if found is not None:
            return found, True
    return _create(client, fields), True


def _create(client: SmartQClient, fields: TicketFields) -> str:
    return fields.at(datetime.now(timezone.utc), "").create(client) or ""


def _open_ticket(client: SmartQClient, fields: TicketFields, tag: str) -> str | None:
    """Return the active ticket with the tag, the newest of several, among the newest thousand.

    Whether lists show tags is not documented: of tickets without any, the details of those with the name are read.
    """
    rows = client.tickets.list(
        fields.project_id,
        order_by="insert_time",
        descending=True,
        archived=Archived.ACTIVE,
        with_cover=False,
        page_size=PAGE_SIZE,
        limit=_MOST_ROWS,
    )
    for row in rows:
        hidden = not row.get("tags") and str(row.get("name") or "").strip() == fields.name
        if _has(client.tickets.get(fields.project_id, row["id"]) if hidden else row, tag):
            return str(row["id"])
    return None


def _has(row: Row, tag: str) -> bool:
    return tag in json.dumps(row).lower()
