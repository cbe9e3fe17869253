"""Hook of MonitorQA."""

from __future__ import annotations

from airflow_qa_provider.bases.hook import VendorHook
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.monitorqa.client.client import BASE_URL


class MonitorQAHook(VendorHook[MonitorQAClient]):
    """Gives the :class:`~airflow_qa_provider.vendors.monitorqa.client.MonitorQAClient` of a ``monitorqa`` connection.

    ``password`` is the API key of Settings > Integration; ``host`` may stay empty for the public API.

    :param monitorqa_conn_id: Id of the Airflow connection.
    """

    conn_name_attr = "monitorqa_conn_id"
    default_conn_name = "monitorqa_default"
    conn_type = "monitorqa"
    hook_name = "MonitorQA"
    client_class = MonitorQAClient
    default_base_url = BASE_URL

    def __init__(self, monitorqa_conn_id: str = default_conn_name) -> None:
        super().__init__(monitorqa_conn_id)
