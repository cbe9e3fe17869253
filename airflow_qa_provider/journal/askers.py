"""Who else in this Airflow has asked a vendor for an object of the same look, in whatever DAG and run."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar

from airflow_qa_provider.journal.identity import Identity, id_digest
from airflow_qa_provider.journal.store import SharedStore
from airflow_qa_provider.kinds.fields import KindFields

log = logging.getLogger(__name__)

T = TypeVar("T")

PREFIX = "airflow_qa_provider.asked."
"""In front of the names of the Variables by which tasks tell each other what they have asked for."""

_DAY = 86400.0
_KEPT_SECONDS = 7 * _DAY

State = Literal["asking", "lost", "answered"]


@dataclass(frozen=True)
class Asker:
    """A task that has asked for an object.

    :param task: Which one, for messages.
    :param at: When, in seconds since the epoch.
    :param state: ``asking`` while its answer may still come, ``lost`` once an attempt looks for what came of the
        request, ``answered`` when the id is known.
    :param object_id: Id at the vendor, once it is known.
    """

    task: str
    at: float
    state: State = "asking"
    object_id: str | None = None


class Askers:
    """The tasks that ask for objects of one look: each has a Variable of Airflow, so that none overwrites another's.

    A Variable is there from before the first look at the vendor until the id is known, and on for as long as another
    task asks for the same at that time. What cannot be told or read is logged: nobody else is seen then.

    :param store: The Variables; ``None`` where tasks cannot list them, before Airflow 3.3.
    :param identity: Whose task this is.
    :param fields: What it asks for, as it is sent.
    """

    def __init__(self, store: SharedStore | None, identity: Identity, fields: KindFields) -> None:
        self._store = store
        look = json.dumps([identity.kind, fields.alike()], sort_keys=True, default=str)
        place = [identity.dag_id, identity.run_id, identity.task_id, identity.map_index]
        self._prefix = f"{PREFIX}{id_digest(look)}."
        self._own = self._prefix + id_digest(json.dumps(place))
        index = "" if identity.map_index < 0 else f"[{identity.map_index}]"
        self._task = f"{identity.dag_id}.{identity.task_id}{index} of {identity.run_id}"

    def tell(self, state: State, object_id: str | None = None) -> None:
        """Tell the others where this task stands.

        :param state: See :class:`Asker`.
        :param object_id: Id at the vendor.
        """
        asker = Asker(self._task, time.time(), state, object_id)
        self._guarded(lambda store: store.set(self._own, json.dumps(asdict(asker))), None)

    def withdraw(self) -> None:
        """Take back that this task has asked: nothing was sent, or nobody needs to know any more."""
        self._guarded(lambda store: store.delete(self._own), None)

    def conclude(self, object_id: str) -> None:
        """Tell those that ask at the same time which object is this task's; when there are none, nobody needs to know.

        :param object_id: Id at the vendor.
        """
        if self._guarded(self._asked_by_others, False):
            self.tell("answered", object_id)
        else:
            self.withdraw()

    def others(self, since: float) -> list[Asker]:
        """Return the other tasks that have asked, and whose objects this task may therefore see.

        :param since: When this task's request was sent, in seconds since the epoch. What was asked for days before was
            there before it.
        """
        told: list[tuple[str, Asker]] = self._guarded(lambda store: list(self._read(store)), [])
        return [asker for _, asker in told if asker.at > since - _DAY]

    def _read(self, store: SharedStore) -> Iterator[tuple[str, Asker]]:
        for key in store.keys(self._prefix):
            told = store.get(key) if key != self._own else None
            if told is not None:
                yield key, Asker(**json.loads(told))

    def _asked_by_others(self, store: SharedStore) -> bool:
        """Tell whether there are others, and forget those that were never run again."""
        others = list(self._read(store))
        old = [key for key, asker in others if asker.at < time.time() - _KEPT_SECONDS]
        for key in old:
            store.delete(key)
        return len(others) > len(old)

    def _guarded(self, ask: Callable[[SharedStore], T], otherwise: T) -> T:
        if self._store is None:
            return otherwise
        try:
            return ask(self._store)
        # what stands in the way of a Variable may be a deployment's own rules, or somebody else's text under its name
        except Exception as error:
            log.warning(
                "The Variables under %s* cannot be used (%s: %s): should an answer be lost, what others have asked "
                "for at the same time is not seen",
                *(self._prefix, type(error).__name__, error),
            )
            return otherwise


def of_others(askers: list[Asker]) -> set[str]:
    """Return the ids of the objects that belong to other tasks.

    :param askers: The tasks.
    """
    return {one.object_id for one in askers if one.object_id is not None}


def unanswered(askers: list[Asker]) -> list[Asker]:
    """Return the tasks whose answer may still come: what is new at the vendor may be theirs.

    :param askers: The tasks.
    """
    return [one for one in askers if one.state == "asking"]


def shown(value: Any) -> str:
    """Return tasks for a message.

    :param value: The tasks.
    """
    return "; ".join(one.task for one in value)
