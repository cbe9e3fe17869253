"""The base of sensors that wait for an object at a vendor."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, cast

from airflow.providers.common.compat.sdk import (
    AirflowSensorTimeout,
    BaseSensorOperator,
    PokeReturnValue,
    conf,
)
from typing_extensions import override

from airflow_qa_provider.bases.link import object_link_key, show_links
from airflow_qa_provider.bases.task import one_execution
from airflow_qa_provider.bases.waiting import TRIGGERER_RESTART, WaitingTask
from airflow_qa_provider.compat import reschedule_at, task_state_store
from airflow_qa_provider.exceptions import QAWaitTimeoutError

if TYPE_CHECKING:
    from airflow_qa_provider.kinds.conditions import Condition, Target
    from airflow_qa_provider.waiting.decisions import Decision
    from airflow_qa_provider.waiting.machine import Wait
    from airflow_qa_provider.waiting.verdict import OnKill, Terms, Verdict

_MEMORY = "failed_looks"
_LONGEST_SECONDS = timedelta(days=36500).total_seconds()


class _StartTriggerArgs:
    """``start_trigger_args`` of a sensor, made when Airflow asks, for only then all arguments of the task are known.

    ``None`` on the class, where Airflow looks for those of mapped tasks.
    """

    def __get__(self, sensor: RemoteJobSensor | None, owner: type[RemoteJobSensor]) -> Any:
        return None if sensor is None else sensor.how_to_start()


class RemoteJobSensor(WaitingTask, BaseSensorOperator):
    """Waits for an object at a vendor that something else started.

    Deferred, poking or rescheduled, it ends in the same way and leaves the same: it returns the id, and the XComs
    ``phase``, ``status`` and those of the kind, such as a score, tell how the object ended. A look that fails is not a
    failed object: looks are repeated with back-off, and ``Retry-After`` is kept.

    :param deferrable: Whether to wait in the triggerer; ``[operators] default_deferrable`` by default.
    :param poll_interval: Time between two looks, a ``timedelta`` or seconds; by default that of the connection, 30 s.
    :param poke_interval: The same, as other sensors call it.
    :param on_kill: What happens to the remote object when a user stops the task: ``leave`` or ``cancel``.
    :param start_from_trigger: Whether the task begins in the triggerer, so that it never takes a worker slot. Tasks
        for which that cannot be begin on a worker all the same: all before Airflow 3.3, mapped ones, those with outlets
        or callbacks, and those whose arguments a triggerer cannot render (outputs of mapped tasks, ``xcom_pull``
        without ``map_indexes``).
    :param kwargs: ``mode``, ``timeout``, ``soft_fail`` and all else of Airflow's sensors, but ``exponential_backoff``,
        ``max_wait`` and ``silent_fail``: the back-off after looks that fail is not theirs.
    """

    start_trigger_args: Any = _StartTriggerArgs()
    awaited_fields: None = None

    def __init__(
        self,
        *,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        poll_interval: timedelta | float | None = None,
        # named here, or a DAG's default_args would reach Airflow's sensor only
        poke_interval: timedelta | float | None = None,
        on_kill: OnKill = "leave",
        start_from_trigger: bool = False,
        **kwargs: Any,
    ) -> None:
        interval = poke_interval if poll_interval is None else poll_interval
        if interval is not None:
            kwargs["poke_interval"] = interval
        super().__init__(**kwargs)
        self.poll_interval = interval
        self.deferrable = deferrable
        self.kill_policy = on_kill
        self.start_from_trigger = start_from_trigger
        if start_from_trigger:
            # Airflow renders only those arguments of the trigger that are template fields of the task, too
            self.template_fields = (*type(self).template_fields, "awaited_fields")

    @property
    def object_id(self) -> str:
        """Id at the vendor of what is waited for."""
        return self._target().object_id

    @override
    def wait_condition(self) -> Condition | None:
        return self._target().condition

    @one_execution
    def execute(self, context: Any) -> Any:
        """Wait.

        :param context: Airflow's task context.
        :return: Id at the vendor.
        """
        self.check_policies()
        if not self.deferrable and self.mode == "reschedule":
            return self._look_and_reschedule(context)
        return self.wait_for_object(context, self.object_id)

    def poke(self, context: Any) -> bool | PokeReturnValue:
        """Look once.

        :param context: Airflow's task context.
        """
        from airflow_qa_provider.waiting.decisions import WaitUntil

        _, decision = self._look(time.time())
        if isinstance(decision, WaitUntil):
            return False
        return PokeReturnValue(True, self.conclude(context, decision, self.object_id))

    @override
    def wait_terms(self) -> Terms:
        # as with all sensors
        skips = bool(self.soft_fail or self.never_fail)
        return replace(super().wait_terms(), skip_on_failure=skips, time_out_is_final=True)

    @override
    def failure(self, end: Verdict) -> BaseException:
        if isinstance(end.error, QAWaitTimeoutError):
            return AirflowSensorTimeout(str(end.error))
        return super().failure(end)

    def how_to_start(self) -> Any:
        """Return what Airflow needs to begin the task in the triggerer; ``None`` for a task that begins on a worker."""
        end_task = self._left_to_trigger() if self.start_from_trigger else None
        try:
            fields = {name: _as_template(getattr(self, name, None)) for name in type(self).template_fields}
        except ValueError:
            return None
        if end_task is None:
            return None
        from airflow.triggers.base import BaseTrigger, StartTriggerArgs

        if not hasattr(BaseTrigger, "render_template_fields"):
            return None  # a triggerer before Airflow 3.3 would take templates for ids
        return StartTriggerArgs(
            trigger_cls="airflow_qa_provider.triggers.start.StartingTrigger",
            trigger_kwargs={
                "kind": self.kind,
                "awaited_fields": fields,
                "poll_interval": None if self.poll_interval is None else self.poke_interval,
                "wait_timeout": self._seconds(),
                "terms": self.wait_terms().as_dict(),
                "end_task": end_task,
                "kill_policy": self.kill_policy,
                "connection_fields": list(self.connection_fields),
                "link_key": object_link_key(self),
            },
            next_method="execute_complete",
            timeout=timedelta(seconds=self._seconds()) + TRIGGERER_RESTART,
        )

    def _seconds(self) -> float:
        # Airflow's sensors make seconds of what is given; what is too long is refused when the task runs
        return min(float(cast(float, self.timeout)), _LONGEST_SECONDS)

    def _target(self) -> Target:
        return self._kind().target(self.values_of(tuple(type(self).template_fields)))

    def _look_and_reschedule(self, context: Any) -> Any:
        """Look once and give the worker slot back until the next look.

        What went wrong so far is kept in the task's state; before Airflow 3.3 there is none, and XComs are cleared with
        every look, so the slot is kept until a look succeeds.
        """
        from airflow_qa_provider.waiting.decisions import WaitUntil

        first = context["ti"].get_first_reschedule_date(context)
        began = first.timestamp() if first else time.time()
        store = task_state_store(context)
        memory: Any = store.get(_MEMORY) if store is not None and first else None
        # a task's state outlives clears and retries
        whose = {"object_id": self.object_id, "try_number": context["ti"].try_number}
        wait, decision = self._look(began, memory if memory and whose.items() <= memory.items() else None)
        if store is None:
            decision = self._look_while_failing(wait, decision)
        elif isinstance(decision, WaitUntil) and wait.worth_remembering:
            store.keep(_MEMORY, {**whose, **wait.as_dict()})
        elif memory:
            store.delete(_MEMORY)
        if isinstance(decision, WaitUntil):
            if not first:
                show_links(self, context)
            raise reschedule_at(datetime.fromtimestamp(decision.at, timezone.utc))
        return self.conclude(context, decision, self.object_id)

    def _look(self, began: float, memory: Any = None) -> tuple[Wait, Decision]:
        from airflow_qa_provider.waiting.decisions import WaitUntil
        from airflow_qa_provider.waiting.inplace import poll_once
        from airflow_qa_provider.waiting.machine import Wait

        self.awaited_id = self.object_id
        with self.connected():
            client = self._polling_client()
            policy = replace(self.wait_policy(client), started_at=began, deadline=began + self._seconds())
            wait = Wait.from_dict(self.object_id, policy, memory or {})
            decision = wait.overdue(time.time()) or poll_once(wait, self._kind().new_poll(), client)
        if isinstance(decision, WaitUntil) and decision.notice:
            self._notify(decision.notice)
        return wait, decision

    def _look_while_failing(self, wait: Wait, decision: Decision) -> Decision:
        from airflow_qa_provider.waiting.decisions import WaitUntil
        from airflow_qa_provider.waiting.inplace import polls_in_place

        if not wait.failing or not isinstance(decision, WaitUntil):
            return decision
        polls = self._polls(self._kind().new_poll(), self._polling_client())
        looks = polls_in_place(wait, decision, polls, self._notify)
        return next(outcome for outcome in looks if not wait.failing or not isinstance(outcome, WaitUntil))


def _is_mapped(task: Any) -> bool:
    return bool(task.is_mapped) or task.get_closest_mapped_task_group() is not None


def _as_template(value: Any) -> Any:
    """Return the output of a task as the template that a triggerer can render; anything else as it is.

    :raises ValueError: A triggerer cannot render it: there, XComs can be asked for by their map index only, and Airflow
        never answers any other question for them.
    """
    if hasattr(value, "iter_references"):
        source = getattr(value, "operator", None)
        if source is None or not hasattr(value, "key") or _is_mapped(source):
            raise ValueError("only the output of a task that is not mapped can be read in the triggerer")
        return f"{{{{ ti.xcom_pull(task_ids={source.task_id!r}, key={value.key!r}, map_indexes=-1) }}}}"
    if isinstance(value, (list, tuple)):
        return [_as_template(item) for item in value]
    if isinstance(value, str) and "xcom_pull" in value and "map_indexes" not in value:
        raise ValueError("a triggerer can render xcom_pull with map_indexes only")
    return value
