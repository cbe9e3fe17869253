"""Which objects the tasks of a DAG run hold, so that none takes over what belongs to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REMOTE_ID = "remote_id"
"""XCom key under which a task tells the id of its object as soon as it is known, while it still waits for the end."""


class Ownership:
    """The objects of one kind that the tasks of a run hold, read from their XComs.

    :param context: The context that ``execute`` was given.
    :param kind: Kind of object, ``vendor.object``.
    :param tell: Whether this task stores XComs at all.
    """

    def __init__(self, context: Mapping[str, Any], kind: str, *, tell: bool = True) -> None:
        self._ti: Any = context.get("ti")
        self._dag = context.get("dag")
        self._kind = kind
        self._tell = tell
        self._own: str | None = None

    def hold(self, object_id: str) -> None:
        """Tell the others, and everybody who watches, that an object belongs to this task.

        :param object_id: Id at the vendor.
        """
        if self._ti is not None and self._tell and object_id != self._own:
            self._ti.xcom_push(key=REMOTE_ID, value=object_id)
            self._own = object_id

    def release(self) -> None:
        """Take back that the object belongs to this task: whose it is cannot be told."""
        if self._own is not None:
            self._ti.xcom_push(key=REMOTE_ID, value=None)
            self._own = None

    def of_others(self) -> set[str]:
        """Return the ids of the objects that other tasks of this run hold, also those of the same mapped task."""
        held = self._told(REMOTE_ID)
        # what earlier attempts of this task have stored, Airflow removes before an attempt begins
        if self._own in held:
            held.remove(self._own)
        return set(held)

    def _told(self, key: str) -> list[Any]:
        if self._ti is None or self._dag is None:
            return []
        task_ids = [task.task_id for task in self._dag.tasks if _may_hold(task, self._kind)]
        return [value for value in self._ti.xcom_pull(task_ids=task_ids, key=key) or () if value is not None]


def _may_hold(task: Any, kind: str) -> bool:
    """Tell whether a task, or the operator that it maps, creates objects of a kind.

    The generic operator of a vendor may create any, and says so in its templates only.
    """
    operator = getattr(task, "operator_class", task)
    own: str | None = getattr(operator, "kind", None)
    if own is not None:
        return own == kind
    return bool(getattr(operator, "vendor", None) == kind.partition(".")[0])
