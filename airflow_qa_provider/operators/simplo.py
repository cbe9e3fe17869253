"""Operators of Simplo IS."""

from __future__ import annotations

from typing import Any

from airflow_qa_provider.operators.generic import VendorOperator


class SimploOperator(VendorOperator):
    """Calls one operation of the Simplo IS API, such as ``reports.list``.

    :param simplo_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.operators.generic.VendorOperator`.
    """

    vendor = "simplo"
    ui_color = "#f9e3ee"

    def __init__(self, *, simplo_conn_id: str = "simplo_default", **kwargs: Any) -> None:
        super().__init__(conn_id=simplo_conn_id, **kwargs)
