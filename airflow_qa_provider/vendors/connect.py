"""Which hook serves which vendor."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOOKS = {
    "conqa": "airflow_qa_provider.hooks.conqa:ConqaHook",
    "monitorqa": "airflow_qa_provider.hooks.monitorqa:MonitorQAHook",
    "qalyptus": "airflow_qa_provider.hooks.qalyptus:QalyptusHook",
    "simplo": "airflow_qa_provider.hooks.simplo:SimploHook",
    "smartq": "airflow_qa_provider.hooks.smartq:SmartQHook",
}


def hook_class_for(vendor: str) -> Any:
    """Return the vendor's hook class.

    :param vendor: Vendor in lower case.
    :raises KeyError: No such vendor.
    """
    module, _, name = _HOOKS[vendor].partition(":")
    return getattr(import_module(module), name)


def hook_for(vendor: str, conn_id: str) -> Any:
    """Return the vendor's hook for a connection.

    :param vendor: Vendor in lower case.
    :param conn_id: Id of the Airflow connection.
    :raises KeyError: No such vendor.
    """
    return hook_class_for(vendor)(conn_id)


def polling_client(vendor: str, conn_id: str) -> Any:
    """Return a client that asks once and leaves the pace to whoever waits.

    Reads the connection with a blocking call: on an event loop, call it in a thread.

    :param vendor: Vendor in lower case.
    :param conn_id: Id of the Airflow connection.
    :raises QAConfigurationError: The connection cannot work.
    """
    return hook_for(vendor, conn_id).get_conn().without_retries()
