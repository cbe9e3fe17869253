"""Remote jobs of the sandbox, and how tasks that wait for them end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
from airflow_qa_provider.hooks.qalyptus import QalyptusHook
from qa_sandbox import Sandbox
from tests.dags.conftest import Run, unique_ids

MONITORQA_IDS = ("template_id", "audit_object_id")
RunDag = Callable[..., Run]


def ask_monitorqa(call: Callable[[Any], Any]) -> Any:
    with MonitorQAHook().get_conn() as client:
        return call(client)


def ask_qalyptus(call: Callable[[Any], Any]) -> Any:
    with QalyptusHook().get_conn() as client:
        return call(client)


def create_audit(vendors: Sandbox, name: str) -> str:
    """Create an audit outside of any DAG."""
    ids = {key: value for key, value in unique_ids(vendors).items() if key in MONITORQA_IDS}
    due = datetime.now(timezone.utc) + timedelta(days=1)
    audit_id: str = ask_monitorqa(lambda client: client.audits.create(name=name, end_date=due, **ids))
    return audit_id


def qalyptus_ids(kind: str) -> dict[str, str]:
    """Ids of the reports or tasks of the sandbox by name."""
    return {row["name"]: row["id"] for row in ask_qalyptus(lambda client: getattr(client, kind).list())}


@dataclass(frozen=True)
class End:
    """What becomes of a task.

    ``result`` is the phase and the vendor's own word; ``error`` holds parts of the message, ``{id}`` being the remote
    object's.
    """

    state: str
    result: tuple[str, str] | None
    kind: type[BaseException] | None = None
    error: tuple[str, ...] = ()
