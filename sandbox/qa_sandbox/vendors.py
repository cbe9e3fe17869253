"""
The vendors that a sandbox can serve.

A vendor is one package whose module ``app`` is a :class:`VendorModule`, registered in :data:`VENDORS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

from fastapi import FastAPI

from qa_sandbox.context import SandboxContext
from qa_sandbox.outcomes import Outcome

VENDORS: dict[str, str] = {
    "monitorqa": "qa_sandbox.monitorqa.app",
    "qalyptus": "qa_sandbox.qalyptus.app",
    "conqa": "qa_sandbox.conqa.app",
    "simplo": "qa_sandbox.simplo.app",
    "smartq": "qa_sandbox.smartq.app",
}


class Store(Protocol):
    """The state of one vendor's account."""

    def snapshot(self) -> dict[str, Any]:
        """Describe every object for the control API."""

    def script(self, object_id: str, outcome: Outcome) -> bool:
        """Decide how an object that exists will end; say whether there is such an object."""


class VendorModule(Protocol):
    """What a vendor package provides."""

    def create_store(self, context: SandboxContext) -> Store:
        """Seed the vendor's state."""

    def create_app(self, context: SandboxContext) -> FastAPI:
        """Build the vendor's app, with a new store in ``app.state.store``."""

    def airflow_connection(self, context: SandboxContext) -> dict[str, Any]:
        """Describe an Airflow connection to the app: conn_type, host, password, extra."""


def load_vendor(name: str) -> VendorModule:
    """Import a vendor."""
    home = VENDORS.get(name)
    if home is None:
        raise ValueError(f"No sandbox for vendor {name!r}; there is one for {', '.join(VENDORS)}.")
    return cast(VendorModule, import_module(home))
