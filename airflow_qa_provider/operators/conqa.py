"""Operators of CONQA."""

from __future__ import annotations

from typing import Any

from airflow_qa_provider.operators.generic import VendorOperator


class ConqaOperator(VendorOperator):
    """Calls one operation of the CONQA API, such as ``milestones.upsert``.

    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.operators.generic.VendorOperator`.
    """

    vendor = "conqa"
    ui_color = "#fdf0d9"

    def __init__(self, *, conqa_conn_id: str = "conqa_default", **kwargs: Any) -> None:
        super().__init__(conn_id=conqa_conn_id, **kwargs)
