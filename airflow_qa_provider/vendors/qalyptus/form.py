"""How connections of Qalyptus Cloud are read."""

from __future__ import annotations

from typing_extensions import override

from airflow_qa_provider.rest.connection import ConnectionFields, ConnectionForm, names_of
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.qalyptus.client.dialect import Dialect
from airflow_qa_provider.vendors.qalyptus.client.routes import BASE_PATH


class QalyptusForm(ConnectionForm[QalyptusClient]):
    """``password`` is the API key. An empty host is made of the extra's ``tenant``."""

    client_class = QalyptusClient
    host_label = "API base URL (or Tenant below)"
    host_placeholder = "https://{tenant}.qalyptus.net/api/v1"
    own_fields = {  # noqa: RUF012 - read only
        "tenant": {"label": "Tenant", "description": "Name before .qalyptus.net; used when the base URL is empty."},
        "report_id": {"label": "Report", "description": "Id of the report that tasks generate which name no other."},
        "qalyptus_task_id": {
            "label": "Task",
            "description": "Id of the task to run where none is named.",
        },
    }
    option_names = names_of(Dialect)
    option_help = (
        "Status words and field names",
        'What the public docs leave open, such as {"succeeded": ["completed"]}.',
    )

    @override
    def base_url_from(self, fields: ConnectionFields) -> str:
        tenant = fields.host_label("tenant", "{tenant}.qalyptus.net")
        return fields.base_url(f"https://{tenant}.qalyptus.net{BASE_PATH}" if tenant else "")
