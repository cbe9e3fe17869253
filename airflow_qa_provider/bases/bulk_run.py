"""One execution of an operator that writes many rows: from its arguments to what became of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from airflow_qa_provider.bases.once import timeouts_of
from airflow_qa_provider.bases.preview import is_preview, previewed
from airflow_qa_provider.bulk.changes import BulkChanges
from airflow_qa_provider.bulk.columns import Columns
from airflow_qa_provider.bulk.creates import BulkCreates
from airflow_qa_provider.bulk.items import NOT_TAKEN, Item, counts_of
from airflow_qa_provider.bulk.notes import BulkNotes, digest
from airflow_qa_provider.bulk.policy import RowPolicy
from airflow_qa_provider.bulk.results import results_file
from airflow_qa_provider.bulk.sending import Sending
from airflow_qa_provider.bulk.sources import results_path, rows_of
from airflow_qa_provider.compat import task_state_store
from airflow_qa_provider.exceptions import QAError, QAValidationError
from airflow_qa_provider.journal.attempt import Attempt
from airflow_qa_provider.journal.identity import Identity
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.reports.storage import check_connection, given_conn_id
from airflow_qa_provider.rest.fields import Fields, is_given
from airflow_qa_provider.vendors import kind_of

_MOST_IN_FLIGHT = 64
_MOST_TOLD = 20


class BulkRun:
    """One attempt of a task.

    :param task: A :class:`~airflow_qa_provider.bases.bulk.BulkOperator`.
    :param context: Airflow's task context.
    """

    def __init__(self, task: Any, context: Mapping[str, Any]) -> None:
        check = Fields(task.vendor)
        self.task = task
        self.context = context
        self.attempt = Attempt.of(context)
        self.kind: Kind = kind_of(task.kind)
        self.preview = is_preview(task.preview)
        self.policy = RowPolicy.of(task.on_row_error, task.fail_on)
        self.most = check.whole(task.max_in_flight, "max_in_flight", 1, _MOST_IN_FLIGHT)
        self.waits = bool(check.optional_flag(task.wait_until_shown, "wait_until_shown")) and not self.preview
        self.seconds = check.duration(task.timeout, "timeout").total_seconds()
        self.storage_conn_id = given_conn_id(task.object_storage_conn_id)
        self.sending: Sending[Item] = Sending(self.most)
        if self.storage_conn_id:
            check_connection(self.storage_conn_id)
        with task.connected() as opened:
            self.source = opened.below_folder(task.source, self.storage_conn_id)
            self.results = opened.below_folder(task.results, self.storage_conn_id)

    def run(self) -> dict[str, Any]:
        """Write the rows, and return the counts.

        :raises QAError: See the operator.
        :raises AirflowSkipException: It is a preview, and something would be sent.
        """
        items = self._read()
        self.policy.check_read(items)
        self.task._sending = self.sending
        with self._result_file() as write_results:
            failure = None
            try:
                self._write(items)
            except QAError as error:
                failure = error
            uri = None if write_results is None else write_results(items)
        summary = {**counts_of(items), "uri": uri, "not_taken": _told(items)}
        self.task.log.info("%s", ", ".join(f"{count} {name}" for name, count in counts_of(items).items() if count))
        if failure is not None:
            raise self._explained(failure, items)
        self._check_stopped()
        if self.preview:
            return self._previewed(summary, items)
        last = self.attempt.max_tries is None or self.attempt.number > self.attempt.max_tries
        self.policy.check_sent(items, last=last, vendor=self.task.vendor)
        return summary

    def _write(self, items: Sequence[Item]) -> None:
        with previewed(self.task, self.context, preview=self.preview) as client:
            terms = (self.kind, client, self._notes(), self.sending, self.most, self.policy.stops, self.preview)
            timeouts = timeouts_of(self.task, client)
            if self.task.change is None:
                BulkCreates(*terms, attempt=self.attempt, timeouts=timeouts).run(items)
                return
            job = BulkChanges(*terms, timeouts=timeouts)
            job.run(items)
            if self.waits:
                job.await_shown(items, client.settings.poll_interval, self.seconds)

    def _notes(self) -> BulkNotes:
        creates = self.task.change is None
        return BulkNotes(
            task_state_store(self.context),
            (f"{self.kind.name}.{'create' if creates else self.task.change}", self.task.conn_id),
            self.attempt,
            outlives_clearing=creates,
            read_only=self.preview,
        )

    def _read(self) -> list[Item]:
        """Return all rows, those that cannot be sent with the reason why.

        :raises QAValidationError: The rows cannot be read at all.
        """
        task = self.task
        columns = Columns(task.columns, (*task.row_fields, *task.payload_fields), _marker(task.delete_where))
        rows = rows_of(self.source, task.rows, task.sql, task.sql_conn_id, self.storage_conn_id)
        usual = task.values_of(task.payload_fields)
        items: list[Item] = []
        numbers: dict[Any, int] = {}
        for number, row in enumerate(rows, start=1):
            items.append(self._item(number, {**usual, **columns.arguments(row)}, columns.is_marked(row), numbers))
        if items:
            columns.check_seen()
        return items

    def _item(self, number: int, arguments: Mapping[str, Any], marked: bool, numbers: dict[Any, int]) -> Item:
        item = Item(number)
        try:
            if self.task.change is None:
                self._read_create(item, arguments, numbers)
            else:
                self._read_change(item, arguments, marked, numbers)
        except QAValidationError as error:
            item.fail(error)
        return item

    def _read_change(self, item: Item, arguments: Mapping[str, Any], marked: bool, numbers: dict[Any, int]) -> None:
        change = self.kind.change(self.task.delete_change if marked else self.task.change, arguments)
        key = tuple(getattr(change, name, None) for name in (*self.task.payload_fields, "object_id"))
        item.id = change.object_id
        if numbers.setdefault(key, item.number) != item.number:
            raise QAValidationError(f"row {numbers[key]} is about the same {self.kind.noun}")
        item.change, item.key, item.content = change, digest(key), digest(change.identity())

    def _read_create(self, item: Item, arguments: Mapping[str, Any], counts: dict[Any, int]) -> None:
        fields = self.kind.read(arguments)
        identity = Identity.of(self.context, self.kind.name, self.task.conn_id, fields.identity())
        # rows that ask for the same are as many objects
        count = counts[identity.fingerprint] = counts.get(identity.fingerprint, 0) + 1
        item.fields, item.marker = fields, identity.marker(count)
        item.key = item.content = digest([identity.fingerprint, count])

    @contextmanager
    def _result_file(self) -> Iterator[Callable[[Iterable[Item]], str] | None]:
        ti = self.context.get("ti")
        index = getattr(ti, "map_index", -1)
        run = f"{getattr(ti, 'run_id', '')}{f'.{index}' if index is not None and index >= 0 else ''}"
        name = f"{'preview' if self.preview else 'results'}.{run}"
        path = results_path(self.results, self.source, self.storage_conn_id, name)
        if path is None:
            yield None
            return
        with results_file(path) as write_results:
            yield write_results

    def _explained(self, failure: QAError, items: Sequence[Item]) -> QAError:
        """Return what ended the writing, with what became of the rows."""
        done = sum(item.outcome not in NOT_TAKEN for item in items)
        told = [item for item in items if item.error is failure]
        if told:
            failure.message = f"{told[0].about}: {failure.message}"
        if not self.preview:
            failure.outcome = f"{done} of {len(items)} rows are as they should be"
            if not failure.permanent:
                failure.hint = "A retry goes on with the others"
        return failure

    def _check_stopped(self) -> None:
        from airflow.providers.common.compat.sdk import AirflowFailException

        if self.sending.stopped:
            raise AirflowFailException("The task was stopped; what was sent is noted, and clearing it sends the rest")

    def _previewed(self, summary: dict[str, Any], items: Sequence[Item]) -> dict[str, Any]:
        from airflow.providers.common.compat.sdk import AirflowSkipException

        changed = [item for item in items if item.changes]
        for item in changed[:_MOST_TOLD]:
            self.task.log.info("Preview: %s would be %s: %s", item.about, item.outcome, dict(item.changes))
        ti = self.context.get("ti")
        if ti is not None and self.task.do_xcom_push:
            ti.xcom_push(key="preview", value=summary)
        if changed:
            raise AirflowSkipException(f"Preview: {len(changed)} of {len(items)} rows would be sent, and were not")
        return summary


def _told(items: Sequence[Item]) -> list[dict[str, Any]]:
    missing = [item for item in items if item.outcome in NOT_TAKEN][:_MOST_TOLD]
    return [{"row": item.number, "id": item.id or None, "reason": item.reason} for item in missing]


def _marker(delete_where: Any) -> str | None:
    return str(delete_where).strip() if is_given(delete_where) else None
