"""Hook of MonitorQA."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from airflow_qa_provider.bases.hook import VendorHook

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient


class MonitorQAHook(VendorHook):
    """Gives the :class:`~airflow_qa_provider.vendors.monitorqa.client.MonitorQAClient` of a ``monitorqa`` connection.

    ``password`` is the API key of Settings > Integration; ``host`` may stay empty for the public API.

    :param monitorqa_conn_id: Id of the Airflow connection.
    """

    conn_name_attr = "monitorqa_conn_id"
    default_conn_name = "monitorqa_default"
    conn_type = "monitorqa"
    hook_name = "MonitorQA"

    def __init__(self, monitorqa_conn_id: str = default_conn_name) -> None:
        super().__init__(monitorqa_conn_id)

    @override
    def get_conn(self) -> MonitorQAClient:
        client: MonitorQAClient = super().get_conn()
        return client
