"""Many changes of one kind: compared with one overview, sent with several in flight, each once."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from airflow_qa_provider.bulk.items import Item
from airflow_qa_provider.bulk.notes import BulkNotes
from airflow_qa_provider.bulk.sending import Sending
from airflow_qa_provider.exceptions import (
    QAAuthenticationError,
    QAConfigurationError,
    QAConnectError,
    QAError,
    QANotSupportedError,
    QAPermissionError,
    QARateLimitError,
    QATLSError,
    QAWaitTimeoutError,
    may_be_done,
)
from airflow_qa_provider.journal.changes import difference
from airflow_qa_provider.kinds.change import ChangeOutcome
from airflow_qa_provider.kinds.kind import Kind

log = logging.getLogger(__name__)

# the next row would get the same answer
_ABOUT_ALL = (
    QAAuthenticationError,
    QAPermissionError,
    QAConfigurationError,
    QAConnectError,
    QATLSError,
    QARateLimitError,
)
_ENOUGH_IN_A_ROW = 10
_PAUSES = (0.5, 2.0, 5.0)
_FIRST_LOOK = 0.5


@dataclass
class BulkChanges:
    """Makes many changes.

    :param kind: The kind of object.
    :param client: The vendor's client.
    :param notes: What earlier attempts have done.
    :param sending: The requests in flight.
    :param most: How many there are at a time.
    :param stops: Whether the first row that the vendor refuses ends it.
    :param preview: Whether nothing may be sent.
    """

    kind: Kind
    client: Any
    notes: BulkNotes
    sending: Sending[Item]
    most: int
    stops: bool
    preview: bool = False
    _in_a_row: int = field(default=0, init=False)

    def run(self, items: Sequence[Item]) -> None:
        """Make the changes of all rows that can be read, and note in each what became of it.

        :param items: The rows, their changes without a moment.
        :raises QANotSupportedError: The vendor has no overview of such objects.
        :raises QAError: The vendor could not be asked, or would answer all rows alike; what was done is noted.
        """
        self.notes.read()
        self.client.transport.widen(self.most)
        todo = self._compared([item for item in items if item.change is not None])
        if self.preview or not todo:
            return
        todo = self._intended(todo)
        self.sending.run(todo, self._send, self.notes.flush)

    def _compared(self, items: Sequence[Item]) -> list[Item]:
        """Return the rows that have to be sent."""
        todo = []
        for item in items:
            noted = self.notes.of(item.asked)
            if noted is not None and noted[0].done:
                item.end(noted[0].outcome, "an earlier attempt made the change")
            else:
                todo.append(item)
        self._look(todo)
        return [item for item in todo if self._differs(item)]

    def _differs(self, item: Item) -> bool:
        item.changes = difference(item.current, item.wanted)
        noted = self.notes.of(item.asked)
        item.again = noted is not None
        item.planned = noted[0].outcome if noted else _outcome_of(item)
        if item.changes:
            item.outcome, item.reason = item.planned, "the vendor shows something else"
        elif noted:
            item.end(item.planned, "an earlier attempt made the change, and lost the answer")
        else:
            item.end("unchanged", "the vendor shows what is asked for")
        return bool(item.changes)

    def _look(self, items: Sequence[Item]) -> None:
        """Ask the vendor for what it shows of the objects of rows, with as few requests as it allows."""
        if self.kind.overview is None:
            raise QANotSupportedError(
                f"the vendor gives no overview of {self.kind.noun}s",
                vendor=self.kind.vendor,
                outcome="Nothing was sent",
            )
        if not items:
            return
        current = self.kind.overview(self.client, [item.asked for item in items])
        for item in items:
            item.wanted = item.asked.wanted(self.client)
            item.current = current(item.asked)

    def _intended(self, items: Sequence[Item]) -> list[Item]:
        """Note that the rows will be sent, and give each the moment at which it was sent first."""
        noted = {item.number: self.notes.of(item.asked) for item in items}
        new = [item for item in items if noted[item.number] is None]
        now = self.notes.intend([(item.asked, item.planned) for item in new]) if new else None
        for item in items:
            earlier = noted[item.number]
            moment = earlier[1] if earlier else now
            item.change = item.asked.at(moment or datetime.now(timezone.utc))
            item.outcome, item.reason = "not sent", "the sending ended before its turn"
        return list(items)

    def _send(self, item: Item) -> None:
        try:
            too_late = self._sent(item)
        except QAError as error:
            item.fail(error, "uncertain" if may_be_done(error) else "failed")
            self._count_failure(item, error)
            return
        self._in_a_row = 0
        if too_late and not item.again:
            item.end("unchanged", too_late)
        else:
            item.end(item.planned, "the vendor showed something else", item.changes)
        self.notes.done(item.asked)

    def _sent(self, item: Item) -> str | None:
        """Send the request of a row; again, with the same moment, where its answer was lost."""
        for pause in (*_PAUSES[: self.client.settings.retries], None):
            try:
                return item.asked.send(self.client, item.wanted, item.current)
            except QAError as error:
                if pause is None or not may_be_done(error) or self.sending.stopped:
                    raise
                item.again = True
                self.sending.pause(max(pause, min(error.retry_after or 0.0, self.client.settings.max_retry_wait)))
        raise AssertionError("the last try returns or raises")

    def _count_failure(self, item: Item, error: QAError) -> None:
        """End the sending where the other rows would fare no better, or are not to be tried.

        :raises QAError: It ends.
        """
        self._in_a_row += 0 if error.permanent else 1
        vendor_is_ill = self._in_a_row >= max(_ENOUGH_IN_A_ROW, self.most)
        if isinstance(error, _ABOUT_ALL) or vendor_is_ill or (self.stops and error.permanent):
            raise error

    def await_shown(self, items: Sequence[Item], longest: float, seconds: float) -> None:
        """Wait until the vendor shows the changes that were made.

        :param items: All rows.
        :param longest: Longest pause between two looks, in seconds.
        :param seconds: Longest wait.
        :raises QAWaitTimeoutError: It does not show all of them by then.
        """
        hidden = [item for item in items if item.outcome in ("created", "updated", "deleted")]
        ends, pause = time.monotonic() + seconds, min(_FIRST_LOOK, longest)
        while hidden and not self.sending.stopped:
            self._look(hidden)
            hidden = [item for item in hidden if not _is_shown(item)]
            untold = [item for item in hidden if item.current == {} and item.asked.result == "updated"]
            if untold:
                log.warning("The vendor's list does not tell of %d rows: not waited for", len(untold))
                hidden = [item for item in hidden if item not in untold]
            if not hidden:
                return
            if time.monotonic() >= ends:
                raise self._not_shown(hidden, seconds)
            log.info("%d changes are not shown yet", len(hidden))
            self.sending.pause(pause)
            pause = min(pause * 2, longest)

    def _not_shown(self, hidden: Sequence[Item], seconds: float) -> QAWaitTimeoutError:
        return QAWaitTimeoutError(
            f"{len(hidden)} changes are not shown after {seconds:g} s: "
            + ", ".join(item.about for item in hidden[:10])
            + (" and more" if len(hidden) > 10 else ""),
            vendor=self.kind.vendor,
            outcome="The vendor has accepted them",
            hint="A retry sends nothing again and goes on waiting",
        )


def _outcome_of(item: Item) -> ChangeOutcome:
    result = item.asked.result
    return "created" if item.current is None and result == "updated" else result


def _is_shown(item: Item) -> bool:
    """Tell whether an object is as wanted, as far as the vendor tells anything of it."""
    if item.current is None:
        return False
    told = [name for name in item.wanted if name in item.current]
    return bool(told) and all(item.current[name] == item.wanted[name] for name in told)
