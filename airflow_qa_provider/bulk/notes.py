"""What earlier attempts of a task have done of its rows, in the task's state: the intents before, the results after.

The notes are kept in segments of bounded size, under ``bulk.0``, ``bulk.1`` and so on. All rows of a segment were first
sent at one moment, which each later attempt at them repeats.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from airflow_qa_provider.exceptions import QATaskStateError
from airflow_qa_provider.journal.attempt import Attempt
from airflow_qa_provider.journal.identity import canonical, id_digest
from airflow_qa_provider.journal.store import TaskStateStore
from airflow_qa_provider.kinds.change import Change, ChangeOutcome

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
    """

    content: str
    outcome: ChangeOutcome
    done: bool = False


@dataclass
class Segment:
    """Rows whose requests were first sent at one moment.

    :param sent_at: The moment, in seconds since the epoch.
    :param rows: Digest of the object's id to the note.
    :param changed: Whether there is something in it that is not written yet.
    """

    sent_at: float
    rows: dict[str, Noted] = field(default_factory=dict)
    changed: bool = True

    @property
    def moment(self) -> datetime:
        """When the rows were first sent."""
        return datetime.fromtimestamp(self.sent_at, timezone.utc)


class BulkNotes:
    """The notes of one task.

    :param store: The task's state; ``None`` before Airflow 3.3, where nothing outlives an attempt.
    :param owner: Kind of object and connection.
    :param attempt: The attempt that is going on; clearing the task puts an end to the notes.
    :param read_only: Whether to write nothing, as in a preview.
    """

    def __init__(
        self, store: TaskStateStore | None, owner: tuple[str, str], attempt: Attempt, *, read_only: bool = False
    ) -> None:
        self._store = store
        self._attempt = attempt
        self._head = {"format": _FORMAT, "owner": list(owner), "max_tries": attempt.max_tries}
        self._read_only = read_only
        self._segments: list[Segment] = []
        self._place: dict[str, Segment] = {}

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
            self._add(Segment(one["sent_at"], rows, changed=False))

    def of(self, change: Change) -> tuple[Noted, datetime] | None:
        """Return what is noted of a change, and when it was first sent; ``None`` when another content was asked for.

        :param change: The change, before it was given a moment.
        """
        name = id_digest(change.object_id)
        segment = self._place.get(name)
        if segment is None or segment.rows[name].content != content_digest(change):
            return None
        return segment.rows[name], segment.moment

    def intend(self, changes: Sequence[tuple[Change, ChangeOutcome]]) -> datetime:
        """Write the intents of new requests, before the first of them is sent, and return their moment.

        :param changes: Changes, and what each will do.
        :raises QATaskStateError: They cannot be written.
        """
        now = time.time()
        for start in range(0, len(changes), SEGMENT_ROWS):
            rows = changes[start : start + SEGMENT_ROWS]
            noted = {id_digest(one.object_id): Noted(content_digest(one), outcome) for one, outcome in rows}
            self._add(Segment(now, noted))
        self._write()
        return datetime.fromtimestamp(now, timezone.utc)

    def done(self, change: Change) -> None:
        """Note that a change is made, to be written with the next :meth:`flush`.

        :param change: The change.
        """
        name = id_digest(change.object_id)
        segment = self._place[name]
        segment.rows[name].done = segment.changed = True

    def flush(self) -> None:
        """Write what is not written yet. A failure is only logged: what is sent again has the same moment."""
        try:
            self._write()
        except QATaskStateError as error:
            log.warning("A retry may send some rows again, which the vendor recognises: %s", error.message)

    def _add(self, segment: Segment) -> None:
        self._segments.append(segment)
        self._place.update(dict.fromkeys(segment.rows, segment))

    def _write(self) -> None:
        if self._store is None or self._read_only:
            return
        for number, segment in enumerate(self._segments):
            if segment.changed:
                segment.changed = False  # before it is read: other threads go on
                rows = {name: [one.content, one.outcome, one.done] for name, one in segment.rows.items()}
                try:
                    self._store.keep(f"bulk.{number}", {**self._head, "sent_at": segment.sent_at, "rows": rows})
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


def content_digest(change: Change) -> str:
    """Return a digest of what is asked for.

    :param change: The change.
    """
    return id_digest(json.dumps(canonical(change.identity(), "row")))


def _unusable(done: str, error: Exception) -> QATaskStateError:
    return QATaskStateError(
        f"the task's state could not be {done}: {type(error).__name__}: {error}",
        outcome="Nothing more was sent: without it a retry would not know what was done",
        hint="A retry starts from what is noted",
    )
