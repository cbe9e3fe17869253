"""How connections of CONQA are read."""

from __future__ import annotations

from typing_extensions import override

from airflow_qa_provider.rest.connection import ConnectionFields, ConnectionForm, names_of, with_path
from airflow_qa_provider.vendors.conqa.client import ConqaClient
from airflow_qa_provider.vendors.conqa.client.client import DEFAULT_REGION, base_url
from airflow_qa_provider.vendors.conqa.client.dialect import Dialect

_API_PATH = "/api-v1"


class ConqaForm(ConnectionForm[ConqaClient]):
    """``password`` is the token of a user. An empty host is made of the extra's ``region``."""

    client_class = ConqaClient
    host_label = "API base URL (optional)"
    host_placeholder = "https://api-{region}.con.qa/api-v1 (made of the region when empty)"
    secret_label = "API token"  # noqa: S105 - a label
    own_fields = {  # noqa: RUF012 - read only
        "region": {"label": "Region", "description": "Part of the host after api-; oceania when empty."},
        "project_id": {"label": "Project", "description": "Id of the project of tasks which name no other."},
        "account_id": {"label": "Account", "description": "Id of the account of exports which name no other."},
        "webhook_token": {
            "label": "Token of the webhook",
            "description": "Last part of the address that the vendor's webhook calls, 16 characters or more.",
            "format": "password",
        },
    }
    option_names = names_of(Dialect)
    option_help = (
        "Names in answers",
        'What the docs leave open, such as {"external_id_fields": ["externalRef"]}.',
    )

    @override
    def base_url_from(self, fields: ConnectionFields) -> str:
        region = fields.host_label("region", "api-{region}.con.qa") or DEFAULT_REGION
        return with_path(fields.base_url(), _API_PATH) or base_url(region=region)
