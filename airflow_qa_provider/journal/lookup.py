"""Looking at a vendor for an object whose id is not known."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from airflow_qa_provider.exceptions import (
    QAError,
    QANotFoundError,
    QANotSupportedError,
    QAPermissionError,
    QAUncertainError,
)
from airflow_qa_provider.journal.askers import Asker, Askers, of_others, shown, unanswered
from airflow_qa_provider.journal.identity import id_digest
from airflow_qa_provider.journal.journal import NO_STATE
from airflow_qa_provider.journal.ownership import Ownership
from airflow_qa_provider.journal.record import Record
from airflow_qa_provider.kinds.fields import KindFields
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.lookup import Candidate, Lookup, LookupTimeouts, Search
from airflow_qa_provider.kinds.polling import as_qa_error
from airflow_qa_provider.kinds.snapshot import Phase

log = logging.getLogger(__name__)

_SLACK_SECONDS = 0.5
_ENDED_BADLY = (Phase.FAILED, Phase.CANCELLED, Phase.GONE)


@dataclass
class VendorLookup:
    """Looks for the objects of one kind.

    :param kind: The kind.
    :param client: The vendor's client.
    :param ownership: What the other tasks of the run hold.
    :param askers: Tells of what is asked for who else in this Airflow has asked for an object of the same look.
    :param timeouts: How long to look.
    :param has_failed: Tells of a phase whether an object that stands there is to be replaced.
    :param uncertain: Makes the error for what cannot be told.
    :param notes_kept: Whether a later attempt knows when the request was sent.
    """

    kind: Kind
    client: Any
    ownership: Ownership
    askers: Callable[[KindFields], Askers]
    timeouts: LookupTimeouts
    has_failed: Callable[[Phase], bool]
    uncertain: Callable[[str], QAUncertainError]
    notes_kept: bool = True

    def compares(self, fields: KindFields, record: Record | None = None) -> bool:
        """Tell whether what came of a request is told by what was there before it.

        :param fields: What is about to be created.
        :param record: The note of the request, once it was sent: what was done before it counts.
        """
        if self.kind.lookup is None:
            return False
        return (record is not None and record.before is not None) or fields.compares(self.client)

    def before(self, fields: KindFields, sent_at: float) -> tuple[str, ...] | None:
        """Return digests of the ids of what is there already, ``None`` where that is not needed or cannot be seen.

        :param fields: What is about to be created.
        :param sent_at: Now, in seconds since the epoch.
        """
        lookup = self.kind.lookup
        if lookup is None or not self.compares(fields):
            return None
        try:
            found = self._listed(lookup, Search(fields, sent_at, None))
        except (QANotSupportedError, QANotFoundError, QAPermissionError) as error:
            log.warning(
                "Should the answer to the request be lost, the %s cannot be looked up: %s", self.kind.noun, error
            )
            return None
        return tuple(sorted(id_digest(one.id) for one in found))

    def existing(self, fields: KindFields, sent_at: float) -> list[Candidate]:
        """Return what is there already and would do.

        :param fields: What is wanted.
        :param sent_at: Now, in seconds since the epoch.
        :raises QANotSupportedError: The vendor shows nothing to search.
        """
        if self.kind.lookup is None:
            raise QANotSupportedError(
                f"nothing at the vendor shows whether there is such a {self.kind.noun} already",
                vendor=self.kind.vendor,
                outcome="Nothing was sent",
                hint="Leave if_exists at 'create'",
            )
        others = self.ownership.of_others()
        found = self._listed(self.kind.lookup, Search(fields, sent_at, None))
        return [one for one in found if one.current and one.id not in others and not self._is_over(one)]

    def find(self, record: Record, fields: KindFields, since: float, seconds: float) -> Candidate | None:
        """Return the one object that belongs to a note, ``None`` when there is none.

        An object is believed to be the one when two polls, or the last, show it alone: another task that has created it
        at the same moment needs a second to say so.

        :param record: The note.
        :param fields: What it asked for.
        :param since: The earliest moment at which the request can have been sent.
        :param seconds: How long to look while there is none.
        :raises QAUncertainError: There are several, or the vendor shows nothing to search.
        :raises QAError: The vendor could not be asked.
        """
        if self.kind.lookup is None:
            raise self.uncertain(
                f"{_loss(record, since)}, and nothing at the vendor shows whether any {self.kind.noun} came of it"
            )
        found: Candidate | None = None
        doubt: QAUncertainError | None = None
        askers = self.askers(fields) if fields.alike() and self.compares(fields, record) else None
        for pause in self.timeouts.pauses(seconds):
            time.sleep(pause)
            last, found, doubt = found, None, None
            if askers is not None and record.age >= self.timeouts.settled:
                # no more can come of the request: whoever finds its object first may take it
                askers.tell("lost")
            try:
                found = self._only(record, fields, since, askers)
            except QAUncertainError as error:
                doubt = error
            if found is not None and last is not None and found.id == last.id:
                break
        if doubt is None:
            return found
        if seconds < self.timeouts.settled:  # whoever else has lost an id may be about to find it, too
            return self.find(record, fields, since, self.timeouts.settled)
        if askers is not None:
            # this task gives up, and stands in nobody's way
            askers.tell("lost")
        raise doubt

    def _only(self, record: Record, fields: KindFields, since: float, askers: Askers | None) -> Candidate | None:
        loss = _loss(record, since)
        others = [] if askers is None else askers.others(record.sent_at)
        try:
            found = self._candidates(record, fields, since, others)
        except QANotSupportedError as error:
            problem = f"{loss}, and {error.message}"
            raise self.uncertain(f"{problem}. {error.hint}" if error.hint else problem) from error
        sure = [one for one in found if one.sure]
        listed = "; ".join(one.about for one in found)
        asking = unanswered(others)
        if asking and any(not one.marked for one in sure):
            has = f"has asked for the same and has no answer yet ({shown(asking)})"
            raise self.uncertain(f"{loss}, and another task {has}: {listed}")
        if len(sure) == 1:
            return sure[0]
        if not found:
            return None
        raise self.uncertain(f"{loss}, and it cannot be told whether one of these came of it: {listed}")

    def _candidates(self, record: Record, fields: KindFields, since: float, others: list[Asker]) -> list[Candidate]:
        if self.kind.lookup is None:
            return []
        # in the windows of the vendor's dates, its clock counts
        ahead = getattr(self.client.transport, "clock_offset", None) or 0.0
        hasty = self.notes_kept and record.age < self.timeouts.settled - _SLACK_SECONDS
        search = Search(fields, record.sent_at + ahead, since + ahead, record.before is not None, hasty)
        foreign = {*record.past, *self.ownership.of_others(), *of_others(others)}
        old = set(record.before or ())
        return [
            one
            for one in self._listed(self.kind.lookup, search)
            # what ended badly is not taken over, since another one is created in its place in any case; but one that
            # the vendor has accepted is not missing when it has
            if one.id not in foreign and id_digest(one.id) not in old and (record.accepted or not self._is_over(one))
        ]

    def _listed(self, lookup: Lookup, search: Search) -> list[Candidate]:
        """Ask the vendor; rows that are not what it documents are an error of ours."""
        try:
            return lookup(self.client, search)
        except QAError:
            raise
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            raise as_qa_error(error) from error

    def _is_over(self, one: Candidate) -> bool:
        return one.phase in _ENDED_BADLY or self.has_failed(one.phase)


def _loss(record: Record, since: float) -> str:
    """Say what is missing. Without a task's state, nobody knows when the request was sent, nor whether it was."""
    return NO_STATE if since < record.sent_at else record.loss
