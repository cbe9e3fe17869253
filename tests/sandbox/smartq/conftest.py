"""The smartQ API as one user, on the sandbox that all tests of the sandbox share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from qa_sandbox import ManualClock, Sandbox, SandboxSettings, SmartQWire, run_sandbox

TIMEOUT = 20


class SmartQ:
    """The API as one user: a login at first, a token when ``token`` is set."""

    def __init__(self, sandbox: Sandbox, login: str | None = None) -> None:
        connection = sandbox.connections()["smartq_default"]
        self.host: str = connection["host"]
        self.key: str = connection["extra"]["api_key"]
        self.login: tuple[str, str] | None = (login or connection["login"], connection["password"])
        self.token: str | None = None
        self.project = f"/projects/{connection['extra']['project_id']}"
        self.tickets = f"{self.project}/tickets"
        self.step = int(connection["extra"]["step_id"])
        self.session = requests.Session()
        self.session.trust_env = False  # no look-ups of proxies and netrc for each request

    def call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        headers = {"X-Auth-Client-Id": self.key, **kwargs.pop("headers", {})}
        if self.token:
            headers["X-Authorization"] = f"OAUTH2 {self.token}"
        headers = {name: value for name, value in headers.items() if value}
        auth = None if self.token else self.login
        return self.session.request(method, self.host + path, headers=headers, auth=auth, timeout=TIMEOUT, **kwargs)

    def ask(self, method: str, path: str, form: Any = None, **kwargs: Any) -> Any:
        """Call and expect success."""
        answer = self.call(method, path, data=form, **kwargs)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert set(body) == {"error", "data"}
        assert body["error"] is None, body
        return body["data"]

    def items(self, path: str, **params: Any) -> list[dict[str, Any]]:
        data = self.ask("GET", path, params=params)
        assert set(data) == {"items"}
        return list(data["items"])

    def refused(self, code: int, method: str, path: str, form: Any = None, **kwargs: Any) -> str:
        """Call and expect an error, in the documented shape and with HTTP 200."""
        answer = self.call(method, path, data=form, **kwargs)
        body = answer.json()
        assert (answer.status_code, set(body), body["data"]) == (200, {"error", "data"}, None), body
        assert set(body["error"]) == {"type", "code", "message"}
        assert (body["error"]["type"], body["error"]["code"]) == (None, code), body
        return str(body["error"]["message"])

    def new_ticket(self, **properties: Any) -> dict[str, Any]:
        form = {"name": "Broken hinge", "step_id": self.step, **properties}
        return dict(self.ask("POST", self.tickets, {f"ticket[{name}]": value for name, value in form.items()}))

    def state(self) -> dict[str, Any]:
        """What the account holds, by the control API."""
        root = self.host.removesuffix("/api/v1")
        return dict(requests.get(f"{root}/__sandbox__/state", timeout=TIMEOUT).json())

    def new_note(self, ticket: dict[str, Any], **form: Any) -> str:
        note = self.ask("POST", f"{self.tickets}/{ticket['id']}/notes", {"note[text]": "Look", **form})
        return f"{self.tickets}/{ticket['id']}/notes/{note['id']}"


@pytest.fixture
def smartq(sandbox: Sandbox) -> Iterator[SmartQ]:
    api = SmartQ(sandbox)
    with api.session:
        yield api


@pytest.fixture
def smartq_as(sandbox: Sandbox) -> Iterator[Callable[[str], SmartQ]]:
    """Sign in as one of the people of the invented account."""
    with ExitStack() as opened:

        def sign_in(name: str) -> SmartQ:
            api = SmartQ(sandbox, f"{name}@example.com")
            opened.enter_context(api.session)
            return api

        yield sign_in


@pytest.fixture
def smartq_with() -> Iterator[Callable[..., tuple[Sandbox, SmartQ]]]:
    """Start a sandbox of its own with other settings."""
    with ExitStack() as started:

        def start(**wire: Any) -> tuple[Sandbox, SmartQ]:
            settings = SandboxSettings(smartq=SmartQWire(**wire))
            sandbox = started.enter_context(run_sandbox(["smartq"], settings, clock=ManualClock()))
            api = SmartQ(sandbox)
            started.enter_context(api.session)
            return sandbox, api

        yield start
