"""How connections of Simplo IS are read."""

from __future__ import annotations

from typing_extensions import override

from airflow_qa_provider.rest.connection import ConnectionFields, ConnectionForm, names_of
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.simplo.client.client import base_url
from airflow_qa_provider.vendors.simplo.client.dialect import Dialect


class SimploForm(ConnectionForm[SimploClient]):
    """``host`` is the host of the installation, with or without ``/api/v0``; ``password`` is the token of a user."""

    client_class = SimploClient
    host_placeholder = "https://{host}/api/v0 (the path is added)"
    secret_label = "Token"  # noqa: S105 - a label
    option_names = names_of(Dialect)
    option_help = (
        "Authentication and query parameters",
        'What the docs leave open, such as {"auth_header": "X-Api-Key", "auth_scheme": ""}.',
    )

    @override
    def base_url_from(self, fields: ConnectionFields) -> str:
        host = fields.base_url()
        return base_url(host) if host else ""
