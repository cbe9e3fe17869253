"""What an attempt of a task does about the object that belongs to it: create it, take it up, or refuse."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, Protocol

from airflow_qa_provider.exceptions import (
    QAError,
    QAJournalError,
    QANotFoundError,
    QAResponseError,
    QAUncertainError,
)
from airflow_qa_provider.journal.attempt import Attempt, LookupTimeouts, Made, Outcome
from airflow_qa_provider.journal.identity import Identity
from airflow_qa_provider.journal.ownership import Ownership
from airflow_qa_provider.journal.policies import Policies
from airflow_qa_provider.journal.record import CHOICE, Notes, Record
from airflow_qa_provider.journal.search import Scout
from airflow_qa_provider.kinds.lookup import Candidate, Lookup, may_be_done, was_accepted
from airflow_qa_provider.kinds.polling import Poller
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot

log = logging.getLogger(__name__)


class Creator(Protocol):
    """What an operator contributes to the journal."""

    noun: str

    def facts(self, now: datetime, marker: str) -> dict[str, Any]:
        """Return what depends on the moment, and what the object can be recognised by, as plain JSON.

        :param now: The moment that relative dates are relative to.
        :param marker: A text that identifies the object, for vendors that have room for one.
        :raises QAValidationError: The input breaks a rule.
        """

    def create(self, client: Any, facts: Mapping[str, Any]) -> str | None:
        """Send the one request that creates the object.

        :param client: The vendor's client.
        :param facts: What :meth:`facts` returned.
        :return: Id at the vendor; ``None`` when the answer does not tell it.
        """

    def update(self, client: Any, object_id: str, facts: Mapping[str, Any]) -> None:
        """Give an object that exists the content that is asked for now.

        :param client: The vendor's client.
        :param object_id: Id at the vendor.
        :param facts: What :meth:`facts` returned.
        :raises QANotSupportedError: The vendor cannot.
        """

    def has_failed(self, phase: Phase) -> bool:
        """Tell whether an object that stands there is to be replaced by a retry."""


class Journal:
    """Makes sure that the task has its object, once.

    :param creator: What to create.
    :param client: The vendor's client.
    :param poller: How to look at an object whose id is known; ``None`` where the vendor cannot show one.
    :param lookup: How to find an object whose id is not known; ``None`` where the vendor shows nothing to search.
    :param identity: Whose object it is.
    :param notes: The task's state.
    :param ownership: What the other tasks of the run hold.
    :param attempt: The attempt that is going on.
    :param policies: What the author of the DAG has chosen.
    :param lookup_timeouts: How long to look.
    """

    def __init__(
        self,
        creator: Creator,
        client: Any,
        poller: Poller | None,
        lookup: Lookup | None,
        identity: Identity,
        notes: Notes,
        ownership: Ownership,
        attempt: Attempt,
        policies: Policies,
        lookup_timeouts: LookupTimeouts,
    ) -> None:
        self._creator = creator
        self._client = client
        self._poller = poller
        self._identity = identity
        self._notes = notes
        self._claims = ownership
        self._attempt = attempt
        self._policies = policies
        self._lookup_timeouts = lookup_timeouts
        self._noun = creator.noun
        self._vendor = identity.kind.partition(".")[0]
        self._scout = Scout(
            client, lookup, self._vendor, self._noun, ownership, lookup_timeouts, notes.kept, creator.has_failed
        )

    def ensure(self) -> Made:
        """Return the object of the task, created if need be.

        :raises QAJournalError: Going on could create it twice; the message says what to do.
        :raises QAError: The vendor refused, or could not be asked.
        """
        record = self._notes.read()
        chosen = self._notes.choice()
        if chosen and (record is None or chosen not in (record.object_id, *record.past)):
            named = replace(record or self._intent(None), object_id=chosen)
            return self._done(named, "adopted", f"it is named under {CHOICE!r} in the task's state")
        if record is None:
            return self._begin()
        if self._attempt.was_cleared_since(record) and self._policies.on_clear == "new":
            return self._create(record, "the task was cleared, and on_clear is 'new'", anew=True)
        if not record.belongs_to(self._identity):
            return self._changed(record)
        if record.object_id is None:
            return self._look_for(record, record.sent_at)
        return self._take_up(record, f"an earlier attempt created it at {record.when}")

    def _begin(self) -> Made:
        """Do what the first attempt does, or any attempt that has no notes to go by."""
        if not self._notes.kept:
            log.info(
                "This Airflow keeps no state of tasks (3.3 does): only a look at the vendor can tell whether an "
                "earlier attempt created the %s",
                self._noun,
            )
            if self._attempt.number > 1:
                return self._look_for(self._intent(None), self._attempt.run_started or 0.0)
        return self._create_unless_there("no earlier attempt sent a request")

    def _create_unless_there(self, reason: str) -> Made:
        taken = None if self._policies.if_exists == "create" else self._existing()
        return taken or self._create(None, reason)

    def _existing(self) -> Made | None:
        intent = self._intent(None)
        there = self._scout.existing(intent)
        if not there:
            return None
        listed = "; ".join(one.about for one in there)
        if self._policies.if_exists == "fail":
            hint = "A retry fails as well while it is there"
            raise self._refusal(f"if_exists is 'fail', and there is one already: {listed}", hint)
        if len(there) == 1 and there[0].sure:
            return self._done(replace(intent, object_id=there[0].id), "adopted", "it was there before")
        raise self._scout.uncertain(f"if_exists is 'adopt', and it cannot be told whether these are meant: {listed}")

    def _take_up(self, record: Record, how: str) -> Made:
        """Take up an object whose id is known, or replace it."""
        if record.object_id:
            self._claims.hold(record.object_id)  # Airflow has removed what the attempt before has told the others
        seen = self._look(record)
        if seen is not None and seen.phase is Phase.GONE:
            return self._gone(record)
        if seen is not None and self._creator.has_failed(seen.phase):
            return self._create(record, f"{self._noun} {record.object_id} ended as {seen.status}", anew=True)
        if record.fingerprint != self._identity.fingerprint:
            return self._changed(record)
        if seen is None:
            return self._done(record, "adopted", how)
        return self._done(record, "unchanged" if seen.phase.ended else "adopted", f"{how}; status: {seen.status}")

    def _gone(self, record: Record) -> Made:
        gone = f"{self._noun} {record.object_id}, which this task had created, does not exist any more"
        if self._policies.on_gone == "new" or self._attempt.was_cleared_since(record):
            return self._create(record, gone, anew=True)
        raise self._refusal(gone, "Clear the task to have a new one created, or set on_gone='new'. A retry fails again")

    def _changed(self, record: Record) -> Made:
        fields = ", ".join(record.changed_fields(self._identity))
        what = f"{self._noun} {record.object_id}" if record.object_id else f"a {self._noun}, whose id is not known,"
        there = f"an earlier attempt created {what} at {record.when}, and this one asks for another {fields}"
        if self._policies.on_changed_input == "new":
            return self._create(record, there, anew=True)
        if self._policies.on_changed_input == "update" and record.object_id and record.belongs_to(self._identity):
            then = datetime.fromtimestamp(record.sent_at, timezone.utc)
            facts = self._creator.facts(then, self._identity.marker(record.generation))
            self._creator.update(self._client, record.object_id, facts)
            fresh = replace(record, facts=facts, fingerprint=self._identity.fingerprint, digests=self._identity.digests)
            return self._done(fresh, "updated", there)
        raise self._refusal(
            there,
            "If it depends on the time or the try number, make it the same for every attempt. To have another one "
            "created set on_changed_input='new', or 'update' where the vendor can. A retry fails again",
        )

    def _look_for(self, record: Record, since: float) -> Made:
        """Look for what a lost attempt may have made, and create it when it is nowhere."""
        try:
            found = self._scout.find(record, since, self._lookup_timeouts.settled - record.age)
            if found is None and record.accepted:
                raise self._scout.uncertain(
                    f"{record.loss}, though the vendor accepted it, and no {self._noun} of it is to be seen"
                )
            taken = None if found is None else self._hold(record, found)
        except QAUncertainError as error:
            if self._policies.on_uncertain != "repeat":
                raise
            return self._create(record, f"on_uncertain is 'repeat': {error.message}", anew=True)
        if taken is not None:
            return self._take_up(taken, "found at the vendor, an earlier attempt lost its id")
        if self._notes.kept:
            return self._create(record, f"the vendor shows nothing of the request of {record.when}")
        return self._create_unless_there("the vendor shows none that this run has created")

    def _create(self, earlier: Record | None, reason: str, *, anew: bool = False) -> Made:
        intent = self._intent(earlier, anew=anew)
        intent = replace(intent, before=self._scout.before(intent))
        self._notes.intend(intent)
        # only what is told by not having been there before can be taken for another task's
        asking = nullcontext() if intent.before is None else self._claims.asking(intent.facts)
        try:
            with asking:
                object_id = self._creator.create(self._client, intent.facts)
                if object_id is not None:
                    return self._done(replace(intent, object_id=object_id), "created", reason)
        except QAError as error:
            if not may_be_done(error):
                self._notes.withdraw(earlier)
                raise
            return self._after_lost_answer(replace(intent, accepted=was_accepted(error)), error, reason)
        nameless = QAResponseError(f"the answer does not tell which {self._noun} it made", vendor=self._vendor)
        return self._after_lost_answer(replace(intent, accepted=True), nameless, reason)

    def _after_lost_answer(self, intent: Record, error: QAError, reason: str) -> Made:
        """Look for what the request made whose answer never came, or came without an id."""
        problem = "the answer names no id" if intent.accepted else "the answer to the request was lost"
        seconds = self._lookup_timeouts.no_id if intent.accepted else self._lookup_timeouts.lost_answer
        looked = f"It was looked for during {seconds:g} s"
        if intent.accepted:
            self._notes.complete(intent)
        try:
            found = self._scout.find(intent, intent.sent_at, seconds)
            if found is not None:
                outcome: Outcome = "created" if intent.accepted else "adopted"
                return self._done(self._hold(intent, found), outcome, f"{reason}; {problem}, it was found")
        except QAUncertainError as uncertain:
            uncertain.outcome = f"The request was sent, and {problem}"
            if self._policies.on_uncertain != "repeat":
                raise uncertain from error
            # not the uncertain one, which a retry policy would take for an end
            error.outcome, error.hint = uncertain.outcome, "on_uncertain is 'repeat': a retry creates another one"
            raise error from uncertain
        except QAError as failed:
            looked = f"It could not be looked for: {failed.message}"
        happened = "was" if intent.accepted else "may have been"
        error.outcome = f"The {self._noun} {happened} created, but is not to be seen at the vendor. {looked}"
        error.hint = "A retry looks for it again" + ("" if intent.accepted else ", and creates it when it is nowhere")
        raise error

    def _intent(self, earlier: Record | None, *, anew: bool = False) -> Record:
        generation, past = (earlier.generation, earlier.past) if earlier else (1, ())
        if earlier and anew:
            generation += 1
            past = (*past, earlier.object_id) if earlier.object_id else past
        now = time.time()
        marker = self._identity.marker(generation)
        return Record(
            kind=self._identity.kind,
            conn_id=self._identity.conn_id,
            fingerprint=self._identity.fingerprint,
            digests=self._identity.digests,
            generation=generation,
            sent_at=now,
            facts=self._creator.facts(datetime.fromtimestamp(now, timezone.utc), marker),
            max_tries=self._attempt.max_tries,
            past=past,
        )

    def _look(self, record: Record) -> Snapshot | None:
        """Return a look at the object of a note, ``None`` when it cannot be seen now, or not yet."""
        if self._poller is None:
            return None
        seen = self._poll_once(self._poller, record)
        if isinstance(seen, QANotFoundError) and record.age >= self._lookup_timeouts.not_found:
            time.sleep(self._lookup_timeouts.pause)  # one 404 may come from a replica that lags behind
            seen = self._poll_once(self._poller, record)
            if isinstance(seen, QANotFoundError):
                return Snapshot(record.object_id or "", Phase.GONE, "not found")
        if isinstance(seen, Snapshot):
            return seen
        log.warning("%s %s could not be looked at: %s", self._noun, record.object_id, seen)
        return None

    def _poll_once(self, poller: Poller, record: Record) -> Snapshot | QAError:
        object_id = record.object_id or ""
        try:
            return poller.poll(self._client, [object_id], record.sent_at)[object_id]
        except QAError as error:
            return error

    def _hold(self, record: Record, found: Candidate) -> Record:
        """Take an object that was found, unless another task of this run takes it at the same moment."""
        self._claims.hold(found.id)
        if found.id in self._claims.of_others():
            # a claim that stays would keep it from the other task when a person has cleared that one
            self._claims.release()
            raise self._scout.uncertain(f"another task of this run has taken the same {self._noun}: {found.about}")
        held = replace(record, object_id=found.id)
        self._notes.complete(held)
        return held

    def _done(self, record: Record, outcome: Outcome, reason: str) -> Made:
        record = replace(record, max_tries=self._attempt.max_tries)
        self._notes.complete(record)
        made = Made(record.object_id or "", outcome, reason, record.generation)
        self._claims.hold(made.id)
        log.info("%s %s: %s (%s)", self._noun, made.id, outcome, reason)
        return made

    def _refusal(self, problem: str, hint: str) -> QAJournalError:
        return QAJournalError(problem, vendor=self._vendor, outcome="This attempt has created nothing", hint=hint)
