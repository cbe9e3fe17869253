"""How tasks wait: deferred to the triggerer, or in place, with the same outcome and the same XComs.

Imported by operator modules, so nothing heavy is imported at module level.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from airflow.providers.common.compat.sdk import AirflowSkipException
from typing_extensions import override

from airflow_qa_provider.bases.link import object_link_key, show_links
from airflow_qa_provider.bases.task import KindTask, one_execution
from airflow_qa_provider.exceptions import QAError

if TYPE_CHECKING:
    from airflow_qa_provider.kinds.conditions import Condition
    from airflow_qa_provider.kinds.polling import Poll
    from airflow_qa_provider.waiting.decisions import Finished, GaveUp, WaitPolicy
    from airflow_qa_provider.waiting.machine import Wait
    from airflow_qa_provider.waiting.session import PollSession
    from airflow_qa_provider.waiting.verdict import EndTask, OnKill, OnWarning, Terms, Verdict

TIMEOUT = timedelta(days=7)
_POLLS_BEYOND_DEADLINE = 2
TRIGGERER_RESTART = timedelta(minutes=5)


class WaitingTask(KindTask):
    """Mixin for operators and sensors that wait for an object at a vendor."""

    tells: ClassVar[tuple[str, ...]] = ("phase", "status", "link", "message")
    poll_interval: timedelta | float | None
    timeout: Any
    deferrable: bool
    do_xcom_push: bool
    kill_policy: OnKill = "leave"
    on_warning: OnWarning = "succeed"
    awaited_id: str | None = None
    awaited_link: str | None = None
    stopped = False
    journal_note: dict[str, Any] | None = None

    @classmethod
    @override
    def xcom_keys(cls) -> dict[str, str]:
        return {**super().xcom_keys(), **cls._kind().facts}

    def wait_policy(self, client: Any) -> WaitPolicy:
        """Return how to wait, from now on.

        :param client: The vendor's client, whose connection may name a poll interval.
        """
        from airflow_qa_provider.rest.fields import Fields
        from airflow_qa_provider.waiting.decisions import WaitPolicy, grace_for

        check = Fields(self.vendor)
        interval = self.poll_interval if self.poll_interval is not None else client.settings.poll_interval
        now = time.time()
        deadline = now + check.duration(self.timeout, "timeout").total_seconds()
        pace = check.duration(interval, "poll_interval").total_seconds()
        return WaitPolicy(pace, now, deadline, not_found_grace=grace_for(pace), condition=self.wait_condition())

    def wait_condition(self) -> Condition | None:
        """Return what is waited for; ``None`` for objects that have an end of their own."""
        return None

    def check_policies(self) -> None:
        """Check what the author of the DAG chose, before anything is done.

        :raises QAValidationError: ``on_kill`` or ``on_warning`` is none of its words, or a time is none.
        """
        from airflow_qa_provider.rest.fields import Fields
        from airflow_qa_provider.waiting.verdict import OnKill, OnWarning

        check = Fields(self.vendor)
        check.choice(self.kill_policy, get_args(OnKill), "on_kill")
        check.choice(self.on_warning, get_args(OnWarning), "on_warning")
        check.duration(self.timeout, "timeout")
        if self.poll_interval is not None:
            check.duration(self.poll_interval, "poll_interval")

    def wait_terms(self) -> Terms:
        """Return what the ends of the wait mean."""
        from airflow_qa_provider.waiting.verdict import Terms

        return Terms(self.on_warning, retry_advice=self.retry_advice(), journal=self.journal_note or {})

    def retry_advice(self) -> str:
        """Say what an Airflow retry of this task will do."""
        return "A retry looks at the same object again"

    def wait_for_object(self, context: Any, object_id: str) -> Any:
        """Poll once, then wait until the object ends; return the task's result, skip, or raise.

        :param context: Airflow's task context.
        :param object_id: Id at the vendor.
        """
        from airflow_qa_provider.waiting.decisions import WaitUntil
        from airflow_qa_provider.waiting.inplace import poll_once, wait_in_place
        from airflow_qa_provider.waiting.machine import Wait

        self.awaited_id = object_id
        poll = self._kind().new_poll()
        client = self._polling_client()
        wait = Wait(object_id, self.wait_policy(client))
        decision = poll_once(wait, poll, client)
        if isinstance(decision, WaitUntil):
            if decision.notice:
                self._notify(decision.notice)
            if self.deferrable:
                return self._defer(wait)
            show_links(self, context)
            decision = wait_in_place(wait, decision, self._polls(poll, client), self._notify)
        return self.conclude(context, decision, object_id)

    @one_execution
    def execute_complete(self, context: Any, event: Any = None, **_: Any) -> Any:
        """Take the task up again after the trigger.

        :param context: Airflow's task context.
        :param event: The trigger's event.
        """
        from airflow_qa_provider.waiting.verdict import outcome_from_dict

        self.awaited_id = event["object_id"]
        self.journal_note = event.get("journal")
        return self.conclude(context, outcome_from_dict(event["outcome"]), event["object_id"])

    def conclude(self, context: Any, outcome: Finished | GaveUp, object_id: str) -> Any:
        """Turn the outcome of a wait into the task's result.

        :param context: Airflow's task context.
        :param outcome: How the wait ended.
        :param object_id: Id of the object.
        """
        from airflow_qa_provider.waiting.verdict import facts, verdict

        end = verdict(outcome, self._kind(), object_id, self.wait_terms())
        if end.snapshot is not None:
            self.awaited_link = end.snapshot.link
        self.tell(context, facts(end, self._kind()))
        if end.ending == "succeed":
            self._log().info("%s", end.message)
            return self._kind().id_of(object_id)
        if end.ending == "skip":
            raise AirflowSkipException(end.message)
        raise self.failure(end)

    def failure(self, end: Verdict) -> BaseException:
        """Return the error that fails the task.

        :param end: The end of the wait.
        """
        return end.error or RuntimeError(end.message)

    def on_kill(self) -> None:
        """Apply the kill policy, when the task's process is stopped: by a person, by SIGTERM, or by its time-out."""
        self.stopped = True
        if self.kill_policy != "cancel" or self.awaited_id is None:
            return
        try:
            with self.connected():
                done = self._kind().stop(self._polling_client(), self.awaited_id)
            self._log().info("The task's process was stopped (by a person, SIGTERM or execution_timeout): %s", done)
        except QAError as error:
            self._log().error("The task was stopped, but %s could not be cancelled: %s", self.awaited_id, error)

    def _defer(self, wait: Wait) -> None:
        from airflow_qa_provider.triggers.wait import WaitTrigger

        task: Any = self
        policy = wait.policy
        # the trigger ends by its own deadline; this is for a triggerer that is not there
        left = max(0.0, (policy.deadline or 0.0) - time.time()) + _POLLS_BEYOND_DEADLINE * policy.poll_interval
        task.defer(
            trigger=WaitTrigger(
                kind=self.kind,
                conn_id=self.conn_id,
                object_id=wait.object_id,
                policy=policy.as_dict(),
                terms=self.wait_terms().as_dict(),
                end_task=self._left_to_trigger(),
                kill_policy=self.kill_policy,
                memory=_memory(wait),
                link_key=object_link_key(task),
            ),
            method_name="execute_complete",
            timeout=timedelta(seconds=left) + TRIGGERER_RESTART,
        )

    def _left_to_trigger(self) -> EndTask | None:
        """Return what the trigger may store, or ``None`` when only a worker can do what the task needs at its end."""
        task: Any = self
        needs_worker = (
            *(task.outlets, task.on_success_callback, task.on_failure_callback, task.on_retry_callback),
            *(getattr(task, "on_skipped_callback", None), getattr(task, "_post_execute_hook", None)),
            # results that go into several XComs, are the DAG run's, or are counted for tasks that expand over them
            *(task.multiple_outputs, getattr(task, "returns_dag_result", False)),
            task.has_dag() and next(task.iter_mapped_dependants(), None) is not None,
        )
        if any(needs_worker):
            return None
        return "with_xcoms" if task.do_xcom_push else "bare"

    def _polling_client(self) -> Any:
        """Return a client that asks once, over the connections of this execution."""
        with self.connected() as opened:
            return opened.client.without_retries()

    def _polls(self, poll: Poll, client: Any) -> PollSession:
        """Return polls with a client that is there, until the connection has to be read anew."""
        from airflow_qa_provider.vendors.connect import polling_client
        from airflow_qa_provider.waiting.session import PollSession

        return PollSession(poll, partial(polling_client, self.vendor, self.conn_id), client)

    def _notify(self, line: str) -> None:
        self._log().warning("%s", line)

    def _log(self) -> Any:
        task: Any = self
        return task.log


def _memory(wait: Wait) -> dict[str, Any] | None:
    """Return what the trigger has to know of the look on the worker."""
    # always what was seen: an object that is deleted later leaves the same result as when it is waited for in place
    if wait.worth_remembering:
        return wait.as_dict()
    return {"last": wait.last.as_dict()} if wait.last else None
