"""The vendors as tests ask for them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from airflow_qa_provider import vendors
from airflow_qa_provider.get_provider_info import get_provider_info
from airflow_qa_provider.rest.routes import RouteTable

VENDORS = vendors.BUILT_IN


def routes_of(vendor: str) -> RouteTable:
    """The operations of a vendor."""
    return vendors.vendor_named(vendor).client.routes


def hook_class_of(vendor: str) -> Any:
    """The hook that Airflow makes for a connection of the vendor's type."""
    types = {one["connection-type"]: one["hook-class-name"] for one in get_provider_info()["connection-types"]}
    module, _, name = types[vendor].rpartition(".")
    return getattr(import_module(module), name)
