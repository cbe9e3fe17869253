"""Every switch on the version of Airflow: what 3.2 and 3.3 add is used when it is there, and said when it is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Protocol, cast

try:
    from airflow.sdk.definitions.retry_policy import RetryPolicy as RetryPolicy

    RETRY_POLICIES = True
except ImportError:  # before Airflow 3.3
    RetryPolicy = object  # type: ignore[assignment,misc]
    RETRY_POLICIES = False


class TaskStateStore(Protocol):
    """The part of ``context["task_state_store"]`` (Airflow 3.3) that this package uses.

    What is stored belongs to one task of one run (and one map index). It outlives retries and deferrals, and also a
    task that is cleared. Values are JSON and never ``None``.
    """

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value, or the default."""

    def set(self, key: str, value: Any, *, retention: timedelta | None = None) -> None:
        """Store a value, for ``[state_store] default_retention_days`` when no retention is given."""

    def delete(self, key: str) -> None:
        """Forget a value; nothing happens when there is none."""


def task_state_store(context: Mapping[str, Any]) -> TaskStateStore | None:
    """Return the task's state store, ``None`` before Airflow 3.3.

    :param context: The context that ``execute`` was given.
    """
    return cast("TaskStateStore | None", context.get("task_state_store"))


def keep(store: TaskStateStore, key: str, value: Any) -> None:
    """Store a value for as long as the DAG run exists.

    :param store: What :func:`task_state_store` returned.
    :param key: Its name.
    :param value: JSON, not ``None``.
    """
    from airflow.sdk.execution_time.context import NEVER_EXPIRE

    store.set(key, value, retention=NEVER_EXPIRE)


def reschedule_at(moment: datetime) -> BaseException:
    """Return the exception with which a sensor gives its worker slot back until a moment.

    :param moment: An aware ``datetime``.
    """
    try:
        from airflow.sdk.exceptions import AirflowRescheduleException
    except ImportError:  # Airflow 3.1
        from airflow.exceptions import AirflowRescheduleException

    return AirflowRescheduleException(moment)  # type: ignore[no-untyped-call]


def storage_conn_id(path: Any) -> str | None:
    """Return the connection that an ``ObjectStoragePath`` was made with.

    :param path: The path.
    """
    try:
        return cast("str | None", path.conn_id)
    except AttributeError:  # Airflow 3.1 with universal-pathlib before 0.3
        return cast("str | None", path.storage_options.get("conn_id"))


def listener_manager() -> Any:
    """Return where listeners are registered, so that they hear of the tasks that this process runs."""
    try:
        listeners = import_module("airflow.sdk.listener")
    except ImportError:  # Airflow 3.1
        listeners = import_module("airflow.listeners.listener")
    return listeners.get_listener_manager()


def fails_at_once(error: BaseException) -> BaseException:
    """Return what to raise for an error that no retry can mend.

    From 3.3 on the task's retry policy decides, and sees the error itself. Before, ``AirflowFailException`` is the only
    word for it.

    :param error: The error.
    """
    if RETRY_POLICIES:
        return error
    from airflow.providers.common.compat.sdk import AirflowFailException

    return AirflowFailException(str(error))
