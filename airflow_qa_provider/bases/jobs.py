"""The base of operators that create something at a vendor, once, and wait for its end.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.providers.common.compat.sdk import AirflowFailException, conf
from typing_extensions import override

from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.bases.task import one_execution
from airflow_qa_provider.bases.waiting import TIMEOUT, WaitingTask

if TYPE_CHECKING:
    from airflow_qa_provider.journal.attempt import LookLater, Made
    from airflow_qa_provider.kinds.snapshot import Phase
    from airflow_qa_provider.waiting.verdict import OnKill


_SHORTEST_PAUSE = 6.0


class RemoteJobOperator(WaitingTask, CreatingOperator):
    """Creates something at a vendor, once, and unless told otherwise waits until it has ended.

    Returns the id at the vendor; how the object ended is in the XComs ``phase``, ``status`` and those of its kind, such
    as a score.

    A retry takes up the object of the attempt before it: it waits on for one that is still open, and creates another
    one only when that one has ended badly.

    :param wait_for_completion: Whether to wait for the end.
    :param deferrable: Whether to wait in the triggerer, without a worker slot; ``[operators] default_deferrable`` by
        default.
    :param poll_interval: Time between two polls, a ``timedelta`` or seconds; by default that of the connection, 30 s.
    :param timeout: Longest wait, a ``timedelta`` or seconds; 7 days by default. Unlike ``execution_timeout`` it goes on
        counting while the task is deferred.
    :param on_kill: What happens to the remote object when a user stops the task while it waits: ``leave`` it, or
        ``cancel`` it where the vendor can.
    :param kwargs: See :class:`~airflow_qa_provider.bases.creating.CreatingOperator`.
    """

    tells = (*CreatingOperator.tells, *WaitingTask.tells)

    def __init__(
        self,
        *,
        wait_for_completion: bool = True,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        poll_interval: timedelta | float | None = None,
        timeout: timedelta | float = TIMEOUT,
        on_kill: OnKill = "leave",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.wait_for_completion = wait_for_completion
        self.deferrable = self.can_pause = deferrable
        self.poll_interval = poll_interval
        self.timeout = timeout
        self.kill_policy = on_kill

    @one_execution
    def execute(self, context: Any) -> Any:
        """Create the object or take it up, then wait for its end.

        :param context: Airflow's task context.
        :return: Id at the vendor.
        """
        from airflow_qa_provider.bases.preview import is_preview

        self.check_policies()
        made = self.create_once(context)
        if not self.wait_for_completion or is_preview(self.preview):
            return self.told(context, made)
        self.journal_note = made.facts
        return self.wait_for_object(context, made.id)

    @override
    def create_once(self, context: Any) -> Made:
        from airflow_qa_provider.journal.attempt import LookLater

        try:
            made = super().create_once(context)
        except LookLater as later:
            self._pause(later)
        self.awaited_id = made.id  # the links show it
        if self.stopped:
            # the stop came while the request was under way: only now is it known what there is to cancel
            self.on_kill()
            raise AirflowFailException(f"The task was stopped while {made.id} was being created")
        return made

    def look_again(self, context: Any, event: Any = None, **_: Any) -> Any:
        """Begin anew after a pause: by now it is to be seen whether anything came of the request that lost its answer.

        :param context: Airflow's task context.
        :param event: The trigger's event.
        """
        self.can_pause = False  # once is enough: a vendor that loses the next answer as well is left to the retries
        return self.execute(context)

    def _pause(self, later: LookLater) -> NoReturn:
        from airflow.providers.standard.triggers.temporal import DateTimeTrigger

        self.log.warning("%s. The task gives its worker back, and looks again in %.0f s", later.error, later.seconds)
        # Airflow fails what is resumed within the few seconds in which it still books the pause
        moment = datetime.now(timezone.utc) + timedelta(seconds=max(later.seconds, _SHORTEST_PAUSE))
        self.defer(trigger=DateTimeTrigger(moment=moment), method_name="look_again")
        raise later  # defer() has raised already

    @override
    def has_failed(self, phase: Phase) -> bool:
        from airflow_qa_provider.kinds.snapshot import Phase

        return super().has_failed(phase) or (phase is Phase.WARNING and self.on_warning == "fail")

    @override
    def retry_advice(self) -> str:
        return "A retry looks for the same object first and does not create a second one, unless this one ended badly"
