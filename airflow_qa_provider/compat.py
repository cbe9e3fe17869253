"""Every switch on the version of Airflow: what 3.2 and 3.3 add is used when it is there, and said when it is not."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from airflow_qa_provider.journal.store import SharedStore, TaskStateStore
    from airflow_qa_provider.rest.sessions import SessionStore

try:
    from airflow.sdk.definitions.retry_policy import RetryPolicy as RetryPolicy

    RETRY_POLICIES = True
except ImportError:  # before Airflow 3.3
    RetryPolicy = object  # type: ignore[assignment,misc]
    RETRY_POLICIES = False


# from Airflow 3.2 on, an asset event can have a key, and a DAG one run for each
PARTITIONS = find_spec("airflow.sdk.definitions.partition_mappers") is not None


class _KeptState:
    """The task's state, with every value kept for as long as the DAG run exists."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def get(self, key: str, default: Any = None) -> Any:
        return self._store.get(key, default)

    def keep(self, key: str, value: Any) -> None:
        from airflow.sdk.execution_time.context import NEVER_EXPIRE

        self._store.set(key, value, retention=NEVER_EXPIRE)

    def delete(self, key: str) -> None:
        self._store.delete(key)


def task_state_store(context: Mapping[str, Any]) -> TaskStateStore | None:
    """Return the task's state store, ``None`` before Airflow 3.3.

    :param context: The context that ``execute`` was given.
    """
    store = context.get("task_state_store")
    return None if store is None else _KeptState(store)


class _Variables:
    """The Variables of Airflow.

    :param description: What people read beside each.
    """

    def __init__(self, description: str) -> None:
        self._description = description

    def keys(self, prefix: str) -> list[str]:
        from airflow.sdk import Variable

        # a database may take an underscore for any character
        return [key for key in Variable.keys(prefix) if key.startswith(prefix)]

    def get(self, key: str) -> str | None:
        from airflow.sdk import Variable

        return cast("str | None", Variable.get(key, default=None))

    def set(self, key: str, value: str) -> None:
        from airflow.sdk import Variable

        Variable.set(key, value, description=self._description)

    def delete(self, key: str) -> None:
        from airflow.sdk import Variable

        Variable.delete(key)

    def hide(self, secret: str) -> None:
        from airflow.sdk.log import mask_secret

        mask_secret(secret)


def shared_store(context: Mapping[str, Any]) -> SharedStore | None:
    """Return what all tasks of this Airflow see, ``None`` before Airflow 3.3, where tasks cannot list Variables.

    :param context: The context that ``execute`` was given.
    """
    from airflow.sdk import Variable

    if not hasattr(Variable, "keys") or context.get("ti") is None:
        return None
    return _Variables("What a task has asked a vendor for. Goes when that is over")


def session_store() -> SessionStore | None:
    """Return where tasks keep what a sign-in has brought, ``None`` outside of a task."""
    runner = sys.modules.get("airflow.sdk.execution_time.task_runner")
    if getattr(runner, "SUPERVISOR_COMMS", None) is None:
        return None
    return _Variables("Of a sign-in, for the tasks after it; only who has the connection can read it")


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
    """Return the connection that an ``ObjectStoragePath`` was made with."""
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
    """
    if RETRY_POLICIES:
        return error
    from airflow.providers.common.compat.sdk import AirflowFailException

    return AirflowFailException(str(error))


def default_args_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the default arguments that a task gets: of its DAG, its task group, and its own.

    :param arguments: Arguments of the task, as given to ``partial``.
    """
    from airflow.sdk.definitions._internal.contextmanager import DagContext, TaskGroupContext

    dag = arguments.get("dag") or DagContext.get_current()
    group = arguments.get("task_group") or (TaskGroupContext.get_current(dag) if dag else None)
    own = arguments.get("default_args")
    found = [getattr(dag, "default_args", None), getattr(group, "default_args", None), own]
    return {name: value for one in found for name, value in (one or {}).items()}
