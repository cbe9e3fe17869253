"""What an attempt of a task does about a change that belongs to it: make it, or see that it is made.

A change is compared with what the vendor shows before anything is sent. The note in the task's state serves what a
comparison cannot tell: that an earlier attempt made the change, and somebody else has changed the object since.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, Literal, Protocol

from airflow_qa_provider.exceptions import QAError, QAUncertainError
from airflow_qa_provider.journal.attempt import Attempt, LookupTimeouts
from airflow_qa_provider.journal.identity import Identity
from airflow_qa_provider.journal.policies import OnUncertain
from airflow_qa_provider.journal.record import NOTE, Notes, Record
from airflow_qa_provider.kinds.lookup import may_be_done
from airflow_qa_provider.rest.preview import RequestWithheld

log = logging.getLogger(__name__)

ChangeOutcome = Literal["created", "updated", "deleted", "unchanged"]
Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Changed:
    """How a change came about.

    :param id: Id at the vendor of the object.
    :param outcome: ``created``, ``updated`` or ``deleted`` by this task, or ``unchanged``: nothing had to be sent.
    :param reason: Why, in a few words.
    :param changes: Field to ``{"from": ..., "to": ...}``, of what was different.
    :param details: What else the vendor shows of the object and is of use to others.
    """

    id: str
    outcome: ChangeOutcome
    reason: str
    changes: dict[str, dict[str, Any]]
    details: dict[str, Any] = field(default_factory=dict)


class Changer(Protocol):
    """What an operator contributes to a change."""

    noun: str
    on_uncertain: OnUncertain

    def changed_id(self) -> str:
        """Return the id at the vendor of the object, checked."""

    def wanted(self, client: Any, moment: datetime) -> Fields:
        """Check the input; return the fields that the object is to have, as :meth:`current` would show them.

        :param client: The vendor's client.
        :param moment: When the change was asked for first: the same for every attempt.
        :raises QAValidationError: The input breaks a rule.
        """

    def current(self, client: Any) -> Fields | None:
        """Return what the vendor shows of the object, ``None`` when there is none.

        :param client: The vendor's client.
        """

    def send(self, client: Any, wanted: Fields, current: Fields | None, moment: datetime) -> None:
        """Send the request that makes the change.

        :param client: The vendor's client.
        :param wanted: What :meth:`wanted` returned.
        :param current: What :meth:`current` returned.
        :param moment: When the change was asked for first: the same for every attempt.
        """

    def was_made(self, current: Fields | None, sent_at: datetime) -> bool:
        """Tell whether a request whose answer was lost was carried out, although the object looks different now.

        :param current: What :meth:`current` returned.
        :param sent_at: When it was sent.
        """

    def before(self, current: Fields | None) -> Fields:
        """Return what later attempts must know of the object as it was before the request, as plain JSON.

        :param current: What :meth:`current` returned before it.
        """

    def has_effect(self, current: Fields | None, before: Fields) -> bool:
        """Tell whether the object shows that the request was carried out, although it is not as wanted.

        :param current: What :meth:`current` returned.
        :param before: What :meth:`before` returned.
        """

    def outcome_of(self, current: Fields | None) -> ChangeOutcome:
        """Say what the change does.

        :param current: What :meth:`current` returned before it.
        """


@dataclass
class ChangeJournal:
    """Makes sure that the change of the task is made, once.

    :param changer: What to change.
    :param client: The vendor's client.
    :param identity: Whose change it is.
    :param notes: The task's state.
    :param attempt: The attempt that is going on.
    :param lookup_timeouts: How long to look for the effect of a request whose answer was lost.
    """

    changer: Changer
    client: Any
    identity: Identity
    notes: Notes
    attempt: Attempt
    lookup_timeouts: LookupTimeouts

    def ensure(self) -> Changed:
        """Make the change unless it is made.

        :raises QAUncertainError: An earlier attempt sent it, nobody knows what came of it, and a repeat would do harm.
        :raises QAError: The vendor refused, or could not be asked.
        """
        noted = self._noted()
        record = None if noted is None or self._is_over(noted) else noted
        moment = datetime.fromtimestamp(time.time() if record is None else record.sent_at, timezone.utc)
        wanted = self.changer.wanted(self.client, moment)
        if record is not None and record.object_id is not None:
            return self._done(record, "unchanged", f"an earlier attempt made the change at {record.when}", {})
        intent = record or self._intent(moment)
        doubtful = record is not None or self._knows_nothing
        current = self.changer.current(self.client)
        if doubtful or (noted is not None and noted.object_id is None):
            current = self._seen_late(noted or intent, wanted, current)
        changes = difference(current, wanted)
        if not changes:
            lost = f"an earlier attempt made the change at {intent.when} and lost the answer"
            reason = "the vendor shows what is asked for" if record is None else lost
            return self._done(intent, "unchanged", reason, {})
        if record is not None and self.changer.has_effect(current, record.facts):
            return self._done(intent, "unchanged", f"the request of {record.when} was carried out", {})
        if record is not None and self.changer.was_made(current, moment):
            reason = f"the request of {record.when} was carried out, and somebody has changed the object since"
            return self._done(intent, "unchanged", reason, {})
        if doubtful and self.changer.on_uncertain == "fail":
            raise self._uncertain(record, current)
        return self._send(intent, noted, wanted, current, changes, moment)

    def _noted(self) -> Record | None:
        """Return the note of an earlier attempt at the same change."""
        record = self.notes.read()
        if record is None or not record.belongs_to(self.identity):
            return None
        return record if record.fingerprint == self.identity.fingerprint else None

    def _is_over(self, record: Record) -> bool:
        """Tell whether clearing the task has put an end to what a note says.

        It does not put one to the doubt about a request that must not be repeated.
        """
        doubtful = record.object_id is None and self.changer.on_uncertain == "fail"
        return not doubtful and self.attempt.was_cleared_since(record)

    @property
    def _knows_nothing(self) -> bool:
        """Whether there was an earlier attempt, before Airflow 3.3, that may have sent what must not be repeated."""
        return not self.notes.kept and self.attempt.number > 1 and self.changer.on_uncertain == "fail"

    def _seen_late(self, record: Record, wanted: Fields, current: Fields | None) -> Fields | None:
        """Look on while the vendor may still be working on a request whose client is gone."""
        if self._shows(current, wanted, record.facts):
            return current
        for pause in self.lookup_timeouts.pauses(max(0.0, self.lookup_timeouts.settled - record.age)):
            time.sleep(pause)
            current = self.changer.current(self.client)
            if self._shows(current, wanted, record.facts):
                break
        return current

    def _shows(self, current: Fields | None, wanted: Fields, before: Fields) -> bool:
        return not difference(current, wanted) or self.changer.has_effect(current, before)

    def _send(
        self,
        intent: Record,
        noted: Record | None,
        wanted: Fields,
        current: Fields | None,
        changes: dict[str, dict[str, Any]],
        moment: datetime,
    ) -> Changed:
        intent = replace(intent, facts=self.changer.before(current), last_sent_at=time.time())
        self.notes.intend(intent)
        outcome = self.changer.outcome_of(current)
        try:
            self.changer.send(self.client, wanted, current, moment)
        except RequestWithheld as withheld:
            withheld.changes = changes
            raise
        except QAError as error:
            if not may_be_done(error):
                self.notes.withdraw(noted)
                raise
            self._await_effect(wanted, intent.facts, error)
            return self._done(intent, outcome, "the answer was lost, but the vendor shows the change", changes)
        return self._done(intent, outcome, "the vendor showed something else", changes)

    def _await_effect(self, wanted: Fields, before: Fields, error: QAError) -> None:
        """Look for the effect of a request whose answer was lost.

        :raises QAError: The one that lost it, when there is no effect to be seen.
        """
        looked = f"It was looked for during {self.lookup_timeouts.lost_answer:g} s"
        try:
            for pause in self.lookup_timeouts.pauses(self.lookup_timeouts.lost_answer):
                time.sleep(pause)
                if self._shows(self.changer.current(self.client), wanted, before):
                    return
        except QAError as failed:
            looked = f"It could not be looked for: {failed.message}"
        error.outcome = f"The {self.changer.noun} may be changed, but the vendor does not show it. {looked}"
        error.hint = "A retry compares again, and sends only what is still missing"
        if self.changer.on_uncertain == "fail":
            error.hint = "A retry looks again, and sends nothing"
        raise error

    def _uncertain(self, record: Record | None, current: Fields | None) -> QAUncertainError:
        lost = "this Airflow keeps no state of tasks, so what an earlier attempt sent is unknown"
        shown = ", ".join(f"{name} is {value!r}" for name, value in (current or {}).items()) or "there is none"
        by_hand = f"Otherwise delete {NOTE!r} from the task's state and clear the task to have it done"
        return QAUncertainError(
            f"{record.loss if record else lost}, and the vendor does not show that it was carried out: {shown}",
            vendor=self.identity.kind.partition(".")[0],
            object_id=self.changer.changed_id(),
            outcome=f"This attempt has sent nothing about {self.changer.noun} {self.changer.changed_id()}",
            hint=f"Look at the vendor. If it was carried out, mark the task as success. "
            f"{f'{by_hand}; ' if self.notes.kept else ''}on_uncertain='repeat' always sends it once more. "
            "A retry gets the same answer",
        )

    def _intent(self, moment: datetime) -> Record:
        return Record(
            kind=self.identity.kind,
            conn_id=self.identity.conn_id,
            fingerprint=self.identity.fingerprint,
            digests=self.identity.digests,
            generation=1,
            sent_at=moment.timestamp(),
            facts={},
            max_tries=self.attempt.max_tries,
        )

    def _done(self, record: Record, outcome: ChangeOutcome, reason: str, changes: dict[str, dict[str, Any]]) -> Changed:
        object_id = self.changer.changed_id()
        self.notes.complete(replace(record, object_id=object_id, max_tries=self.attempt.max_tries))
        log.info("%s %s: %s (%s)", self.changer.noun, object_id, outcome, reason)
        return Changed(object_id, outcome, reason, changes)


def difference(current: Fields | None, wanted: Fields) -> dict[str, dict[str, Any]]:
    """Return the fields in which an object differs from what is wanted, ``{field: {"from": ..., "to": ...}}``.

    :param current: What the vendor shows; ``None`` when there is no object.
    :param wanted: Fields that it is to have; others do not count.
    """
    shown = current or {}
    return {
        name: {"from": shown.get(name), "to": value}
        for name, value in wanted.items()
        if current is None or name not in shown or shown[name] != value
    }
