"""The base of operators that write many rows: check all of them, compare, send what differs, each once.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from airflow.providers.common.compat.sdk import BaseOperator

from airflow_qa_provider.bases.task import KindTask, one_execution

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

    from airflow_qa_provider.bulk.sending import Sending
    from airflow_qa_provider.kinds.lookup import LookupTimeouts

MAX_IN_FLIGHT = 16
"""How many requests are under way at a time where the task names no number."""


class BulkOperator(KindTask, BaseOperator):
    """Writes many rows to a vendor, each once, however often the task is retried or killed.

    All rows are read and checked before the first request, and those that cannot be sent are named together, with
    their numbers. Several requests are in flight at a time, on one client, within the ``requests_per_minute`` of the
    connection; a 429 holds all of them back. The task's state notes which rows are done: a retry sends the others.

    Returns how many rows there were, and how many of each outcome, with the ``uri`` of a file that has one JSON object
    for each row: ``{"row", "id", "outcome", "reason", "changes"}``. Rows are counted from 1, without the names of the
    columns. The outcome is ``created``, ``updated``, ``deleted`` or ``unchanged``; ``failed`` when the vendor refused
    the row or it cannot be read, ``uncertain`` when nobody can tell whether the request was carried out, ``not sent``
    when the sending ended before.

    :param source: File with the rows: JSONL, CSV or Parquet, by its suffix. A path or URI, as ``ObjectStoragePath``
        reads it; a relative one lies below the ``folder`` in the extra of ``object_storage_conn_id`` or of the
        vendor's connection. (templated)
    :param rows: The rows themselves, such as the output of a task that returns a list of dicts. (templated)
    :param sql: A query whose rows are read, with ``sql_conn_id``. (templated)
    :param sql_conn_id: Airflow connection of the database. (templated)
    :param columns: Argument to the name of its column, such as ``{"external_id": "activity"}``; in place of a name an
        object of names, at any depth, makes an object of the values. By default columns are called as the arguments
        are. An empty cell counts as not given; in an object it is ``None``. (templated)
    :param on_row_error: ``fail``: nothing is sent when a row cannot be, and the first row that the vendor refuses ends
        the sending. ``continue``: the other rows are sent. By default ``fail``, or ``continue`` where ``fail_on`` is
        given.
    :param fail_on: With ``continue``: which rows that were not taken fail the task at its end: ``any``, ``all`` (the
        default), or a share such as ``0.05``, of which there must be more.
    :param max_in_flight: Most requests at a time. (templated)
    :param results: File that says what became of each row, or folder with ``/`` at its end; beside the source by
        default, with the run in its name, and none where the rows come from elsewhere. (templated)
    :param object_storage_conn_id: Airflow connection of the object storage. (templated)
    :param preview: Whether to compare and write the differences into the file, and to send nothing (a dry run). The
        task is then skipped where it would have sent something. (templated)

    :cvar change: Name of the change among those of the kind; ``None`` where each row becomes a new object.
    :cvar row_fields: Arguments that a row may give.
    :cvar payload_fields: Arguments that are the same for all rows which do not give them.
    :cvar lookup_timeouts: How long to look for what was lost; the journal's own times by default.
    """

    change: ClassVar[str | None] = None
    tells: ClassVar[tuple[str, ...]] = ("uri",)
    returns = "how many rows of each outcome"
    row_fields: ClassVar[tuple[str, ...]]
    payload_fields: ClassVar[tuple[str, ...]] = ()
    template_fields: tuple[str, ...] = (
        "source",
        "rows",
        "sql",
        "sql_conn_id",
        "columns",
        "max_in_flight",
        "results",
        "object_storage_conn_id",
        "preview",
    )
    template_fields_renderers = {"sql": "sql", "columns": "json"}  # noqa: RUF012 - Airflow's own shape
    delete_change: ClassVar[str | None] = None
    lookup_timeouts: ClassVar[LookupTimeouts | None] = None
    delete_where: str | None = None
    wait_until_shown: bool | str = False
    timeout: timedelta | float = timedelta(hours=1)
    _sending: Sending[Any] | None = None

    def __init__(
        self,
        *,
        source: str | ObjectStoragePath | None = None,
        rows: Any = None,
        sql: str | None = None,
        sql_conn_id: str | None = None,
        columns: Mapping[str, Any] | str | None = None,
        on_row_error: Literal["fail", "continue"] | None = None,
        fail_on: Literal["any", "all"] | float | None = None,
        max_in_flight: int | str = MAX_IN_FLIGHT,
        results: str | ObjectStoragePath | None = None,
        object_storage_conn_id: str | None = None,
        preview: bool | str = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.rows = rows
        self.sql = sql
        self.sql_conn_id = sql_conn_id
        self.columns = columns
        self.on_row_error = on_row_error
        self.fail_on = fail_on
        self.max_in_flight = max_in_flight
        self.results = results
        self.object_storage_conn_id = object_storage_conn_id
        self.preview = preview

    @one_execution
    def execute(self, context: Any) -> dict[str, Any]:
        """Read the rows, compare them, and send those that differ.

        :param context: Airflow's task context.
        :return: How many rows there were, and how many of each outcome.
        :raises QARowsError: Too many rows were not taken.
        :raises AirflowSkipException: It is a preview, and something would be sent.
        """
        from airflow_qa_provider.bases.bulk_run import BulkRun

        counts = BulkRun(self, context).run()
        self.tell(context, {"uri": counts["uri"]})
        return counts

    def on_kill(self) -> None:
        """Begin no more requests: Airflow lets the task run on after SIGTERM, until SIGKILL ends it."""
        if self._sending is not None:
            self._sending.stop()


class BulkSyncOperator(BulkOperator):
    """Brings many objects to what rows say, and leaves alone what is so already.

    The vendor's lists are read once for all rows, and only rows that differ are sent.

    :param delete_where: Name of a column; the object of a row in which it is neither empty nor ``no`` or ``false`` is
        deleted. (templated)
    :param wait_until_shown: Whether to wait until the vendor shows the changes. (templated)
    :param timeout: Longest such wait, a ``timedelta`` or seconds.
    :param kwargs: See :class:`~airflow_qa_provider.bases.bulk.BulkOperator`.

    :cvar delete_change: Name of the change that deletes.
    """

    template_fields = (*BulkOperator.template_fields, "delete_where", "wait_until_shown")

    def __init__(
        self,
        *,
        delete_where: str | None = None,
        wait_until_shown: bool | str = False,
        timeout: timedelta | float = timedelta(hours=1),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.delete_where = delete_where
        self.wait_until_shown = wait_until_shown
        self.timeout = timeout


class BulkCreateOperator(BulkOperator):
    """Makes an object of each row, once.

    Two rows that are alike make two objects. A row that an attempt has sent is not sent again, also when the task is
    cleared; one that has changed since is a new row. When an answer is lost, the object is looked for at the vendor:
    what cannot be told apart for certain is ``uncertain``, and not sent again. Before Airflow 3.3, which keeps the
    state of tasks, a retry sends nothing.

    :param kwargs: See :class:`~airflow_qa_provider.bases.bulk.BulkOperator`.
    """
