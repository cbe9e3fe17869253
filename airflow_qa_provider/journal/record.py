"""The note of what a task has created, and where it is kept."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, dataclass
from dataclasses import fields as fields_of
from datetime import datetime, timezone
from typing import Any

from airflow_qa_provider.exceptions import QAJournalError, QATaskStateError
from airflow_qa_provider.journal.identity import Identity
from airflow_qa_provider.journal.store import TaskStateStore

log = logging.getLogger(__name__)

NOTE = "journal"
"""Key of the note in the task's state; ``journal.<step>`` for what is done besides."""

_FORMAT = 1
# what a person looks for, who sees the note in Airflow's user interface
_FIRST = ("kind", "object_id", "sent_at", "fields")


@dataclass(frozen=True)
class Record:
    """One note. It holds no secrets: and of long texts only digests.

    :param kind: Kind of object, ``vendor.object``.
    :param conn_id: Airflow connection in which it was created.
    :param fingerprint: Digest of what was asked for.
    :param digests: Short digests by field.
    :param generation: 1 for the first object, one more for each that replaced one.
    :param sent_at: Just before the request, in seconds since the epoch.
    :param fields: What was asked for, or of a change what the object was before, as plain JSON.
    :param before: Digests of the ids of similar objects that were there before; ``None`` when nobody looked.
    :param object_id: Id at the vendor; ``None`` while this is an intent.
    :param max_tries: Airflow's limit of tries at that time, which changes when the task is cleared.
    :param past: Ids of the objects of earlier generations.
    :param accepted: Whether the vendor answered that it had created the object, without telling its id.
    :param last_sent_at: The same of the latest attempt at a change, which may be sent more than once.
    :param answer: ``{"value": ...}`` with the vendor's answer, where no id stands for it; without secrets.
    """

    kind: str
    conn_id: str
    fingerprint: str
    digests: Mapping[str, str]
    generation: int
    sent_at: float
    fields: Mapping[str, Any]
    before: tuple[str, ...] | None = None
    object_id: str | None = None
    max_tries: int | None = None
    past: tuple[str, ...] = ()
    accepted: bool = False
    last_sent_at: float | None = None
    answer: Mapping[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        before = None if self.before is None else list(self.before)
        found = asdict(self)
        first = {name: found[name] for name in _FIRST}
        return {"format": _FORMAT, **first, **found, "before": before, "past": list(self.past)}

    @classmethod
    def from_dict(cls, note: Any, key: str = NOTE) -> Record:
        """Return the record that :meth:`as_dict` described.

        :param note: What the task's state holds.
        :param key: Under which key.
        :raises QAJournalError: It was written by another version, or by somebody else.
        """
        known = {field.name for field in fields_of(cls)}
        needed = {field.name for field in fields_of(cls) if field.default is MISSING}
        if not isinstance(note, Mapping) or note.get("format") != _FORMAT or not needed <= note.keys():
            raise QAJournalError(
                f"the note under {key!r} in the task's state cannot be read: {str(note)[:200]}",
                outcome="Nothing was sent, since an earlier attempt may have created the object",
                hint=f"Look at the vendor, then name the object under '{key}.adopt' in the task's state, or delete "
                f"{key!r} there to have one created. A retry changes nothing",
            )
        values = {name: note[name] for name in known & note.keys()}
        before = None if note.get("before") is None else tuple(note["before"])
        return cls(**{**values, "before": before, "past": tuple(note.get("past") or ())})

    def belongs_to(self, identity: Identity) -> bool:
        """Tell whether it is about the same kind of object in the same account."""
        return (self.kind, self.conn_id) == (identity.kind, identity.conn_id)

    def changed_fields(self, identity: Identity) -> list[str]:
        """Name the fields that differ from those of an identity."""
        names = sorted({*self.digests, *identity.digests})
        return [name.rstrip(":") for name in names if self.digests.get(name) != identity.digests.get(name)]

    @property
    def when(self) -> str:
        """When the request was sent, for messages."""
        return datetime.fromtimestamp(self.sent_at, timezone.utc).strftime("%Y-%m-%d %H:%M:%SZ")

    @property
    def loss(self) -> str:
        """What is missing, for messages."""
        return f"the answer to the request of {self.when} " + ("named no id" if self.accepted else "was lost")

    @property
    def age(self) -> float:
        """Seconds since the request was sent last."""
        return time.time() - (self.last_sent_at or self.sent_at)


class Notes:
    """The task's state, as far as the journal uses it.

    :param store: The task's state store; ``None`` before Airflow 3.3.
    :param read_only: Whether to write nothing, as in a dry run.
    :param key: Key of the note.
    :param empty: Whether there can be no note of an earlier attempt, so that none is asked for.
    """

    def __init__(
        self, store: TaskStateStore | None, *, read_only: bool = False, key: str = NOTE, empty: bool = False
    ) -> None:
        self._store = store
        self.read_only = read_only
        self.key = key
        self._empty = empty

    def of_step(self, name: str, *, empty: bool = False) -> Notes:
        """Return where the note of a step is kept, apart from that of the task.

        :param name: Name of the step.
        :param empty: Whether no attempt can have come to it.
        """
        return Notes(self._store, read_only=self.read_only, key=f"{self.key}.{name}", empty=empty)

    @property
    def choice_key(self) -> str:
        """Key under which a person can name the object that belongs to the task."""
        return f"{self.key}.adopt"

    @property
    def kept(self) -> bool:
        """Whether notes outlive this attempt."""
        return self._store is not None

    def read(self) -> Record | None:
        """Return the note of an earlier attempt.

        :raises QATaskStateError: The task's state cannot be read.
        :raises QAJournalError: The note in it cannot be read.
        """
        note = None if self._empty else self._get(self.key)
        return None if note is None else Record.from_dict(note, self.key)

    def choice(self) -> str | None:
        """Return the id that a person has named, if any."""
        chosen = self._get(self.choice_key)
        return str(chosen).strip() or None if isinstance(chosen, (str, int)) else None

    def intend(self, record: Record) -> None:
        """Write an intent, before its request is sent.

        :param record: The note.
        :raises QATaskStateError: It cannot be written.
        """
        if self.read_only:
            return
        self._guarded(lambda store: store.keep(self.key, record.as_dict()), "written")

    def complete(self, record: Record) -> None:
        """Write what is known now. A failure is only logged: the intent is there and leads to the object."""
        if self._store is None or self.read_only:
            return
        try:
            self._store.keep(self.key, record.as_dict())
        # Airflow lets deployments bring their own store, which may raise anything
        except Exception as error:
            log.warning(
                "The id %s could not be noted in the task's state (%s: %s); a retry will look for the object",
                *(record.object_id, type(error).__name__, error),
            )

    def withdraw(self, earlier: Record | None) -> None:
        """Take back an intent whose request changed nothing.

        :param earlier: The note before it.
        """
        if self._store is None or self.read_only:
            return
        try:
            if earlier is None:
                self._store.delete(self.key)
            else:
                self._store.keep(self.key, earlier.as_dict())
        except Exception as error:
            log.warning(
                "The intent could not be taken back (%s: %s); a retry will look at the vendor first",
                *(type(error).__name__, error),
            )

    def _get(self, key: str) -> Any:
        return self._guarded(lambda store: store.get(key), "read")

    def _guarded(self, call: Callable[[TaskStateStore], Any], done: str) -> Any:
        if self._store is None:
            return None
        try:
            return call(self._store)
        except Exception as error:
            raise QATaskStateError(
                f"the task's state could not be {done}: {type(error).__name__}: {error}",
                outcome="Nothing was sent: without it a retry would not know what was created",
                hint="A retry starts from what is noted",
            ) from error
