"""What an attempt of a task does about a call that belongs to it and that nothing at the vendor tells of."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from airflow_qa_provider.exceptions import QAError, QANotSupportedError, QAUncertainError
from airflow_qa_provider.journal.attempt import Made, Outcome
from airflow_qa_provider.journal.journal import NO_STATE, Journal
from airflow_qa_provider.journal.record import Record
from airflow_qa_provider.kinds.lookup import may_be_done

log = logging.getLogger(__name__)

_ANSWERED = "answered"
_MOST_KEPT_BYTES = 65536


@dataclass
class CallJournal(Journal):
    """Carries out a call once, and keeps its answer for later attempts.

    :param call: Carries it out and returns the answer as plain JSON; given the moment at which it was sent first, which
        is the same for all attempts that send one request.
    :param operation: Name of the operation, for messages.
    :param repeatable: Whether the vendor documents that a repeated call does nothing more.
    """

    call: Callable[[datetime], Any]
    operation: str
    repeatable: bool

    def ensure(self) -> tuple[Any, Made]:
        """Return the answer of the call, carried out if need be, and how it came about.

        :raises QAUncertainError: An earlier attempt sent it, and nobody knows what came of it.
        :raises QAJournalError: This attempt asks for something else than the one before it.
        :raises QAError: The vendor refused, or could not be asked.
        """
        if self.policies.if_exists != "create":
            raise QANotSupportedError(
                "nothing at the vendor shows whether this was done before",
                vendor=self.vendor,
                operation=self.operation,
                outcome="This attempt has sent nothing",
                hint="Leave if_exists at 'create'",
            )
        record = self.notes.read()
        if record is None:
            return self._begin()
        if self.attempt.was_cleared_since(record) and self.policies.on_clear == "new":
            return self._carry_out(record, "the task was cleared, and on_clear is 'new'")
        if record.fingerprint != self.identity.fingerprint:
            return self._changed(record)
        if record.object_id is not None:
            return self._answered(record)
        return self._unanswered(record, record.loss)

    def _begin(self) -> tuple[Any, Made]:
        if self.notes.kept or self.attempt.number == 1 or self.repeatable:
            return self._carry_out(None, "no earlier attempt sent a request")
        # before Airflow 3.3 there are no notes to go by
        return self._unanswered(None, NO_STATE)

    def _changed(self, record: Record) -> tuple[Any, Made]:
        fields = ", ".join(record.changed_fields(self.identity))
        there = f"an earlier attempt called {self.operation} at {record.when}, and this one asks for another {fields}"
        if self.policies.on_changed_input == "new":
            return self._carry_out(record, there)
        raise self.changed_input(record, there, "Set on_changed_input='new' to have the new one carried out")

    def _answered(self, record: Record) -> tuple[Any, Made]:
        if not isinstance(record.answer, dict):
            raise QAUncertainError(
                f"an earlier attempt carried this out at {record.when}, and its answer was too long to be kept",
                vendor=self.vendor,
                operation=self.operation,
                outcome="This attempt has sent nothing",
                hint="Read the result from the vendor. A retry gets the same answer",
            )
        reason = f"an earlier attempt carried it out at {record.when}"
        return record.answer["value"], self._note(record, "adopted", reason)

    def _unanswered(self, record: Record | None, loss: str) -> tuple[Any, Made]:
        if self.repeatable:
            sent_at = None if record is None else record.sent_at
            return self._carry_out(record, f"{loss}; the vendor takes a repeated request for the same", sent_at)
        if self.policies.on_uncertain == "repeat":
            return self._carry_out(record, f"{loss}; on_uncertain is 'repeat'")
        raise self._cannot_tell(loss)

    def _carry_out(self, earlier: Record | None, reason: str, sent_at: float | None = None) -> tuple[Any, Made]:
        generation = 1 if earlier is None else earlier.generation + 1
        intent = self.intent({}, sent_at=sent_at or time.time(), generation=generation)
        self.notes.intend(intent)
        try:
            answer = self.call(datetime.fromtimestamp(intent.sent_at, timezone.utc))
        except QAError as error:
            if not may_be_done(error):
                self.notes.withdraw(earlier)
                raise
            if self.repeatable or self.policies.on_uncertain == "repeat":
                error.hint = "A retry sends the request once more"
                raise
            raise self._cannot_tell(f"the answer was lost ({error.message})", "The request was sent") from error
        return answer, self._note(replace(intent, object_id=_ANSWERED, answer=_kept(answer)), "created", reason)

    def _note(self, record: Record, outcome: Outcome, reason: str) -> Made:
        self.notes.complete(replace(record, max_tries=self.attempt.max_tries))
        done = "carried out" if outcome == "created" else "not repeated"
        log.info("%s: %s (%s)", self.operation, done, reason)
        return Made("", outcome, reason, record.generation)

    def _cannot_tell(self, loss: str, outcome: str | None = None) -> QAUncertainError:
        what = f"{loss}, and nothing at the vendor shows whether it was carried out"
        return self.uncertain(what, then=self.by_hand, outcome=outcome, operation=self.operation)


def _kept(answer: Any) -> dict[str, Any] | None:
    """Return an answer as the note holds it; ``None`` when it is too long."""
    return {"value": answer} if len(json.dumps(answer)) <= _MOST_KEPT_BYTES else None
