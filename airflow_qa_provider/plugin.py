"""What this package adds to Airflow itself, found by the entry point ``airflow.plugins``."""

from __future__ import annotations

from typing import Any

from airflow.plugins_manager import AirflowPlugin

from airflow_qa_provider.templates import day


class QAPlugin(AirflowPlugin):
    """The macro ``{{ macros.qa.day() }}`` for the templates of any task; in the API server, what receives webhooks."""

    name = "qa"
    macros = [day]  # noqa: RUF012 - Airflow's own shape

    @property
    def fastapi_apps(self) -> list[Any]:  # type: ignore[override]
        """The application for webhooks, where ``[airflow_qa_provider] webhook_connections`` names any.

        Only the API server asks for it, so that nobody else loads FastAPI.
        """
        from airflow.configuration import conf

        from airflow_qa_provider.events.address import connections_named

        conn_ids = connections_named(conf.get("airflow_qa_provider", "webhook_connections", fallback=""))
        if not conn_ids:
            return []
        from airflow.models.connection import Connection

        from airflow_qa_provider.events.receiver import Receiver
        from airflow_qa_provider.vendors import vendor_named

        receiver = Receiver(conn_ids, Connection.get_connection_from_secrets, vendor_named)
        return [{"app": receiver.app(), "url_prefix": "/qa", "name": "Webhooks of quality and reporting services"}]
