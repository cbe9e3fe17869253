"""One sandbox for all tests of the sandbox, over real sockets, on a clock that only tests move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from qa_sandbox import ManualClock, Sandbox, run_sandbox
from tests.sandbox.receiver import Receiver

TIMEOUT = 60


class Api:
    """A vendor's API with credentials: ``api.get("/audit/pending")`` and so on."""

    def __init__(self, sandbox: Sandbox, vendor: str) -> None:
        self.connection: dict[str, Any] = sandbox.connections()[f"{vendor}_default"]
        self.extra: dict[str, str] = self.connection["extra"]
        self.root = sandbox.url(vendor)
        self.session = requests.Session()
        key = self.connection["password"]
        own_headers = {"monitorqa": {"X-API-KEY": key}, "conqa": {"Authorization": key}}
        self.headers = own_headers.get(vendor, {"Authorization": f"Bearer {key}"})

    def request(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        headers = {**self.headers, **kwargs.pop("headers", {})}
        return self.session.request(method, self.connection["host"] + path, headers=headers, timeout=TIMEOUT, **kwargs)

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        return self.request("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> requests.Response:
        return self.request("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> requests.Response:
        return self.request("PUT", path, **kwargs)

    def patch(self, path: str, **kwargs: Any) -> requests.Response:
        return self.request("PATCH", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> requests.Response:
        return self.request("DELETE", path, **kwargs)

    def control(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        return self.session.request(method, f"{self.root}/__sandbox__{path}", timeout=TIMEOUT, **kwargs)


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Sandbox:
    shared_sandbox.reset()
    return shared_sandbox


@pytest.fixture
def monitorqa(sandbox: Sandbox) -> Iterator[Api]:
    api = Api(sandbox, "monitorqa")
    with api.session:
        yield api


@pytest.fixture
def qalyptus(sandbox: Sandbox) -> Iterator[Api]:
    api = Api(sandbox, "qalyptus")
    with api.session:
        yield api


@pytest.fixture
def conqa(sandbox: Sandbox) -> Iterator[Api]:
    api = Api(sandbox, "conqa")
    with api.session:
        yield api


@pytest.fixture
def simplo(sandbox: Sandbox) -> Iterator[Api]:
    api = Api(sandbox, "simplo")
    with api.session:
        yield api


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def api_of() -> Any:
    """Make an :class:`Api` for a sandbox that a test starts itself."""
    return Api
