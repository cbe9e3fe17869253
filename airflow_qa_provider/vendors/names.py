"""All vendors, by name; loads a vendor's modules only when they are asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow_qa_provider.rest.routes import RouteTable

VENDORS = ("conqa", "monitorqa", "qalyptus", "simplo", "smartq")

WITH_OPENAPI_FILE = ("qalyptus",)
"""Vendors whose tenants can download an OpenAPI file; their modules ``routes`` have a ``BASE_PATH``."""


def routes_of(vendor: str) -> RouteTable:
    """Return the route table of a vendor.

    :param vendor: One of :data:`VENDORS`.
    """
    table: RouteTable = import_module(f"airflow_qa_provider.vendors.{vendor}.client.routes").ROUTES
    return table
