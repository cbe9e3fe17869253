"""
The vendors that a sandbox can serve.

A vendor is one package with ``create_app(context)``, which returns a FastAPI application whose ``state.store``
has ``snapshot()`` and ``script(object_id, outcome)``, and ``airflow_connection(context)``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

from fastapi import FastAPI

from airflow_qa_provider.sandbox.context import SandboxContext

VENDORS: dict[str, str] = {
    "monitorqa": "airflow_qa_provider.sandbox.monitorqa.app",
    "qalyptus": "airflow_qa_provider.sandbox.qalyptus.app",
}


class VendorModule(Protocol):
    """What a vendor package provides."""

    def create_app(self, context: SandboxContext) -> FastAPI:
        """Build the vendor's app."""

    def airflow_connection(self, context: SandboxContext) -> dict[str, Any]:
        """Describe an Airflow connection to the app: conn_type, host, password, extra."""


def load_vendor(name: str) -> VendorModule:
    """
    Import a vendor.

    :param name: a key of :data:`VENDORS`
    :raises ValueError: for an unknown name
    """
    home = VENDORS.get(name)
    if home is None:
        raise ValueError(f"No sandbox for vendor {name!r}; there is one for {', '.join(VENDORS)}.")
    return cast(VendorModule, import_module(home))
