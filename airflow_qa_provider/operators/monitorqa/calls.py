"""The operator for any call of the MonitorQA API."""

from __future__ import annotations

from typing import Any

from airflow_qa_provider.bases.calling import VendorOperator


class MonitorQAOperator(VendorOperator):
    """Calls one operation of the MonitorQA API, such as ``users.list``.

    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.calling.VendorOperator`.
    """

    vendor = "monitorqa"
    ui_color = "#e3f4ea"

    def __init__(self, *, monitorqa_conn_id: str = "monitorqa_default", **kwargs: Any) -> None:
        super().__init__(conn_id=monitorqa_conn_id, **kwargs)
