"""Whose object it is: the same for every attempt of a task, another one for anything else."""

from __future__ import annotations

import datetime
import decimal
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, is_dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from airflow_qa_provider.exceptions import QAValidationError

_PLAIN = (str, int, float, bool, type(None))
_BY_TEXT = (datetime.date, datetime.time, decimal.Decimal, uuid.UUID)


@dataclass(frozen=True)
class Identity:
    """What an object belongs to.

    :param dag_id: The DAG.
    :param run_id: Its run.
    :param task_id: The task.
    :param map_index: Index of a mapped task, -1 for others.
    :param kind: Kind of object, ``vendor.object``.
    :param conn_id: Airflow connection, and so account, in which it is created.
    :param payload: What is asked for, as the author of the DAG wrote it: the same for every attempt, so relative dates
        are still relative.
    """

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    kind: str
    conn_id: str
    payload: Mapping[str, Any]

    @classmethod
    def of(cls, context: Mapping[str, Any], kind: str, conn_id: str, payload: Mapping[str, Any]) -> Identity:
        """Return the identity for the task that a context belongs to.

        :param context: The context that ``execute`` was given.
        :param kind: Kind of object.
        :param conn_id: Airflow connection.
        :param payload: What is asked for.
        """
        ti = context.get("ti")
        dag_id, run_id, task_id = (str(getattr(ti, name, "") or "") for name in ("dag_id", "run_id", "task_id"))
        index = getattr(ti, "map_index", None)
        return cls(dag_id, run_id, task_id, -1 if index is None else int(index), kind, conn_id, payload)

    @cached_property
    def digests(self) -> dict[str, str]:
        """A short digest of each field, so that a later attempt can name those that differ."""
        return {name: _digest(canonical(value, name))[:8] for name, value in self._asked_for.items()}

    @cached_property
    def fingerprint(self) -> str:
        """A digest of what is asked for, in which account."""
        return _digest(canonical(self._asked_for, "payload"))

    def marker(self, generation: int) -> str:
        """Return a text to put into the object at vendors that have room for one, by which it is found again.

        :param generation: How many objects of this identity there were before, plus one.
        """
        place = [self.dag_id, self.run_id, self.task_id, self.map_index]
        return f"airflow-{_digest([*place, self.fingerprint, generation])}"

    @property
    def _asked_for(self) -> dict[str, Any]:
        # colons keep them apart from the payload's own names, which are Python's
        return {"kind:": self.kind, "connection:": self.conn_id, **self.payload}


def canonical(value: Any, field: str) -> Any:
    """Return a value as JSON that is the same for equal values only, whatever the order of mappings and sets.

    :param value: Plain data, dates, decimals, UUIDs, enums, dataclasses of them.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It holds something whose text need not be the same in the next attempt.
    """
    if isinstance(value, Enum):
        return ["enum", type(value).__name__, canonical(value.value, field)]
    if isinstance(value, datetime.datetime) and value.utcoffset() is not None:
        return ["moment", value.astimezone(datetime.timezone.utc).isoformat()]
    if isinstance(value, datetime.timedelta):
        return ["timedelta", value.total_seconds()]
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, canonical(asdict(value), field)]
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, _BY_TEXT):
        return [type(value).__name__, str(value)]
    if isinstance(value, Mapping):
        pairs = [[canonical(key, field), canonical(item, field)] for key, item in value.items()]
        return ["mapping", sorted(pairs, key=json.dumps)]
    if isinstance(value, AbstractSet):
        return ["set", sorted((canonical(item, field) for item in value), key=json.dumps)]
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return ["list", [canonical(item, field) for item in value]]
    raise QAValidationError(
        f"{field} holds a {type(value).__name__}, which is no plain data",
        outcome="Nothing was sent",
        hint="Give texts, numbers, dates, lists and mappings",
    )


def id_digest(object_id: str) -> str:
    """Return a short stand-in for an id, for notes that hold many.

    :param object_id: Id at the vendor.
    """
    return _digest(object_id)[:10]


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:32]
