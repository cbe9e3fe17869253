"""Webhooks in the demo: the sandboxes tell of what happens, and Airflow receives it, all on this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests

from airflow_qa_provider.demo.environment import WEBHOOK_CONNECTIONS, loopback

SETTINGS = {"AIRFLOW_QA_PROVIDER__WEBHOOK_CONNECTIONS": ",".join(WEBHOOK_CONNECTIONS)}
"""Settings of an Airflow whose API server receives them."""
__all__ = [
    "SETTINGS",
    "WEBHOOK_CONNECTIONS",
    "configuration_of",
    "received",
    "register",
    "tell_conqa",
    "tell_monitorqa",
]
_SECONDS = 30.0
_LOOK_SECONDS = 0.1


def register(connections: Mapping[str, Mapping[str, Any]], airflow: str) -> None:
    """Tell the sandboxes whom to call.

    :param connections: The connections of the demo.
    :param airflow: Address of the API server.
    """
    for conn_id, tell in zip(WEBHOOK_CONNECTIONS, (tell_conqa, tell_monitorqa), strict=True):
        connection = connections[conn_id]
        tell(connection, f"{airflow}/qa/webhooks/{conn_id}/{connection['extra']['webhook_token']}")


def tell_conqa(connection: Mapping[str, Any], address: str) -> None:
    """Have CONQA tell of the reports of a project.

    :param connection: A connection to its sandbox.
    :param address: Address of the webhook.
    """
    requests.put(
        f"{connection['host']}/project/{connection['extra']['project_id']}/report/webhook",
        json={"name": "Airflow", "callbackUrl": address},
        headers={"Authorization": connection["password"]},
        timeout=_SECONDS,
    ).raise_for_status()


def tell_monitorqa(connection: Mapping[str, Any], address: str) -> None:
    """Have MonitorQA tell of what happens; it has a page for it, and no request.

    :param connection: A connection to its sandbox.
    :param address: Address of the webhook.
    """
    root = f"http://{urlsplit(connection['host']).netloc}"
    requests.put(f"{root}/__sandbox__/webhook", json={"url": address}, timeout=_SECONDS).raise_for_status()


@contextmanager
def received(port: int) -> Iterator[None]:
    """Receive webhooks in this process for the length of a ``with`` block, where no API server does.

    :param port: Where to listen.
    """
    import uvicorn
    from fastapi import FastAPI

    from airflow_qa_provider.plugin import QAPlugin

    app = FastAPI()
    for one in QAPlugin().fastapi_apps:
        app.mount(one["url_prefix"], one["app"])
    server = uvicorn.Server(uvicorn.Config(app, host=loopback(), port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, name="airflow-qa-webhooks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(_SECONDS)


def configuration_of(dag: Any) -> dict[str, Any] | None:
    """Return the configuration of a run of a DAG that an event would start: with the latest event that has come.

    :param dag: The DAG.
    :return: ``None`` for any other DAG.
    :raises TimeoutError: No event has come.
    """
    condition = getattr(dag.timetable, "asset_condition", None)
    uris = [one.uri for one in getattr(condition, "objects", [condition]) if hasattr(one, "uri")]
    if not uris:
        return None
    end = time.monotonic() + _SECONDS
    while (extra := _latest(uris)) is None:
        if time.monotonic() > end:
            raise TimeoutError(f"no event of {', '.join(uris)} has come in {_SECONDS:g} s")
        time.sleep(_LOOK_SECONDS)
    return {"qa_event": extra}


def _latest(uris: list[str]) -> Any:
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    events = select(AssetEvent).join(AssetModel, AssetModel.id == AssetEvent.asset_id)
    with create_session() as session:
        event = session.scalar(events.where(AssetModel.uri.in_(uris)).order_by(AssetEvent.id.desc()).limit(1))
        return None if event is None else event.extra
