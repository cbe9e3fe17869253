"""The base of operators that start something at a vendor and wait for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import BaseOperator, conf

from airflow_qa_provider.triggers.deferral import TIMEOUT, WaitingTask, seconds

if TYPE_CHECKING:
    from airflow_qa_provider.waiting.verdict import OnKill


class RemoteJobOperator(WaitingTask, BaseOperator):
    """Starts something at a vendor and, unless told otherwise, waits until it has ended.

    Returns the id at the vendor; the XCom ``result`` holds ``{"id", "phase", "status", "detail", "link"}`` of the end.

    :param conn_id: Id of the Airflow connection.
    :param wait_for_completion: Whether to wait for the end.
    :param deferrable: Whether to wait in the triggerer, without a worker slot; ``[operators] default_deferrable`` by
        default.
    :param poll_interval: Time between two looks, a ``timedelta`` or seconds; by default that of the connection, 30 s.
    :param timeout: Longest wait, a ``timedelta`` or seconds; 7 days by default. Unlike ``execution_timeout`` it goes on
        counting while the task is deferred.
    :param on_kill: What happens to the remote object when a user stops the task while it waits: ``leave`` it, or
        ``cancel`` it where the vendor can.
    """

    result_shape = "id"

    def __init__(
        self,
        *,
        conn_id: str,
        wait_for_completion: bool = True,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        poll_interval: timedelta | float | None = None,
        timeout: timedelta | float = TIMEOUT,
        on_kill: OnKill = "leave",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id
        self.wait_for_completion = wait_for_completion
        self.deferrable = deferrable
        self.poll_interval = poll_interval
        self.wait_timeout = timeout
        self.kill_policy = on_kill

    def execute(self, context: Any) -> Any:
        """Start the job, then wait for it.

        :param context: Airflow's task context.
        :return: Id at the vendor.
        """
        for field, value in (("poll_interval", self.poll_interval), ("timeout", self.wait_timeout)):
            if value is not None:
                seconds(value, field)
        object_id = self.start(context)
        self.awaited_id = object_id
        return self.wait_for_object(context, object_id) if self.wait_for_completion else object_id

    def start(self, context: Any) -> str:
        """Check the input, start the job and return its id at the vendor.

        :param context: Airflow's task context.
        """
        raise NotImplementedError
