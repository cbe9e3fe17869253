"""How connections of MonitorQA are read."""

from __future__ import annotations

from airflow_qa_provider.rest.connection import ConnectionForm
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.monitorqa.client.client import BASE_URL


class MonitorQAForm(ConnectionForm[MonitorQAClient]):
    """``password`` is the API key of Settings > Integration; ``host`` may stay empty for the public API."""

    client_class = MonitorQAClient
    default_base_url = BASE_URL
    host_label = "API base URL (optional)"
    host_placeholder = "https://api-external.monitorqa.com (the default)"
    own_fields = {  # noqa: RUF012 - read only
        "template_id": {"label": "Template", "description": "Id of the template that tasks use which name no other."},
        "audit_object_id": {
            "label": "Audit object",
            "description": "Id of the object that tasks audit which name no other.",
        },
        "webhook_token": {
            "label": "Token of the webhook",
            "description": "Last part of the address that the vendor's webhook calls, 16 characters or more.",
            "format": "password",
        },
    }
