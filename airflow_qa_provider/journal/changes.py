"""What an attempt of a task does about a change that belongs to it: make it, or see that it is made.

A change is compared with what the vendor shows before anything is sent. The note in the task's state serves what a
comparison cannot tell: that an earlier attempt made the change, and somebody else has changed the object since.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from airflow_qa_provider.exceptions import QAError, QAUncertainError
from airflow_qa_provider.journal.attempt import Made
from airflow_qa_provider.journal.journal import NO_STATE, Journal
from airflow_qa_provider.journal.record import Record
from airflow_qa_provider.kinds.change import Change, ChangeOutcome, Shown, shown_now
from airflow_qa_provider.kinds.lookup import may_be_done
from airflow_qa_provider.rest.preview import RequestWithheld

log = logging.getLogger(__name__)


@dataclass
class ChangeJournal(Journal):
    """Makes sure that the change of the task is made, once.

    :param noun: The object in words.
    :param asked: The change; its relative dates are still relative.
    :param client: The vendor's client.
    """

    noun: str
    asked: Change
    client: Any

    def ensure(self) -> Made:
        """Make the change unless it is made.

        :raises QAUncertainError: An earlier attempt sent it, nobody knows what came of it, and a repeat would do harm.
        :raises QAError: The vendor refused, or could not be asked.
        """
        noted = self._noted()
        record = None if noted is None or self._is_over(noted) else noted
        moment = datetime.fromtimestamp(time.time() if record is None else record.sent_at, timezone.utc)
        change = self.asked.at(moment)
        wanted = change.wanted(self.client)
        if record is not None and record.object_id is not None:
            return self._done(record, "unchanged", f"an earlier attempt made the change at {record.when}", {})
        intent = record or self.intent({}, sent_at=moment.timestamp())
        doubtful = record is not None or self._knows_nothing
        current = (None if noted or doubtful else change.known) or shown_now(change, self.client)
        if doubtful or (noted is not None and noted.object_id is None):
            current = self._seen_late(change, noted or intent, wanted, current)
        changes = difference(current, wanted)
        settled = self._settled(change, record, current, changes, moment)
        if settled is not None:
            return self._done(intent, "unchanged", settled, {})
        if doubtful and self.policies.on_uncertain == "fail":
            raise self._cannot_tell(record, change, wanted, current)
        return self._send(change, intent, noted, wanted, current, changes)

    def _settled(
        self, change: Change, record: Record | None, current: Shown | None, changes: Shown, moment: datetime
    ) -> str | None:
        """Say why nothing has to be sent; ``None`` when it has to be."""
        if record is None:
            return None if changes else "the vendor shows what is asked for"
        if not changes:
            return f"an earlier attempt made the change at {record.when} and lost the answer"
        if change.has_effect(current, record.fields):
            return f"the request of {record.when} was carried out"
        if change.was_made(current, moment):
            return f"the request of {record.when} was carried out, and somebody has changed the object since"
        return None

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
        doubtful = record.object_id is None and self.policies.on_uncertain == "fail"
        return not doubtful and self.attempt.was_cleared_since(record)

    @property
    def _knows_nothing(self) -> bool:
        """Whether there was an earlier attempt, before Airflow 3.3, that may have sent what must not be repeated."""
        return not self.notes.kept and self.attempt.number > 1 and self.policies.on_uncertain == "fail"

    def _seen_late(self, change: Change, record: Record, wanted: Shown, current: Shown | None) -> Shown | None:
        """Look on while the vendor may still be working on a request whose client is gone."""
        if _shows(change, current, wanted, record.fields):
            return current
        for pause in self.timeouts.pauses(max(0.0, self.timeouts.settled - record.age)):
            time.sleep(pause)
            current = shown_now(change, self.client)
            if _shows(change, current, wanted, record.fields):
                break
        return current

    def _send(
        self,
        change: Change,
        intent: Record,
        noted: Record | None,
        wanted: Shown,
        current: Shown | None,
        changes: dict[str, dict[str, Any]],
    ) -> Made:
        intent = replace(intent, fields=change.before(current), last_sent_at=time.time())
        self.notes.intend(intent)
        outcome: ChangeOutcome = "created" if current is None and change.result == "updated" else change.result
        try:
            too_late = change.send(self.client, wanted, current)
        except RequestWithheld as withheld:
            withheld.changes = changes
            raise
        except QAError as error:
            if not may_be_done(error):
                self.notes.withdraw(noted)
                raise
            self._await_effect(change, wanted, intent.fields, error)
            return self._done(intent, outcome, "the answer was lost, but the vendor shows the change", changes)
        if too_late:
            return self._done(intent, "unchanged", too_late, {})
        return self._done(intent, outcome, "the vendor showed something else", changes)

    def _await_effect(self, change: Change, wanted: Shown, before: Shown, error: QAError) -> None:
        """Look for the effect of a request whose answer was lost.

        :raises QAError: The one that lost it, when there is no effect to be seen.
        """
        looked = f"It was looked for during {self.timeouts.lost_answer:g} s"
        try:
            for pause in self.timeouts.pauses(self.timeouts.lost_answer):
                time.sleep(pause)
                if _shows(change, shown_now(change, self.client), wanted, before):
                    return
        except QAError as failed:
            looked = f"It could not be looked for: {failed.message}"
        error.outcome = f"The {self.noun} may be changed, but the vendor does not show it. {looked}"
        error.hint = "A retry compares again, and sends only what is still missing"
        if self.policies.on_uncertain == "fail":
            error.hint = "A retry looks again, and sends nothing"
        raise error

    def _cannot_tell(
        self, record: Record | None, change: Change, wanted: Shown, current: Shown | None
    ) -> QAUncertainError:
        names = dict.fromkeys([*wanted, *change.before(current)])
        shown = {name: (current or {}).get(name) for name in names} if current is not None else {}
        told = ", ".join(f"{name} is {value!r}" for name, value in shown.items()) or "there is none"
        return self.uncertain(
            f"{record.loss if record else NO_STATE}, and the vendor does not show that it was carried out: {told}",
            then=self.by_hand,
            outcome=f"This attempt has sent nothing about {self.noun} {change.object_id}",
            object_id=change.object_id,
        )

    def _done(self, record: Record, outcome: ChangeOutcome, reason: str, changes: dict[str, dict[str, Any]]) -> Made:
        object_id = self.asked.object_id
        self.notes.complete(replace(record, object_id=object_id, max_tries=self.attempt.max_tries))
        log.info("%s %s: %s (%s)", self.noun, object_id, outcome, reason)
        return Made(object_id, outcome, reason, changes=changes)


def _shows(change: Change, current: Shown | None, wanted: Shown, before: Shown) -> bool:
    return not difference(current, wanted) or change.has_effect(current, before)


def difference(current: Shown | None, wanted: Shown) -> dict[str, dict[str, Any]]:
    """Return the fields in which an object differs from what is wanted, ``{field: {"from": ..., "to": ...}}``.

    :param current: What the vendor shows; ``None`` when there is no object.
    :param wanted: Shown that it is to have; others do not count.
    """
    shown = current or {}
    return {
        name: {"from": shown.get(name), "to": value}
        for name, value in wanted.items()
        if current is None or name not in shown or shown[name] != value
    }
