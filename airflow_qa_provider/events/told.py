"""What a webhook's call has told, and the asset that it is an event of. Imports no Airflow."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from airflow_qa_provider.kinds.event import Event

LARGEST_KEPT = 8 * 1024
"""Bytes of the largest call that is kept whole: Airflow hands what has started a run to each of its tasks."""

_READABLE = re.compile(r"[\w.:+-]{1,64}( [\w.:+-]{1,64})?", re.ASCII)


def uri_of(vendor: str, conn_id: str, event: str) -> str:
    """Return the URI of the asset whose events are one kind of event of one connection; also its name.

    :param vendor: Vendor in lower case.
    :param conn_id: Id of the Airflow connection.
    :param event: Name of the event.
    """
    return f"{vendor}://{quote(conn_id, safe='')}/{event}"


@dataclass(frozen=True)
class Told:
    """One call of a webhook.

    :param vendor: Vendor in lower case.
    :param conn_id: Id of the connection whose webhook it is.
    :param event: What it tells of.
    :param call: The JSON object that it has brought, cleaned.
    :param received_at: When it came, an aware ``datetime``.
    """

    vendor: str
    conn_id: str
    event: Event
    call: Mapping[str, Any]
    received_at: datetime

    @property
    def uri(self) -> str:
        """URI of its asset."""
        return uri_of(self.vendor, self.conn_id, self.event.name)

    @property
    def own_key(self) -> str | None:
        """What a repeat of the same call has, too; ``None`` where a repeat cannot be told from another event."""
        key = self.event.key(self.call)
        if key is None or _READABLE.fullmatch(key):
            return key
        # it becomes the partition key of a run, which people see: an address may hold a secret
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def new_key(self) -> str:
        """Return a partition key of its own for a call that has none."""
        name = self.event.object_id(self.call) or ""
        return f"{name if _READABLE.fullmatch(name) else self.event.name} {secrets.token_hex(6)}"

    def as_extra(self) -> dict[str, Any]:
        """Return the event's ``extra``: plain JSON, with ``call`` where that is not too large.

        What a task needs that waits for the event, ``result`` and ``failure``, is there in any case.
        """
        call = dict(self.call)
        return {
            "vendor": self.vendor,
            "connection": self.conn_id,
            "event": self.event.name,
            "object_id": self.event.object_id(self.call),
            "key": self.own_key,
            "received_at": self.received_at.isoformat(timespec="milliseconds"),
            "result": self.event.result(call),
            "failure": self.event.failure(call),
            "call": call if len(json.dumps(call)) <= LARGEST_KEPT else None,
        }
