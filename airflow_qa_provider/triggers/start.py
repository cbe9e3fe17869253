"""The trigger of waits that begin in the triggerer, without a worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import closing
from typing import Any, get_args

from airflow.triggers.base import TriggerEvent
from typing_extensions import override

from airflow_qa_provider.rest.fields import Fields
from airflow_qa_provider.templates import NamesInTemplates
from airflow_qa_provider.triggers.wait import WaitTrigger
from airflow_qa_provider.vendors import kind_of
from airflow_qa_provider.vendors.connect import Connected
from airflow_qa_provider.waiting.decisions import WaitPolicy, grace_for
from airflow_qa_provider.waiting.verdict import EndTask, OnKill, OnWarning


class StartingTrigger(NamesInTemplates, WaitTrigger):
    """Finds out what a sensor waits for, which a worker does otherwise, then waits like any other.

    :param kind: Kind of object, ``vendor.object``.
    :param awaited_fields: The sensor's arguments by name; Airflow renders the templates in them.
    :param poll_interval: Seconds between two looks; ``None`` for the connection's.
    :param wait_timeout: Longest wait in seconds. Airflow keeps its own time too, which a restart does not begin anew.
    :param terms: As in :class:`~airflow_qa_provider.triggers.wait.WaitTrigger`.
    :param end_task: The same.
    :param kill_policy: The same.
    :param connection_fields: Those of the arguments that the connection names where they are not given.
    :param link_key: As in :class:`~airflow_qa_provider.triggers.wait.WaitTrigger`.
    """

    def __init__(
        self,
        kind: str,
        awaited_fields: Mapping[str, Any],
        poll_interval: float | None,
        wait_timeout: float,
        terms: dict[str, Any],
        end_task: EndTask | None = None,
        kill_policy: OnKill = "leave",
        connection_fields: Sequence[str] = (),
        link_key: str | None = None,
    ) -> None:
        super().__init__(kind, "", "", {}, terms, end_task, kill_policy, link_key=link_key)
        self.awaited_fields = dict(awaited_fields)
        self.poll_interval = poll_interval
        self.wait_timeout = wait_timeout
        self.connection_fields = list(connection_fields)

    @override
    async def run(self) -> AsyncIterator[TriggerEvent]:
        check = Fields(self._vendor)
        check.choice(self.kill_policy, get_args(OnKill), "on_kill")
        check.choice(self.terms.get("on_warning", "succeed"), get_args(OnWarning), "on_warning")
        kind = await asyncio.to_thread(kind_of, self.kind)
        self.conn_id = self.awaited_fields[f"{self._vendor}_conn_id"]
        opened = Connected(self._vendor, self.conn_id)
        fields = await asyncio.to_thread(opened.with_defaults, self.awaited_fields, self.connection_fields)
        self.object_id, condition = kind.target(fields)
        given = self.poll_interval
        if given is None:
            given = await asyncio.to_thread(_interval, opened)
        interval = check.duration(given, "poll_interval").total_seconds()
        now = time.time()
        deadline = now + check.duration(self.wait_timeout, "timeout").total_seconds()
        policy = WaitPolicy(interval, now, deadline, not_found_grace=grace_for(interval), condition=condition)
        self.policy = policy.as_dict()
        # nobody has looked yet
        self.memory = {"next": [now, now, False]}
        async for event in super().run():
            yield event


def _interval(opened: Connected) -> float:
    with closing(opened):
        return float(opened.client.settings.poll_interval)
