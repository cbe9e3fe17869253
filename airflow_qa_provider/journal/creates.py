"""What an attempt of a task does about the object that belongs to it: create it, take it up, or refuse."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import cached_property, partial
from typing import Any
from zlib import crc32

from airflow_qa_provider.exceptions import (
    QAError,
    QAJournalError,
    QANotFoundError,
    QAResponseError,
    QAUncertainError,
)
from airflow_qa_provider.journal.askers import Askers, of_others
from airflow_qa_provider.journal.attempt import LookLater, Made, Outcome
from airflow_qa_provider.journal.journal import NO_STATE, Journal
from airflow_qa_provider.journal.lookup import VendorLookup
from airflow_qa_provider.journal.ownership import Ownership
from airflow_qa_provider.journal.record import Record
from airflow_qa_provider.journal.store import SharedStore
from airflow_qa_provider.kinds.fields import KindFields
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.lookup import Candidate, may_be_done, was_accepted
from airflow_qa_provider.kinds.polling import as_qa_error, poll_all
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot

log = logging.getLogger(__name__)

_APART_MILLISECONDS = 10_000


@dataclass
class CreateJournal(Journal):
    """Makes sure that the task has its object, once.

    :param kind: The kind of object.
    :param asked: What is asked for; its relative dates are still relative.
    :param client: The vendor's client.
    :param create: Sends the one request that creates it, and returns the id if the answer tells it.
    :param ownership: What the other tasks of the run hold.
    :param shared: What all tasks of this Airflow see; ``None`` where there is no such thing.
    :param has_failed: Tells of a phase whether an object that stands there is to be replaced.
    :param stop: Cancels an object; given where a stop of the task is to cancel what it waits for.
    :param can_pause: Whether the task can give its worker back until an object is to be seen.
    :param sent: What this attempt has sent, with dates made absolute; ``None`` while it has sent nothing.
    """

    kind: Kind
    asked: KindFields
    client: Any
    create: Callable[[KindFields], str | None]
    ownership: Ownership
    shared: SharedStore | None
    has_failed: Callable[[Phase], bool]
    stop: Callable[[str], str] | None = None
    can_pause: bool = False
    sent: KindFields | None = None

    @cached_property
    def lookup(self) -> VendorLookup:
        """How an object is found whose id is not known."""
        return VendorLookup(
            self.kind,
            self.client,
            self.ownership,
            partial(Askers, self.shared, self.identity),
            self.timeouts,
            self.has_failed,
            self._cannot_tell,
            self.notes.kept,
        )

    def ensure(self) -> Made:
        """Return the object of the task, created if need be.

        :raises QAJournalError: Going on could create it twice; the message says what to do.
        :raises QAError: The vendor refused, or could not be asked.
        :raises LookLater: Where the task can pause.
        """
        record = self.notes.read()
        # nobody is asked to choose before an attempt has failed
        chosen = self.notes.choice() if record is not None or self.attempt.number > 1 else None
        if chosen and (record is None or chosen not in (record.object_id, *record.past)):
            named = replace(record or self._new_intent(None)[0], object_id=chosen)
            return self._done(named, "adopted", f"it is named under {self.notes.choice_key!r} in the task's state")
        if record is None and not self.notes.kept:
            return self._without_notes()
        if record is None:
            return self._create(None, "no earlier attempt sent a request")
        if self.attempt.was_cleared_since(record) and self.policies.on_clear == "new":
            self._stop(record, self._seen(record) if self.stop else None)
            return self._create(record, "the task was cleared, and on_clear is 'new'", anew=True)
        if not record.belongs_to(self.identity):
            return self._changed(record)
        if record.object_id is None:
            return self._look_for(record, type(self.asked).from_note(record.fields), record.sent_at)
        return self._take_up(record, f"an earlier attempt created it at {record.when}")

    def _without_notes(self) -> Made:
        log.info(
            "This Airflow keeps no state of tasks (3.3 does): only a look at the vendor can tell whether an "
            "earlier attempt created the %s",
            self.kind.noun,
        )
        if self.attempt.number > 1:
            return self._look_for(*self._new_intent(None), self.attempt.run_started or 0.0)
        return self._create(None, "no earlier attempt sent a request")

    def _existing(self) -> Made | None:
        intent, fields = self._new_intent(None)
        there = self.lookup.existing(fields, intent.sent_at)
        if not there:
            return None
        listed = "; ".join(one.about for one in there)
        if self.policies.if_exists == "fail":
            hint = "A retry fails as well while it is there"
            raise self._refusal(f"if_exists is 'fail', and there is one already: {listed}", hint)
        if len(there) == 1 and there[0].sure:
            return self._done(replace(intent, object_id=there[0].id), "adopted", "it was there before")
        raise self._cannot_tell(f"if_exists is 'adopt', and it cannot be told whether these are meant: {listed}")

    def _take_up(self, record: Record, how: str) -> Made:
        """Take up an object whose id is known, or replace it."""
        if record.object_id:
            self.ownership.hold(record.object_id)  # Airflow has removed what the attempt before has told the others
        seen = self._seen(record)
        if seen is not None and seen.phase is Phase.GONE:
            return self._gone(record)
        if seen is not None and self.has_failed(seen.phase):
            return self._create(record, f"{self.kind.noun} {record.object_id} ended as {seen.status}", anew=True)
        if self.stop is not None and self.attempt.was_cleared_since(record) and not (seen and seen.phase.ended):
            self._stop(record, seen)
            return self._create(record, "the task was cleared, and on_kill is 'cancel'", anew=True)
        if record.fingerprint != self.identity.fingerprint:
            return self._changed(record)
        if seen is None:
            return self._done(record, "adopted", how)
        return self._done(record, "unchanged" if seen.phase.ended else "adopted", f"{how}; status: {seen.status}")

    def _stop(self, record: Record, seen: Snapshot | None) -> None:
        """Under ``cancel``, cancel what a task had that was cleared: now at the latest, for nobody else may have."""
        if self.stop is None or not record.object_id or (seen and seen.phase.ended):
            return
        try:
            log.info("The task was cleared: %s", self.stop(record.object_id))
        except QAError as error:
            log.warning("The task was cleared, and %s may be cancelled already: %s", record.object_id, error)

    def _gone(self, record: Record) -> Made:
        gone = f"{self.kind.noun} {record.object_id}, which this task had created, does not exist any more"
        if self.policies.on_gone == "new" or self.attempt.was_cleared_since(record):
            return self._create(record, gone, anew=True)
        raise self._refusal(gone, "Clear the task to have a new one created, or set on_gone='new'. A retry fails again")

    def _changed(self, record: Record) -> Made:
        fields = ", ".join(record.changed_fields(self.identity))
        noun = self.kind.noun
        what = f"{noun} {record.object_id}" if record.object_id else f"a {noun}, whose id is not known,"
        there = f"an earlier attempt created {what} at {record.when}, and this one asks for another {fields}"
        if self.policies.on_changed_input == "new":
            return self._create(record, there, anew=True)
        if self.policies.on_changed_input == "update" and record.object_id and record.belongs_to(self.identity):
            wanted = self._asked_at(record.sent_at, record.generation)
            wanted.update(self.client, record.object_id)
            fresh = replace(
                record,
                fields=wanted.as_note(),
                fingerprint=self.identity.fingerprint,
                digests=self.identity.digests,
            )
            return self._done(fresh, "updated", there)
        raise self.changed_input(
            record, there, "To have another one created set on_changed_input='new', or 'update' where the vendor can"
        )

    def _look_for(self, record: Record, fields: KindFields, since: float) -> Made:
        """Look for what a lost attempt may have made, and create it when it is nowhere."""
        if self._asks_again:
            reason = f"{record.loss if self.notes.kept else NO_STATE}; {self._no_telling}"
            return self._create(record, reason, anew=True) if self.notes.kept else self._create(None, reason)
        try:
            found = self.lookup.find(record, fields, since, self.timeouts.settled - record.age)
            if found is None and record.accepted:
                raise self._cannot_tell(
                    f"{record.loss}, though the vendor accepted it, and no {self.kind.noun} of it is to be seen"
                )
            taken = None if found is None else self._hold(record, fields, found)
        except QAUncertainError as error:
            if self.policies.on_uncertain != "repeat":
                raise
            return self._create(record, f"on_uncertain is 'repeat': {error.message}", anew=True)
        if taken is not None:
            return self._take_up(taken, "found at the vendor, an earlier attempt lost its id")
        if self.notes.kept:
            return self._create(record, f"the vendor shows nothing of the request of {record.when}")
        return self._create(None, "the vendor shows none that this run has created")

    def _create(self, earlier: Record | None, reason: str, *, anew: bool = False) -> Made:
        if earlier is None and self.policies.if_exists != "create":
            taken = self._existing()
            if taken is not None:
                return taken
        intent, fields = self._new_intent(earlier, anew=anew)
        askers = self._askers(fields)
        if askers is not None:
            # before the look at the vendor: who asks after that look then sees our object as one that was there
            askers.tell("asking")
        intent = replace(intent, before=self.lookup.before(fields, intent.sent_at))
        self.notes.intend(intent)
        try:
            self.sent = fields
            object_id = self.create(fields)
            if object_id is not None:
                return self._done(replace(intent, object_id=object_id), "created", reason)
        except QAError as error:
            if not may_be_done(error):
                self.notes.withdraw(earlier)
                if askers is not None:
                    askers.withdraw()
                raise
            return self._after_lost_answer(replace(intent, accepted=was_accepted(error)), fields, error, reason)
        nameless = QAResponseError(f"the answer does not tell which {self.kind.noun} it made", vendor=self.vendor)
        return self._after_lost_answer(replace(intent, accepted=True), fields, nameless, reason)

    def _after_lost_answer(self, intent: Record, fields: KindFields, error: QAError, reason: str) -> Made:
        """Look for what the request made whose answer never came, or came without an id."""
        problem = "the answer names no id" if intent.accepted else "the answer to the request was lost"
        longest = self.timeouts.no_id if intent.accepted else self.timeouts.lost_answer
        seconds = min(longest, self.timeouts.two_looks) if self.can_pause else longest
        looked = f"It was looked for during {seconds:g} s"
        if intent.accepted:
            self.notes.complete(intent)
        if self._asks_again:
            error.outcome = f"The request was sent, and {problem}; {self._no_telling}"
            error.hint = f"A retry asks again: another {self.kind.noun} does no harm"
            raise error
        try:
            found = self.lookup.find(intent, fields, intent.sent_at, seconds)
            if found is not None:
                outcome: Outcome = "created" if intent.accepted else "adopted"
                return self._done(self._hold(intent, fields, found), outcome, f"{reason}; {problem}, it was found")
        except QAUncertainError as uncertain:
            uncertain.outcome = f"The request was sent, and {problem}"
            if self.policies.on_uncertain != "repeat":
                raise uncertain from error
            # not the uncertain one, which a retry policy would take for an end
            error.outcome, error.hint = uncertain.outcome, "on_uncertain is 'repeat': a retry creates another one"
            raise error from uncertain
        except QAError as failed:
            looked = f"It could not be looked for: {failed.message}"
        happened = "was" if intent.accepted else "may have been"
        error.outcome = f"The {self.kind.noun} {happened} created, but is not to be seen at the vendor. {looked}"
        error.hint = "A retry looks for it again" + ("" if intent.accepted else ", and creates it when it is nowhere")
        if self.can_pause:
            raise LookLater(error, max(self.timeouts.settled, longest) - intent.age) from error
        raise error

    def _askers(self, fields: KindFields, record: Record | None = None) -> Askers | None:
        """Return who asks for the same; ``None`` where an object is told from others without that."""
        if not fields.alike() or not self.lookup.compares(fields, record):
            return None
        return Askers(self.shared, self.identity, fields)

    @property
    def _asks_again(self) -> bool:
        """Whether what is lost is asked for once more: nobody can tell it from what belongs to others."""
        return self.policies.on_uncertain == "repeat" and not self.asked.recognisable

    @property
    def _no_telling(self) -> str:
        return f"the vendor does not show which {self.kind.noun} came of it"

    def _new_intent(self, earlier: Record | None, *, anew: bool = False) -> tuple[Record, KindFields]:
        """Return the note of a request that is about to be sent, and what it asks for."""
        generation, past = (earlier.generation, earlier.past) if earlier else (1, ())
        if earlier and anew:
            generation += 1
            past = (*past, earlier.object_id) if earlier.object_id else past
        now = time.time()
        fields = self._asked_at(now, generation)
        return self.intent(fields.as_note(), sent_at=now, generation=generation, past=past), fields

    def _asked_at(self, sent_at: float, generation: int) -> KindFields:
        """Return what is asked for; dates that tell it from others count from up to ten seconds later.

        Tasks of several runs do ask in the same millisecond, and then neither could tell which object is its own.
        """
        marker = self.identity.marker(generation)
        later = crc32(marker.encode()) % _APART_MILLISECONDS / 1000 if self.asked.told_by_dates else 0.0
        return self.asked.at(datetime.fromtimestamp(sent_at + later, timezone.utc), marker)

    def _seen(self, record: Record) -> Snapshot | None:
        """Return where the object of a note stands, ``None`` when it cannot be seen now, or not yet."""
        if record.object_id is None or not (self.kind.poll or self.asked.shows_itself):
            return None
        seen = self._poll(record)
        if isinstance(seen, QANotFoundError) and record.age >= self.timeouts.not_found:
            time.sleep(self.timeouts.pause)  # one 404 may come from a replica that lags behind
            seen = self._poll(record)
            if isinstance(seen, QANotFoundError):
                return Snapshot(record.object_id, Phase.GONE, "not found")
        if isinstance(seen, Snapshot):
            return seen
        log.warning("%s %s could not be polled: %s", self.kind.noun, record.object_id, seen)
        return None

    def _poll(self, record: Record) -> Snapshot | QAError:
        object_id = record.object_id or ""
        if not self.asked.shows_itself:
            return poll_all(self.kind.new_poll(), self.client, [object_id], record.sent_at)[object_id]
        try:
            return type(self.asked).from_note(record.fields).seen(self.client, object_id)
        except Exception as error:  # as poll_all does: where it stands is not known, and that is no reason to fail
            return as_qa_error(error)

    def _hold(self, record: Record, fields: KindFields, found: Candidate) -> Record:
        """Take an object that was found, unless another task takes it at the same moment."""
        askers = self._askers(fields, record)
        self.ownership.hold(found.id)
        others = self.ownership.of_others()
        if askers is not None:
            askers.tell("answered", found.id)
            others |= of_others(askers.others(record.sent_at))
        if found.id in others:
            # what stays would keep it from the other task when a person has cleared that one
            self.ownership.release()
            if askers is not None:
                askers.tell("lost")
            raise self._cannot_tell(f"another task has taken the same {self.kind.noun}: {found.about}")
        held = replace(record, object_id=found.id)
        self.notes.complete(held)
        return held

    def _done(self, record: Record, outcome: Outcome, reason: str) -> Made:
        record = replace(record, max_tries=self.attempt.max_tries)
        self.notes.complete(record)
        made = Made(record.object_id or "", outcome, reason, record.generation)
        self.ownership.hold(made.id)
        askers = self._askers(self.sent or type(self.asked).from_note(record.fields), record)
        if askers is not None:
            askers.conclude(made.id)
        log.info("%s %s: %s (%s)", self.kind.noun, made.id, outcome, reason)
        return made

    def _refusal(self, problem: str, hint: str) -> QAJournalError:
        return QAJournalError(problem, vendor=self.vendor, outcome="This attempt has created nothing", hint=hint)

    def _cannot_tell(self, what: str) -> QAUncertainError:
        return self.uncertain(what, then=self.choose, outcome="This attempt has created nothing")
