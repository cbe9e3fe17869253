"""Where rows come from, and where what became of them goes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.bulk.rows import NOTHING_SENT, Row, rows_of_file, rows_of_value
from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.reports.names import safe_name
from airflow_qa_provider.reports.sources import source_files
from airflow_qa_provider.reports.target import Target
from airflow_qa_provider.rest.fields import is_given

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

_FETCHED = 1000


def rows_of(source: Any, rows: Any, sql: Any, sql_conn_id: Any, conn_id: str | None) -> Iterator[Row]:
    """Yield the rows of the one source that is given.

    :param source: Path or URI of a file.
    :param rows: What another task has returned.
    :param sql: A query.
    :param sql_conn_id: Airflow connection of the database.
    :param conn_id: Airflow connection of the object storage.
    :raises QAValidationError: None or several are given, or it holds no rows.
    """
    given = [name for name, value in {"source": source, "rows": rows, "sql": sql}.items() if is_given(value)]
    if len(given) != 1:
        raise QAValidationError(
            f"one of source, rows and sql must be given, got {' and '.join(given) or 'none'}",
            outcome=NOTHING_SENT,
            hint="When it comes from another task, look at what that task has returned",
        )
    if given == ["rows"]:
        return rows_of_value(rows)
    if given == ["sql"]:
        return _rows_of_query(str(sql), sql_conn_id)
    file, *_ = source_files(_path(source, conn_id), "source")
    return rows_of_file(file)


def results_path(results: Any, source: Any, conn_id: str | None, name: str) -> ObjectStoragePath | None:
    """Return where the file goes that says what became of each row: beside the source where nothing else is said.

    :param results: File or, with ``/`` at its end, folder; ``None`` for the default.
    :param source: The file with the rows, if any.
    :param conn_id: Airflow connection of the object storage.
    :param name: What to call the file in a folder, or beside the source.
    :return: ``None`` where neither is given.
    """
    if is_given(results):
        return _path(results, conn_id, name)
    if not is_given(source):
        return None
    path = _path(source, conn_id)
    return path.parent / safe_name(f"{path.stem}.{name}.jsonl")


def _path(place: Any, conn_id: str | None, name: str = "rows") -> ObjectStoragePath:
    target = Target.of(str(place).strip(), conn_id, name)
    return target.path / safe_name(f"{name}.jsonl") if target.stem else target.path


def _rows_of_query(sql: str, conn_id: Any) -> Iterator[Row]:
    from airflow.providers.common.compat.sdk import BaseHook

    if not is_given(conn_id):
        raise QAValidationError("sql needs sql_conn_id", outcome=NOTHING_SENT)
    hook: Any = BaseHook.get_hook(str(conn_id))
    if not hasattr(hook, "get_conn") or not hasattr(hook, "get_records"):
        raise QAValidationError(f"the connection {conn_id!r} is none of a database", outcome=NOTHING_SENT)
    with closing(hook.get_conn()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        while found := cursor.fetchmany(_FETCHED):
            yield from (dict(zip(names, values, strict=True)) for values in found)
