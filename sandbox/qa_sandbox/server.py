"""Serves vendor apps on free local ports from one background thread."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from qa_sandbox.callbacks import Callbacks, Delivery
from qa_sandbox.clock import Clock, RealClock
from qa_sandbox.context import SandboxContext
from qa_sandbox.control import create_control_app, reset_vendor
from qa_sandbox.middleware import ScenarioMiddleware
from qa_sandbox.outcomes import Outcome, OutcomeBook
from qa_sandbox.requestlog import RequestEntry
from qa_sandbox.scenario import Scenario
from qa_sandbox.settings import SandboxSettings
from qa_sandbox.vendors import VENDORS, load_vendor
from qa_sandbox.web import create_app

HOST = "127.0.0.1"
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0


class _Server(uvicorn.Server):
    def __init__(self, app: Any, sock: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                date_header=False,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=1,
            )
        )
        self.sock = sock

    def transport_of(self, scope: Any) -> asyncio.Transport | None:
        """Find the TCP connection of a request."""
        for connection in list(self.server_state.connections):
            if getattr(connection, "client", None) == scope.get("client"):
                return connection.transport
        return None

    def hang_up(self) -> None:
        """Stop at once: drop every connection and cancel what is still being answered."""
        self.should_exit = True
        for connection in list(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        for task in list(self.server_state.tasks):
            task.cancel()


class Sandbox:
    """
    Vendor apps on 127.0.0.1. Use :func:`run_sandbox`, or call :meth:`start` and :meth:`stop`.

    :param vendors: names out of ``VENDORS``; default: all
    :param settings: durations, file sizes, keys, outcomes
    :param clock: default a real clock; a :class:`~qa_sandbox.clock.ManualClock` makes every state depend on
        :meth:`advance` alone
    :param scenario: fault rules as plain data
    :param port_base: port of the first vendor, the others follow; default: free ports
    :raises ValueError: for an unknown vendor or a wrong rule
    """

    def __init__(
        self,
        vendors: Iterable[str] | None = None,
        settings: SandboxSettings | None = None,
        *,
        clock: Clock | None = None,
        scenario: Iterable[Any] = (),
        port_base: int = 0,
    ) -> None:
        self.settings = settings or SandboxSettings()
        self.clock = clock or RealClock()
        self.scenario = Scenario()
        self.outcomes = OutcomeBook()
        self._rules = list(scenario)
        self._set_rules()
        self._port_base = port_base
        self._contexts: dict[str, SandboxContext] = {}
        self._apps: dict[str, FastAPI] = {}
        self._servers: dict[str, _Server] = {}
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listening = threading.Event()
        self._failure: BaseException | None = None
        for name in dict.fromkeys(VENDORS if vendors is None else vendors):
            context = SandboxContext(
                vendor=name, settings=self.settings, clock=self.clock, scenario=self.scenario, outcomes=self.outcomes
            )
            self._contexts[name] = context
            self._apps[name] = create_app(load_vendor(name), context)

    @property
    def vendors(self) -> list[str]:
        return list(self._apps)

    def start(self) -> Sandbox:
        """
        Bind the ports and return when every vendor answers.

        :raises OSError: when a port is taken
        :raises RuntimeError: when a server does not come up
        """
        if self._thread is not None:
            raise RuntimeError("This sandbox has been started before; make a new one.")
        try:
            for index, (name, app) in enumerate(self._apps.items()):
                self._bind(name, app, self._port_base + index if self._port_base else 0)
        except OSError:
            self._close_sockets()
            raise
        self._thread = threading.Thread(target=self._run, name="airflow-qa-sandbox", daemon=True)
        self._thread.start()
        if not self._listening.wait(_START_SECONDS) or self._failure is not None:
            self.stop()
            raise RuntimeError(f"The sandbox did not start within {_START_SECONDS:.0f} s.") from self._failure
        return self

    def stop(self) -> None:
        """Drop all connections, end the server thread and free the ports. May be called twice."""
        thread, loop = self._thread, self._loop
        if thread is not None and thread.is_alive() and loop is not None:
            for server in self._servers.values():
                loop.call_soon_threadsafe(server.hang_up)
            thread.join(_STOP_SECONDS)
            if thread.is_alive():
                raise RuntimeError(f"The sandbox thread did not end within {_STOP_SECONDS:.0f} s.")
        self._close_sockets()

    def url(self, vendor: str) -> str:
        """Return the root address of a vendor's app, without a trailing slash."""
        return self._context(vendor).base_url

    def app(self, vendor: str) -> FastAPI:
        """Return a vendor's app; ``app.state.store`` is its state."""
        self._context(vendor).touch()
        return self._apps[vendor]

    def requests(self, vendor: str) -> list[RequestEntry]:
        """Return what reached a vendor, oldest first."""
        return self._context(vendor).requests.snapshot()

    def callbacks(self, vendor: str) -> Callbacks:
        """Return the timers and outgoing calls of a vendor."""
        return self._context(vendor).callbacks

    def deliveries(self, vendor: str, timeout: float = 10.0) -> list[Delivery]:
        """
        Return what a vendor has called out, oldest first, after waiting for everything that is due.

        :param timeout: wall-clock seconds to wait
        :raises TimeoutError: when a call is still on its way after that
        """
        callbacks = self.callbacks(vendor)
        if not callbacks.wait(timeout):
            raise TimeoutError(f"Sandbox {vendor}: a call to a webhook has not ended within {timeout:g} s.")
        return callbacks.deliveries()

    def add_fault(self, fault: Any, **match: Any) -> str:
        """
        Inject a fault from now on.

        :param fault: members of :class:`~qa_sandbox.scenario.Fault` as a mapping, or the name of one that is true or
            false, such as ``"reset_after"``
        :param match: ``vendor``, ``method``, ``path``, ``nth``, ``first``, ``last``, ``times``
        :return: id of the rule
        """
        return self.scenario.add({**match, "fault": fault}).id

    def remove_fault(self, rule_id: str) -> bool:
        """Remove a fault and say whether there was one."""
        return self.scenario.remove(rule_id)

    def add_outcome(self, kind: str, result: str, **details: Any) -> None:
        """
        Script how the objects made from now on end.

        :param kind: ``audit``, ``report`` or ``task``
        :param result: see :class:`~qa_sandbox.outcomes.Outcome`
        :param details: ``match``, ``seconds``, ``times``
        """
        self.outcomes.add([Outcome(kind=kind, result=result, **details)])

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def reset(self) -> None:
        """
        Begin anew: new accounts, empty request logs, the faults and outcomes given at the start. The clock goes on.

        Faster than a new sandbox, so a test session can share one; a vendor that nobody came near stays as it is.
        """
        self._set_rules()
        for name, app in self._apps.items():
            if not self._contexts[name].is_as_new:
                reset_vendor(self._contexts[name], app)

    def connections(self) -> dict[str, dict[str, Any]]:
        """
        Describe Airflow connections to the vendors, ready for ``AIRFLOW_CONN_<CONN_ID>`` as JSON.

        :return: connection id -> ``{conn_type, host, password, extra}``
        """
        return {f"{name}_default": load_vendor(name).connection(context) for name, context in self._contexts.items()}

    def environment(self) -> dict[str, str]:
        """
        Return the connections as environment variables that Airflow reads.

        :return: ``AIRFLOW_CONN_<CONN_ID>`` -> JSON
        """
        return {f"AIRFLOW_CONN_{name.upper()}": json.dumps(value) for name, value in self.connections().items()}

    def _set_rules(self) -> None:
        self.scenario.clear()
        self.scenario.add_all(self._rules)
        self.outcomes.clear()
        self.outcomes.add(self.settings.outcomes)

    def _context(self, vendor: str) -> SandboxContext:
        if vendor not in self._contexts:
            raise ValueError(f"This sandbox does not serve {vendor!r}; it serves {', '.join(self._contexts)}.")
        return self._contexts[vendor]

    def _bind(self, name: str, app: FastAPI, port: int) -> None:
        # With the protocol named, asyncio turns Nagle's delay off; without, every answer takes 40 ms.
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((HOST, port))
        except OSError as error:
            sock.close()
            raise OSError(
                error.errno, f"Sandbox {name}: port {port} on {HOST} is not free ({error.strerror})."
            ) from None
        context = self._contexts[name]
        server = _Server(ScenarioMiddleware(app, context, create_control_app(context, app)), sock)
        context.base_url = f"http://{HOST}:{sock.getsockname()[1]}"
        context.transport_of = server.transport_of
        self._servers[name] = server

    def _close_sockets(self) -> None:
        for server in self._servers.values():
            server.sock.close()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
        finally:
            self._listening.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        servers = list(self._servers.values())
        serving = [asyncio.ensure_future(server.serve(sockets=[server.sock])) for server in servers]
        while not all(server.started for server in servers) and not any(task.done() for task in serving):
            await asyncio.sleep(0.005)
        calling = [asyncio.ensure_future(context.callbacks.run()) for context in self._contexts.values()]
        self._listening.set()
        try:
            await asyncio.gather(*serving)
        finally:
            for task in calling:
                task.cancel()
            await asyncio.gather(*calling, return_exceptions=True)


@contextmanager
def run_sandbox(
    vendors: Iterable[str] | None = None,
    settings: SandboxSettings | None = None,
    *,
    clock: Clock | None = None,
    scenario: Iterable[Any] = (),
    port_base: int = 0,
) -> Iterator[Sandbox]:
    """Serve vendors for the length of a ``with`` block. The parameters are those of :class:`Sandbox`."""
    sandbox = Sandbox(vendors, settings, clock=clock, scenario=scenario, port_base=port_base)
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()
