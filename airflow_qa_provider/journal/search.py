"""Looking at a vendor for an object whose id is not known."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from airflow_qa_provider.exceptions import (
    QANotFoundError,
    QANotSupportedError,
    QAPermissionError,
    QAUncertainError,
)
from airflow_qa_provider.journal.attempt import LookupTimeouts
from airflow_qa_provider.journal.identity import id_digest
from airflow_qa_provider.journal.ownership import Ownership
from airflow_qa_provider.journal.record import CHOICE, NOTE, Record
from airflow_qa_provider.kinds.lookup import Candidate, Lookup, Search
from airflow_qa_provider.kinds.snapshot import Phase

log = logging.getLogger(__name__)

_ENDED_BADLY = (Phase.FAILED, Phase.CANCELLED, Phase.GONE)


@dataclass
class Scout:
    """Statuses for the objects of one kind.

    :param client: The vendor's client.
    :param lookup: How to find one; ``None`` where the vendor shows nothing to search.
    :param vendor: Vendor in lower case.
    :param noun: The object in words.
    :param ownership: What the other tasks of the run hold.
    :param lookup_timeouts: How long to look.
    :param notes_kept: Whether there is a task's state, for the advice to a person.
    :param has_failed: Tells of a phase whether an object that stands there is to be replaced.
    """

    client: Any
    lookup: Lookup | None
    vendor: str
    noun: str
    ownership: Ownership
    lookup_timeouts: LookupTimeouts
    notes_kept: bool
    has_failed: Callable[[Phase], bool]

    def before(self, intent: Record) -> tuple[str, ...] | None:
        """Return digests of the ids of what is there already, ``None`` where that is not needed or cannot be seen.

        :param intent: What is about to be created.
        """
        if self.lookup is None or not self.lookup.compares:
            return None
        try:
            found = self.lookup.find(self.client, Search(intent.facts, intent.sent_at, None))
        except (QANotSupportedError, QANotFoundError, QAPermissionError) as error:
            log.warning("Should the answer to the request be lost, the %s cannot be looked up: %s", self.noun, error)
            return None
        return tuple(sorted(id_digest(one.id) for one in found))

    def existing(self, intent: Record) -> list[Candidate]:
        """Return what is there already and would do.

        :param intent: What is wanted.
        :raises QANotSupportedError: The vendor shows nothing to search.
        """
        if self.lookup is None:
            raise QANotSupportedError(
                f"nothing at the vendor shows whether there is such a {self.noun} already",
                vendor=self.vendor,
                outcome="Nothing was sent",
                hint="Leave if_exists at 'create'",
            )
        return [one for one in self._candidates(intent, None) if one.current]

    def find(self, record: Record, since: float, seconds: float) -> Candidate | None:
        """Return the one object that belongs to a note, ``None`` when there is none.

        An object is believed to be the one when two looks, or the last, show it alone: another task that has created it
        at the same moment needs a second to say so.

        :param record: The note.
        :param since: The earliest moment at which the request can have been sent.
        :param seconds: How long to look while there is none.
        :raises QAUncertainError: There are several, or the vendor shows nothing to search.
        :raises QAError: The vendor could not be asked.
        """
        if self.lookup is None:
            loss = _loss(record, since)
            raise self.uncertain(f"{loss}, and nothing at the vendor shows whether any {self.noun} came of it")
        found: Candidate | None = None
        doubt: QAUncertainError | None = None
        for pause in self.lookup_timeouts.pauses(seconds):
            time.sleep(pause)
            last, found, doubt = found, None, None
            try:
                found = self._only(record, since)
            except QAUncertainError as error:
                doubt = error
            if found is not None and last is not None and found.id == last.id:
                break
        if doubt is None:
            return found
        if seconds < self.lookup_timeouts.settled:  # whoever else has lost an id may be about to find it, too
            return self.find(record, since, self.lookup_timeouts.settled)
        raise doubt

    def uncertain(self, what: str) -> QAUncertainError:
        """Return the error for what cannot be told.

        :param what: What was found.
        """
        by_hand = (
            f"Look at the vendor. Then write the id of the right one under {CHOICE!r} into the task's state, or delete "
            f"{NOTE!r} there to have one created, and clear the task"
        )
        without_state = "Look at the vendor, and take the right one from there"
        return QAUncertainError(
            what,
            vendor=self.vendor,
            outcome="This attempt has created nothing",
            hint=f"{by_hand if self.notes_kept else without_state}; on_uncertain='repeat' always creates one. A retry "
            "gets the same answer",
        )

    def _only(self, record: Record, since: float) -> Candidate | None:
        try:
            found = self._candidates(record, since)
        except QANotSupportedError as error:
            problem = f"{_loss(record, since)}, and {error.message}"
            raise self.uncertain(f"{problem}. {error.hint}" if error.hint else problem) from error
        sure = [one for one in found if one.sure]
        listed = "; ".join(one.about for one in found)
        if sure and self.ownership.others_ask_for(record.facts):
            raise self.uncertain(
                f"{_loss(record, since)}, and another task of this run has asked for the same and has no answer yet: "
                f"{listed}"
            )
        if len(sure) == 1:
            return sure[0]
        if not found:
            return None
        loss = _loss(record, since)
        raise self.uncertain(f"{loss}, and it cannot be told whether one of these came of it: {listed}")

    def _candidates(self, record: Record, since: float | None) -> list[Candidate]:
        if self.lookup is None:
            return []
        search = Search(record.facts, record.sent_at, since, record.before is not None)
        foreign = {*record.past, *self.ownership.of_others()}
        old = set(record.before or ())
        return [
            one
            for one in self.lookup.find(self.client, search)
            # what ended badly is not taken over, since another one is created in its place in any case; but one that
            # the vendor has accepted is not missing when it has
            if one.id not in foreign
            and id_digest(one.id) not in old
            and (record.accepted or not (one.phase in _ENDED_BADLY or self.has_failed(one.phase)))
        ]


def _loss(record: Record, since: float) -> str:
    """Say what is missing. Without a task's state, nobody knows when the request was sent, nor whether it was."""
    if since < record.sent_at:
        return "this Airflow keeps no state of tasks, so what an earlier attempt sent is unknown"
    return record.loss
