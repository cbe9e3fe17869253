"""Many changes of one kind: compared with one overview, sent with several in flight, each once."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from typing_extensions import override

from airflow_qa_provider.bulk.items import Item, refused_rows
from airflow_qa_provider.bulk.job import BulkJob
from airflow_qa_provider.exceptions import (
    QAError,
    QANotSupportedError,
    QAValidationError,
    QAWaitTimeoutError,
    may_be_done,
)
from airflow_qa_provider.journal.changes import difference
from airflow_qa_provider.kinds.change import ChangeOutcome
from airflow_qa_provider.kinds.lookup import LookupTimeouts

log = logging.getLogger(__name__)

_PAUSES = (0.5, 2.0, 5.0)
_FIRST_LOOK = 0.5


@dataclass
class BulkChanges(BulkJob):
    """Makes many changes.

    :param timeouts: How long to look for objects that a lost request may have made, before another is sent.
    """

    timeouts: LookupTimeouts = field(kw_only=True)

    @override
    def write(self, items: Sequence[Item]) -> None:
        todo = self._compared(items)
        if self.preview or not todo:
            return
        self._intend(todo)
        self.sending.run(todo, self._send, self.notes.flush)
        lost = [item for item in todo if item.outcome == "uncertain" and _makes_another(item)]
        left = self._look_for(lost, self.timeouts.lost_answer)
        self.sending.run([item for item in lost if item not in left], self._send, self.notes.flush)

    def _compared(self, items: Sequence[Item]) -> list[Item]:
        """Return the rows that have to be sent."""
        todo = []
        for item in items:
            noted = self.notes.of(item)
            if noted is not None and noted[0].done:
                item.id = noted[0].object_id or item.id
                item.end(noted[0].outcome, "an earlier attempt made the change")
            else:
                todo.append(item)
        self._look(todo)
        lost = [item for item in todo if item.error is None and self.notes.of(item) and _makes_another(item)]
        if not self.preview:
            # from now on, for an attempt that was killed may have sent the last of them just before
            self._look_for(lost, self.timeouts.settled)
        refused = [item for item in todo if item.error is not None]
        if refused and self.stops:
            raise refused_rows(refused, len(items))
        return [item for item in todo if item.error is None and self._differs(item)]

    def _look_for(self, items: Sequence[Item], seconds: float) -> list[Item]:
        """Look until the vendor shows the objects of rows whose request was lost; return those that it does not show.

        :param items: The rows.
        :param seconds: For how long.
        """
        left = list(items)
        for pause in self.timeouts.pauses(seconds) if left else ():
            self.sending.pause(pause)
            self._look(left)
            left = [item for item in left if item.current is None]
            if not left or self.sending.stopped:
                break
        return left

    def _differs(self, item: Item) -> bool:
        item.changes = difference(item.current, item.wanted)
        noted = self.notes.of(item)
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
            try:
                item.wanted = item.asked.wanted(self.client)
                item.current = current(item.asked)
            except QAValidationError as error:
                item.fail(error)
            if item.current:
                item.id = item.asked.id_shown(item.current)

    def _intend(self, items: Sequence[Item]) -> None:
        """Note that the rows will be sent, and give each the moment at which it was sent first."""
        self.notes.intend([item for item in items if self.notes.of(item) is None or _makes_another(item)])
        for item in items:
            noted = self.notes.of(item)
            if noted is not None:
                item.change = item.asked.at(noted[1].moment)
            item.outcome, item.reason = "not sent", "the sending ended before its turn"

    def _send(self, item: Item) -> None:
        try:
            too_late = self._sent(item)
        except QAError as error:
            uncertain = may_be_done(error) or item.again
            item.fail(error, "uncertain" if uncertain else "failed")
            if not uncertain:
                self.notes.withdraw(item)
            self.count_failure(error)
            return
        self.count_success()
        if too_late and not item.again:
            item.end("unchanged", too_late)
        else:
            item.end(item.planned, "the vendor showed something else", item.changes)
        self.notes.done(item, item.id if item.asked.creates else "")

    def _sent(self, item: Item) -> str | None:
        """Send the request of a row; again, with the same moment, where its answer was lost."""
        if item.asked.creates:
            if item.current is None:
                item.current = item.asked.create(self.client, item.wanted)
                item.id = item.asked.id_shown(item.current)
            if not difference(item.current, item.wanted):
                return None
        for pause in (*_PAUSES[: self.client.settings.retries], None):
            try:
                return item.asked.send(self.client, item.wanted, item.current)
            except QAError as error:
                if pause is None or not may_be_done(error) or self.sending.stopped:
                    raise
                item.again = True
                self.sending.pause(max(pause, min(error.retry_after or 0.0, self.client.settings.max_retry_wait)))
        raise AssertionError("the last try returns or raises")

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


def _makes_another(item: Item) -> bool:
    """Tell whether the vendor shows no object of a row, and would make one for each request."""
    return item.asked.creates and item.current is None


def _is_shown(item: Item) -> bool:
    """Tell whether an object is as wanted, as far as the vendor tells anything of it."""
    if item.current is None:
        return False
    told = [name for name in item.wanted if name in item.current]
    return bool(told) and all(item.current[name] == item.wanted[name] for name in told)
