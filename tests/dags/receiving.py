"""The receiver of webhooks on a real socket, as Airflow's API server mounts it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from airflow_qa_provider.plugin import QAPlugin
from qa_sandbox import Sandbox

TOKEN = "0123456789abcdef-of-our-webhook"


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application on this machine, and return its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    end = time.monotonic() + 20
    while not server.started and thread.is_alive() and time.monotonic() < end:
        time.sleep(0.005)
    try:
        (port,) = {sock.getsockname()[1] for one in server.servers for sock in one.sockets}
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


def mounted() -> FastAPI:
    """What the plugin adds to the API server, under its prefixes."""
    app = FastAPI()
    for one in QAPlugin().fastapi_apps:
        app.mount(one["url_prefix"], one["app"])
    return app


def with_token(connection: dict[str, Any], token: str = TOKEN) -> str:
    """Return a connection of a sandbox with the token of its webhook, as an environment variable has it."""
    return json.dumps({**connection, "extra": {**connection["extra"], "webhook_token": token}})


def events_of(uri: str) -> list[dict[str, Any]]:
    """The events of an asset, oldest first: partition key, where Airflow has any, and extra."""
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        of_asset = select(AssetEvent).join(AssetModel, AssetModel.id == AssetEvent.asset_id)
        rows = session.scalars(of_asset.where(AssetModel.uri == uri).order_by(AssetEvent.id)).all()
        return [{"partition": getattr(row, "partition_key", None), **row.extra} for row in rows]


def forget_events() -> None:
    """Forget the events of other tests."""
    from airflow.models.asset import AssetEvent
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    with create_session() as session:
        session.execute(delete(AssetEvent))


def called(sandbox: Sandbox, vendor: str) -> list[tuple[str, list[Any]]]:
    """What a vendor has sent: result and statuses of each delivery."""
    return [(one.result.value, [attempt["status"] for attempt in one.attempts]) for one in sandbox.deliveries(vendor)]
