"""Which objects the tasks of a DAG run hold, so that none takes over what belongs to another."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from airflow_qa_provider.journal.identity import id_digest
from airflow_qa_provider.kinds.fields import KindFields

log = logging.getLogger(__name__)

REMOTE_ID = "remote_id"
"""XCom key under which a task tells the id of its object as soon as it is known, while it still waits for the end."""
ASKING = "remote_asking"
"""XCom key under which a task tells, until it has an answer, what kind of object it has asked a vendor for."""


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
        self._name = uuid.uuid4().hex

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

    @contextmanager
    def asking(self, fields: KindFields) -> Iterator[None]:
        """Tell the others, for as long as a request is on its way, that an object which they find may be of this task.

        :param fields: What is asked for.
        """
        if self._ti is None or not self._tell:
            yield
            return
        self._ti.xcom_push(key=ASKING, value={"for": _digest(fields), "by": self._name})
        try:
            yield
        except Exception:
            self._answered()
            raise
        # a task that is stopped in between goes on asking, until Airflow removes its XComs with the next attempt
        self._answered()

    def _answered(self) -> None:
        try:
            self._ti.xcom_push(key=ASKING, value=None)
        # of no use to this task, and no reason to hide how its request ended
        except Exception as error:
            log.warning("The XCom %s could not be taken back: %s: %s", ASKING, type(error).__name__, error)

    def others_ask_for(self, fields: KindFields) -> bool:
        """Tell whether another task of this run has asked for an object of the same look, and has no answer yet.

        :param fields: What is asked for.
        """
        wanted = _digest(fields)
        return any(one["for"] == wanted and one["by"] != self._name for one in self._told(ASKING))

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


def _digest(fields: KindFields) -> str:
    return id_digest(json.dumps(fields.alike(), sort_keys=True))


def _may_hold(task: Any, kind: str) -> bool:
    """Tell whether a task, or the operator that it maps, creates objects of a kind.

    The generic operator of a vendor may create any, and says so in its templates only.
    """
    operator = getattr(task, "operator_class", task)
    own: str | None = getattr(operator, "kind", None)
    if own is not None:
        return own == kind
    return bool(getattr(operator, "vendor", None) == kind.partition(".")[0])
