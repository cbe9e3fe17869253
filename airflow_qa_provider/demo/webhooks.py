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
__all__ = ["SETTINGS", "WEBHOOK_CONNECTIONS", "configuration_of", "received", "register"]
_SECONDS = 30.0
_LOOK_SECONDS = 0.1


def register(connections: Mapping[str, Mapping[str, Any]], airflow: str) -> None:
    """Tell the sandboxes whom to call.

    :param connections: The connections of the demo.
    :param airflow: Address of the API server.
    """
    conqa, monitorqa = (connections[name] for name in WEBHOOK_CONNECTIONS)
    tokens = {name: connections[name]["extra"]["webhook_token"] for name in WEBHOOK_CONNECTIONS}
    at = {name: f"{airflow}/qa/webhooks/{name}/{token}" for name, token in tokens.items()}
    project = f"{conqa['host']}/project/{conqa['extra']['project_id']}"
    requests.put(
        f"{project}/report/webhook",
        json={"name": "Airflow", "callbackUrl": at["conqa_default"]},
        headers={"Authorization": conqa["password"]},
        timeout=_SECONDS,
    ).raise_for_status()
    # MonitorQA has a page for it, and no request
    root = f"http://{urlsplit(monitorqa['host']).netloc}"
    told = {"url": at["monitorqa_default"]}
    requests.put(f"{root}/__sandbox__/webhook", json=told, timeout=_SECONDS).raise_for_status()


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
