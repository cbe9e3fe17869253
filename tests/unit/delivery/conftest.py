"""A mail server that fails on demand, files to send, and the operator that sends them by the real SmtpHook."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from airflow_qa_provider.operators.delivery import DeliverReportsOperator
from airflow_qa_provider.reports.manifest import Manifest
from qa_sandbox.smtp_sink import SmtpSink, smtp_connection
from tests.unit.delivery.mails import ANNA, BEN, CLEO, Store, manifest_of
from tests.versions import keep_state


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., Manifest]:
    """Store a file and return its manifest."""

    def store(name: str, content: bytes | None = None, folder: str = "reports", **facts: Any) -> Manifest:
        content = os.urandom(3000) if content is None else content
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return manifest_of(name, content, uri=f"file://{path}", **facts)

    return store


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[SmtpSink]:
    with SmtpSink(tmp_path / "mails") as server:
        yield server


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def connect(server: SmtpSink, *, password: str | None = None, **extra: Any) -> None:
        connection = smtp_connection(server)
        connection["extra"] |= extra
        if password is not None:
            connection["password"] = password
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))

    return connect


@pytest.fixture
def deliver(sink: SmtpSink, connect: Callable[..., None]) -> Callable[..., dict[str, Any]]:
    """Run the operator as one attempt of the same task; keywords override its arguments."""
    connect(sink)

    def run(reports: Any, store: Store | None, to: Any = (ANNA, BEN, CLEO), **arguments: Any) -> dict[str, Any]:
        operator = DeliverReportsOperator(
            **{"task_id": "deliver", "reports": reports, "to": to, "subject": "Audit reports", **arguments}
        )
        ti = SimpleNamespace(dag_id="d", run_id="r", task_id="deliver", map_index=-1, xcom_push=lambda key, value: None)
        context: dict[str, Any] = {"ti": ti}
        if store is not None:
            keep_state(context, store)
        return operator.execute(context)  # type: ignore[arg-type]

    return run
