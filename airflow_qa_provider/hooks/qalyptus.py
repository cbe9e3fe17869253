"""Hook of Qalyptus Cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.providers.common.compat.sdk import Connection

from airflow_qa_provider.clients.qalyptus import QalyptusClient
from airflow_qa_provider.hooks.base import VendorHook


class QalyptusHook(VendorHook[QalyptusClient]):
    """Gives the :class:`~airflow_qa_provider.clients.qalyptus.QalyptusClient` of a connection of type ``qalyptus``.

    ``password`` is the API key. ``host`` is the base URL, ``https://{tenant}.qalyptus.net/api/v1``; with an empty host
    the extra's ``tenant`` makes it. The extra's ``qalyptus`` replaces status words and field names, see
    :class:`~airflow_qa_provider.clients.qalyptus.dialect.Dialect`.

    :param qalyptus_conn_id: Id of the Airflow connection.
    """

    conn_name_attr = "qalyptus_conn_id"
    default_conn_name = "qalyptus_default"
    conn_type = "qalyptus"
    hook_name = "Qalyptus Cloud"
    client_class = QalyptusClient

    def __init__(self, qalyptus_conn_id: str = default_conn_name) -> None:
        super().__init__(qalyptus_conn_id)

    @classmethod
    def base_url_from(cls, connection: Connection, extra: Mapping[str, Any]) -> str:
        """Return the host, or the public address of the extra's ``tenant``.

        :param connection: An Airflow connection.
        :param extra: Its extra.
        """
        tenant = str(extra.get("tenant") or "").strip()
        if tenant and not connection.host:
            return f"https://{tenant}.qalyptus.net/api/v1"
        return super().base_url_from(connection, extra)
