"""The trigger that waits for an object at any vendor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TaskSkippedEvent, TaskSuccessEvent, TriggerEvent

from airflow_qa_provider.exceptions import QAError, QANotSupportedError
from airflow_qa_provider.vendors import kind_of
from airflow_qa_provider.vendors.connect import connection_key, polling_client
from airflow_qa_provider.waiting.decisions import WaitPolicy
from airflow_qa_provider.waiting.shared import shared_wait
from airflow_qa_provider.waiting.verdict import (
    EndTask,
    OnKill,
    Terms,
    Verdict,
    outcome_as_dict,
    verdict,
    xcoms,
)

if TYPE_CHECKING:
    from airflow_qa_provider.kinds.kind import Kind

# Airflow fails a task whose resume overtakes the scheduler's late note that it had paused
_SECONDS_BEFORE_RESUME = 6.0
# the supervisor never answers a message that it does not know, and takes its time when a thousand tasks end at once
_SECONDS_FOR_XCOM = 120.0
# on_kill has half a minute in all; the first answer of a triggerer takes many seconds on a busy machine
_SECONDS_FOR_ANSWER = 20.0
# in these a task has ended; in all others but "deferred" an attempt is on its way, which may want the same object
_ENDED = ("failed", "success", "skipped", "upstream_failed", "removed")
_CLEARED = "none"
# whether this process has asked Airflow for a state
_ASKED_BEFORE: list[str | None] = []
# no failure: ended from here, it would pass by policies, e-mails, listeners, and before Airflow 3.3.1 by retries
_END_EVENTS = {"succeed": TaskSuccessEvent, "skip": TaskSkippedEvent}


class WaitTrigger(BaseTrigger):
    """Waits for one object, together with all other waits of this process on the same connection and kind.

    :param kind: Kind of object, ``vendor.object``.
    :param conn_id: Id of the Airflow connection.
    :param object_id: Id at the vendor.
    :param policy: How to wait, see :class:`~airflow_qa_provider.waiting.machine.WaitPolicy`.
    :param terms: What an end means, see :class:`~airflow_qa_provider.waiting.verdict.Terms`.
    :param end_task: Whether a task that does not fail may end here, without a worker, and whether its XComs are stored;
        ``None`` to resume.
    :param kill_policy: What happens to the object when a user stops the task: ``cancel`` or ``leave``.
    :param memory: What went wrong in the look before this trigger, such as a 429 whose ``Retry-After`` is to be kept;
        ``None`` when all was well.
    :param link_key: XCom key of the button that leads to the object; ``None`` for none.
    """

    def __init__(
        self,
        kind: str,
        conn_id: str,
        object_id: str,
        policy: dict[str, Any],
        terms: dict[str, Any],
        end_task: EndTask | None = None,
        kill_policy: OnKill = "leave",
        memory: dict[str, Any] | None = None,
        link_key: str | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kind = kind
        self.conn_id = conn_id
        self.object_id = object_id
        self.policy = policy
        self.terms = terms
        self.end_task = end_task
        self.kill_policy = kill_policy
        self.memory = memory
        self.link_key = link_key

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class path and the arguments that make this trigger again."""
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {name: getattr(self, name) for name in signature(type(self)).parameters}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Wait, then end the task or wake it up."""
        began = asyncio.get_running_loop().time()
        if self.kill_policy == "cancel" and not _ASKED_BEFORE:
            # a triggerer's first answer takes seconds, which on_kill may not have
            _ASKED_BEFORE.append(await self._task_state())
        # in a thread: the first task of a vendor loads its client
        kind = await asyncio.to_thread(kind_of, self.kind)
        account = await asyncio.to_thread(connection_key, self._vendor, self.conn_id)
        outcome = await shared_wait(
            (account, self.kind),
            kind.new_poll(),
            # not bound to this trigger: the client is everybody's, and lives on when this trigger has ended
            partial(polling_client, self._vendor, self.conn_id),
            self.object_id,
            WaitPolicy.from_dict(self.policy),
            self._notify,
            self.memory,
        )
        if self.end_task is not None and self._in_triggerer():
            end = verdict(outcome, kind, self.object_id, Terms.from_dict(self.terms))
            if end.ending in _END_EVENTS and await self._is_waited_for() and await self._stored(end, kind):
                self.log.info("%s", end.message)
                yield _END_EVENTS[end.ending]()
                return
        if self._in_triggerer():
            await asyncio.sleep(began + _SECONDS_BEFORE_RESUME - asyncio.get_running_loop().time())
        payload = {"object_id": self.object_id, "outcome": outcome_as_dict(outcome)}
        if self.terms.get("journal"):
            payload["journal"] = self.terms["journal"]
        yield TriggerEvent(payload)  # type: ignore[no-untyped-call]

    async def on_kill(self) -> None:
        """Apply the kill policy, when a user marks or clears the deferred task.

        Airflow calls this, too, when a triggerer that was out of touch learns that another one has taken its tasks
        over. What is still waited for, or may be, is left alone.
        """
        if self.kill_policy != "cancel":
            return
        if why := await self._why_not_cancelled():
            self.log.warning("%s was not cancelled: %s", self.object_id, why)
            return
        self.log.info("%s", await asyncio.to_thread(self._cancel))

    async def _why_not_cancelled(self) -> str:
        """Say why the object is left alone; empty when a person has stopped the task, and nobody else cancels it."""
        state = await self._task_state()
        if state is None:
            return "whether it is still waited for cannot be told"
        if state == "deferred":
            return "it is still waited for"
        if state == _CLEARED:
            # the next attempt of an operator makes another one; that of a sensor waits for this one
            return "" if self.terms.get("journal") else "the next attempt waits for it"
        if state not in _ENDED:
            return f"the task is {state}: what becomes of it is left to the attempt that is on its way"
        return "the task has ended by itself" if await self._xcom("phase") is not None else ""

    @property
    def _vendor(self) -> str:
        return self.kind.partition(".")[0]

    def _in_triggerer(self) -> bool:
        """Whether this is a real triggerer; ``dag.test()`` runs triggers in line and cannot end tasks from them."""
        from airflow.sdk.execution_time import task_runner

        comms = getattr(task_runner, "SUPERVISOR_COMMS", None)
        return self.task_instance is not None and hasattr(comms, "asend")

    async def _is_waited_for(self) -> bool:
        """Tell whether the task still waits for this object: not if another attempt has taken another one up."""
        if await self._task_state() not in (None, "deferred"):
            return False
        return await self._xcom("remote_id") in (None, self.object_id)

    async def _xcom(self, key: str) -> Any:
        """Return what the task has told; ``None`` for nothing, and for what Airflow does not say."""
        from airflow.sdk.execution_time.comms import GetXCom

        ti: Any = self.task_instance
        message = GetXCom(key=key, dag_id=ti.dag_id, run_id=ti.run_id, task_id=ti.task_id, map_index=ti.map_index)
        return getattr(await self._answer(message), "value", None)

    async def _task_state(self) -> str | None:
        """Return the state of the task in Airflow; ``None`` when it cannot be told."""
        from airflow.sdk.execution_time.comms import GetTaskStates

        ti: Any = self.task_instance
        if not self._in_triggerer():
            return None
        message = GetTaskStates(dag_id=ti.dag_id, run_ids=[ti.run_id], task_ids=[ti.task_id], map_index=ti.map_index)
        states = getattr(await self._answer(message), "task_states", None) or {}
        for name, state in (states.get(ti.run_id) or {}).items():
            # tasks of a mapped one are told as task id and index
            if name in (ti.task_id, f"{ti.task_id}_{ti.map_index}"):
                return str(state or "none")
        return None

    async def _answer(self, message: Any) -> Any:
        """Ask Airflow; ``None`` when it does not answer in time, or with an error."""
        from airflow.sdk.execution_time import task_runner

        asking = asyncio.ensure_future(task_runner.SUPERVISOR_COMMS.asend(message))
        # not cancelled when it takes too long: its answer would then be taken for that of the next message
        done, _ = await asyncio.wait([asking], timeout=_SECONDS_FOR_ANSWER)
        if not done or asking.exception() is not None:
            return None
        return asking.result()

    def _notify(self, line: str) -> None:
        self.log.warning("%s", line)

    async def _stored(self, end: Verdict, kind: Kind) -> bool:
        """Store the results and tell whether that worked; if not, a worker can do it."""
        storing = asyncio.ensure_future(self._store(end, kind))
        # not cancelled when it takes too long: its answer would then be taken for that of the next message
        done, _ = await asyncio.wait([storing], timeout=_SECONDS_FOR_XCOM)
        error = storing.exception() if done else TimeoutError(f"no answer within {_SECONDS_FOR_XCOM:g} s")
        if error is not None:
            self.log.warning("The result could not be stored from here, a worker will store it: %r", error)
        return error is None

    async def _store(self, end: Verdict, kind: Kind) -> None:
        """Send the results as XComs; an event's own XComs would arrive encoded twice."""
        from airflow.sdk.execution_time import task_runner
        from airflow.sdk.execution_time.comms import SetXCom

        ti: Any = self.task_instance
        stored = xcoms(end, kind, self.object_id, mapped=ti.map_index >= 0) if self.end_task == "with_xcoms" else {}
        if self.link_key and end.snapshot is not None and end.snapshot.link:
            # Airflow asks for the links of a task on a worker only, and this one has ended since
            stored[self.link_key] = end.snapshot.link
        for key, value in stored.items():
            message = SetXCom(
                key=key,
                value=value,
                dag_id=ti.dag_id,
                run_id=ti.run_id,
                task_id=ti.task_id,
                map_index=ti.map_index,
            )
            await task_runner.SUPERVISOR_COMMS.asend(message)

    def _cancel(self) -> str:
        kind = kind_of(self.kind)
        try:
            with polling_client(self._vendor, self.conn_id) as client:
                return f"The task was stopped: {kind.stop(client, self.object_id)}"
        except QANotSupportedError as error:
            return str(error)
        except QAError as error:
            return f"The task was stopped, but {kind.noun} {self.object_id} could not be cancelled: {error}"
