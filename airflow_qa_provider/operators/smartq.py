"""Operators of smartQ."""

from __future__ import annotations

from typing import Any

from airflow_qa_provider.operators.generic import VendorOperator


class SmartQOperator(VendorOperator):
    """Calls one operation of the smartQ API, such as ``tickets.create``.

    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.operators.generic.VendorOperator`.
    """

    vendor = "smartq"
    ui_color = "#e2f3f8"

    def __init__(self, *, smartq_conn_id: str = "smartq_default", **kwargs: Any) -> None:
        super().__init__(conn_id=smartq_conn_id, **kwargs)
