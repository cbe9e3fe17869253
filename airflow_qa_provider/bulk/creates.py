"""Many new objects of one kind, each made once: intents before the requests, ids after, look-ups of what was lost."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from typing_extensions import override

from airflow_qa_provider.bulk.items import Item
from airflow_qa_provider.bulk.job import BulkJob
from airflow_qa_provider.exceptions import QAError, QAUncertainError, may_be_done, was_accepted
from airflow_qa_provider.journal.attempt import Attempt
from airflow_qa_provider.journal.journal import NO_STATE
from airflow_qa_provider.kinds.fields import KindFields
from airflow_qa_provider.kinds.lookup import Candidate, LookupTimeouts, Search
from airflow_qa_provider.rest.redaction import excerpt

_BATCHES = 4
"""Rows whose intents are noted together, as a multiple of the requests in flight: so many may have to be looked up."""


@dataclass
class BulkCreates(BulkJob):
    """Makes many objects.

    :param attempt: The attempt that is going on.
    :param timeouts: How long to look for what was lost.
    """

    attempt: Attempt = field(kw_only=True)
    timeouts: LookupTimeouts = field(kw_only=True)

    @override
    def write(self, items: Sequence[Item]) -> None:
        if not self.notes.kept and self.attempt.number > 1:
            raise QAUncertainError(
                NO_STATE,
                vendor=self.kind.vendor,
                outcome="This attempt has sent nothing",
                hint="Look at the vendor, and run the task anew with the rows that are missing",
            )
        todo, lost = self._sorted(items)
        if self.preview:
            return
        todo += self._found(lost, since_last=True)
        size = self.most * _BATCHES
        for start in range(0, len(todo), size):
            batch = todo[start : start + size]
            self.notes.intend(batch)
            try:
                self.sending.run(batch, self._send, lambda: None)
            finally:
                self.notes.flush()
            if self.sending.stopped:
                return
        self._found([item for item in todo if item.outcome == "uncertain" and item.again])

    def _sorted(self, items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
        """Return the rows that were never sent, and those whose answer an earlier attempt has lost."""
        todo, lost = [], []
        for item in items:
            item.planned = "created"
            noted = self.notes.of(item)
            if noted is None:
                item.outcome, item.changes = "created", {"exists": {"from": False, "to": True}}
                if not self.preview:
                    item.outcome, item.reason = "not sent", "the sending ended before its turn"
                todo.append(item)
            elif noted[0].done:
                item.id = noted[0].object_id
                item.end("created", "an earlier attempt created it")
            else:
                lost.append(item)
        return todo, lost

    def _send(self, item: Item) -> None:
        try:
            object_id = self._fields(item).create(self.client)
        except QAError as error:
            item.again = may_be_done(error)
            item.fail(error, "uncertain" if item.again else "failed")
            if not item.again:
                self.notes.withdraw(item)
            elif was_accepted(error):
                self._nameless(item)
            self.count_failure(error)
            return
        self.count_success()
        if object_id is None:
            self._nameless(item)
        else:
            self._made(item, object_id, "no earlier attempt sent it")

    def _made(self, item: Item, object_id: str, reason: str) -> None:
        item.id = object_id
        item.end("created", reason, item.changes)
        self.notes.done(item, object_id)

    def _nameless(self, item: Item) -> None:
        """Note that the row has made an object, though the vendor did not tell which."""
        item.again = False
        item.end("created", "the answer does not tell its id", item.changes)
        self.notes.done(item)

    def _fields(self, item: Item) -> KindFields:
        """Return what a row asks for as it is sent: the same in each attempt."""
        noted = self.notes.of(item)
        if noted is None:
            raise TypeError(f"{item.about} was not noted")
        return item.wished.at(noted[1].moment_of(item.key), item.marker)

    def _found(self, lost: Sequence[Item], *, since_last: bool = False) -> list[Item]:
        """Look for what rows have made whose answer was lost; return those that have made nothing.

        :param lost: The rows.
        :param since_last: Whether an earlier attempt has sent them, so that what is not to be seen was not made once
            the vendor has had its time. Otherwise nothing is certain yet.
        """
        left = list(lost)
        seconds = self.timeouts.lost_answer
        if since_last:
            ages = [time.time() - noted[1].last_at for item in left if (noted := self.notes.of(item))]
            seconds = max(0.0, self.timeouts.settled - min(ages, default=0.0))
        for pause in self.timeouts.pauses(seconds) if left else ():
            self.sending.pause(pause)
            left = [item for item in left if not self._look_for(item)]
            if not left:
                break
        self.notes.flush()
        if since_last:
            return [item for item in left if item.error is None]
        return []

    def _look_for(self, item: Item) -> bool:
        """Look for what a row has made, and say whether that is certain now."""
        item.error = item.error if not isinstance(item.error, QAUncertainError) else None
        lookup, noted = self.kind.lookup, self.notes.of(item)
        if lookup is None or noted is None:
            item.fail(_uncertain(self.kind.noun, "nothing at the vendor shows it"), "uncertain")
            return True
        ahead = getattr(self.client.transport, "clock_offset", None) or 0.0
        sent_at = noted[1].sent_at + ahead
        try:
            taken = self.notes.ids()
            found = [
                one for one in lookup(self.client, Search(self._fields(item), sent_at, sent_at)) if one.id not in taken
            ]
        except QAError as error:
            item.fail(error, "uncertain")
            return False
        if len(found) == 1 and found[0].sure:
            self._made(item, found[0].id, "the answer was lost, and it was found at the vendor")
            return True
        if found:
            item.fail(_uncertain(self.kind.noun, f"it may be {_listed(found)}"), "uncertain")
        return False


def _uncertain(noun: str, why: str) -> QAUncertainError:
    return QAUncertainError(f"the answer was lost, and whether there is a {noun} of it cannot be told: {why}")


def _listed(found: Sequence[Candidate]) -> str:
    return excerpt("; ".join(one.about for one in found))
