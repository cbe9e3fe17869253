"""Under which address a vendor's webhook reaches Airflow. Imports no Airflow."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from airflow_qa_provider.exceptions import QAConfigurationError, QAValidationError

TOKEN = "webhook_token"  # noqa: S105 - a name
"""Name in the extra of a connection under which the token of its webhook stands."""
SHORTEST_TOKEN = 16
PATH = "/qa/webhooks"
"""Where the API server receives the calls."""

_ON_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def connections_named(setting: str | None) -> list[str]:
    """Return the ids of the connections whose webhooks are received.

    :param setting: ``[airflow_qa_provider] webhook_connections``.
    """
    return [conn_id.strip() for conn_id in (setting or "").split(",") if conn_id.strip()]


def webhook_address(airflow_url: Any, conn_id: str, token: Any) -> str:
    """Return the address that a vendor is to call. It is a secret, for it ends with the token.

    :param airflow_url: Address under which the vendor reaches the API server.
    :param conn_id: Id of the Airflow connection.
    :param token: Token of the connection's webhook.
    :raises QAValidationError: The address is none, or others could read the token on its way.
    :raises QAConfigurationError: The connection has no token, or a short one.
    """
    base = str(airflow_url or "").strip()
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.query or parts.fragment or "@" in parts.netloc or any(sign.isspace() for sign in base):
        raise QAValidationError(
            f"airflow_url must be the address of Airflow's API server, got {host or base[:40]!r}",
            outcome="Nothing was sent",
            hint="Give one such as https://airflow.example.com, or set [api] base_url",
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _ON_THIS_MACHINE):
        raise QAValidationError(
            f"airflow_url must begin with https://, or the token could be read on its way to {host}",
            outcome="Nothing was sent",
            hint="Give the address under which the vendor reaches the API server by HTTPS",
        )
    secret = str(token or "").strip()
    if len(secret) < SHORTEST_TOKEN:
        raise QAConfigurationError(
            f"extra.{TOKEN} of the connection {conn_id} must have at least {SHORTEST_TOKEN} characters",
            outcome="Nothing was sent",
            hint="Fill in the field Token of the webhook; the API server takes no calls without it",
        )
    return f"{base.rstrip('/')}{PATH}/{quote(conn_id, safe='')}/{quote(secret, safe='')}"
