"""What earlier attempts of a task have done of its rows, in the task's state: the intents before, the results after.

The notes are kept in segments of bounded size, under ``bulk.0``, ``bulk.1`` and so on. Each has a moment, before which
none of its rows was sent, and which each later attempt at them repeats.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow_qa_provider.bulk.items import Item
from airflow_qa_provider.exceptions import QATaskStateError
from airflow_qa_provider.journal.attempt import Attempt
from airflow_qa_provider.journal.identity import canonical, id_digest
from airflow_qa_provider.journal.store import TaskStateStore
from airflow_qa_provider.kinds.change import ChangeOutcome

log = logging.getLogger(__name__)

SEGMENT_ROWS = 500
"""Rows of one note: about 20 KB, where Airflow advises against more than 64."""

_FORMAT = 1


@dataclass
class Noted:
    """What is noted of a row.

    :param content: Digest of what was asked for.
    :param outcome: What the request does.
    :param done: Whether the vendor has answered that it did.
    :param object_id: Id of the object that it made, where that is not in the row.
    """

    content: str
    outcome: ChangeOutcome
    done: bool = False
    object_id: str = ""


@dataclass
class Segment:
    """Rows whose requests were first sent after one moment.

    :param sent_at: The moment, in seconds since the epoch.
    :param rows: Key of a row to the note.
    :param last_at: When the latest of them was sent, at the earliest.
    :param changed: Whether there is something in it that is not written yet.
    """

    sent_at: float
    rows: dict[str, Noted] = field(default_factory=dict)
    last_at: float = 0.0
    changed: bool = True

    def moment_of(self, key: str) -> datetime:
        """Return the moment of a row, another one for each: a thousandth of a second apart.

        :param key: Key of the row.
        """
        return self.moment + timedelta(milliseconds=list(self.rows).index(key))

    @property
    def moment(self) -> datetime:
        """When the rows were first sent."""
        return datetime.fromtimestamp(self.sent_at, timezone.utc)


class BulkNotes:
    """The notes of one task.

    :param store: The task's state; ``None`` before Airflow 3.3, where nothing outlives an attempt.
    :param owner: Kind of object and connection.
    :param attempt: The attempt that is going on.
    :param outlives_clearing: Whether the notes hold when the task was cleared.
    :param read_only: Whether to write nothing, as in a preview.
    """

    def __init__(
        self,
        store: TaskStateStore | None,
        owner: tuple[str, str],
        attempt: Attempt,
        *,
        outlives_clearing: bool = False,
        read_only: bool = False,
    ) -> None:
        self._store = store
        self._head = {
            "format": _FORMAT,
            "owner": list(owner),
            "max_tries": None if outlives_clearing else attempt.max_tries,
        }
        self._read_only = read_only
        self._segments: list[Segment] = []
        self._place: dict[str, Segment] = {}
        self._own = 0  # segments from here on are of this attempt

    @property
    def kept(self) -> bool:
        """Whether notes outlive this attempt."""
        return self._store is not None

    def read(self) -> None:
        """Read what earlier attempts have noted, unless that is of another account, or the task was cleared since.

        :raises QATaskStateError: The task's state cannot be read.
        """
        found = list(self._stored())
        if any({name: one.get(name) for name in self._head} != self._head for one in found):
            self._forget(len(found))
            return
        for one in found:
            rows = {name: Noted(*noted) for name, noted in one["rows"].items()}
            self._add(Segment(one["sent_at"], rows, one["last_at"], changed=False))
        self._own = len(self._segments)

    def of(self, item: Item) -> tuple[Noted, Segment] | None:
        """Return what is noted of a row, and where; ``None`` when another content was asked for."""
        segment = self._place.get(item.key)
        if segment is None or segment.rows[item.key].content != item.content:
            return None
        return segment.rows[item.key], segment

    def ids(self) -> set[str]:
        """Return the ids of the objects that the rows have made."""
        return {one.object_id for segment in self._segments for one in segment.rows.values() if one.object_id}

    def intend(self, items: Sequence[Item]) -> None:
        """Write the intents of new requests, before the first of them is sent.

        :param items: The rows.
        :raises QATaskStateError: They cannot be written.
        """
        now = time.time()
        for item in items:
            if len(self._segments) == self._own or len(self._segments[-1].rows) >= SEGMENT_ROWS:
                self._segments.append(Segment(now))
            last = self._segments[-1]
            last.rows[item.key] = Noted(item.content, item.planned)
            last.last_at, last.changed = now, True
            self._place[item.key] = last
        self._write()

    def done(self, item: Item, object_id: str = "") -> None:
        """Note that a row is done, to be written with the next :meth:`flush`."""
        segment = self._place[item.key]
        noted = segment.rows[item.key]
        noted.object_id = object_id
        noted.done = segment.changed = True

    def withdraw(self, item: Item) -> None:
        """Take back the intent of a row whose request changed nothing."""
        segment = self._place[item.key]
        segment.rows[item.key].content, segment.changed = "", True

    def flush(self) -> None:
        """Write what is not written yet. A failure is only logged: the intents are there."""
        try:
            self._write()
        except QATaskStateError as error:
            log.warning("What was done could not be noted; a retry looks at the vendor first: %s", error.message)

    def _add(self, segment: Segment) -> None:
        self._segments.append(segment)
        self._place.update(dict.fromkeys(segment.rows, segment))

    def _write(self) -> None:
        if self._store is None or self._read_only:
            return
        for number, segment in enumerate(self._segments):
            if segment.changed:
                segment.changed = False  # before it is read: other threads go on
                rows = {name: _short(one) for name, one in segment.rows.items()}
                try:
                    self._store.keep(
                        f"bulk.{number}",
                        {**self._head, "sent_at": segment.sent_at, "last_at": segment.last_at, "rows": rows},
                    )
                # Airflow lets deployments bring their own store, which may raise anything
                except Exception as error:
                    segment.changed = True
                    raise _unusable("written", error) from error

    def _stored(self) -> Iterator[dict[str, Any]]:
        number = 0
        while self._store is not None:
            try:
                found = self._store.get(f"bulk.{number}")
            except Exception as error:
                raise _unusable("read", error) from error
            if found is None:
                return
            yield found
            number += 1

    def _forget(self, count: int) -> None:
        for number in reversed(range(count)):
            if self._store is not None and not self._read_only:
                self._store.delete(f"bulk.{number}")


def digest(value: Any) -> str:
    """Return a short digest of plain data.

    :param value: The data.
    """
    return id_digest(json.dumps(value, sort_keys=True, default=lambda one: canonical(one, "row")))


def _short(noted: Noted) -> list[Any]:
    facts = [noted.content, noted.outcome, noted.done]
    return [*facts, noted.object_id] if noted.object_id else facts


def _unusable(done: str, error: Exception) -> QATaskStateError:
    return QATaskStateError(
        f"the task's state could not be {done}: {type(error).__name__}: {error}",
        outcome="Nothing more was sent: without it a retry would not know what was done",
        hint="A retry starts from what is noted",
    )
