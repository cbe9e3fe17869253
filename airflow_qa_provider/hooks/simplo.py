"""Hook of Simplo IS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from airflow_qa_provider.bases.hook import VendorHook

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.simplo.client import SimploClient


class SimploHook(VendorHook):
    """Gives the :class:`~airflow_qa_provider.vendors.simplo.client.SimploClient` of a ``simplo`` connection.

    ``host`` is the host of the installation, with or without ``/api/v0``; ``password`` is the token of a user. The
    extra's ``simplo`` says how the token is sent and what the query parameters are called, see
    :class:`~airflow_qa_provider.vendors.simplo.client.dialect.Dialect`.

    :param simplo_conn_id: Id of the Airflow connection.
    """

    conn_name_attr = "simplo_conn_id"
    default_conn_name = "simplo_default"
    conn_type = "simplo"
    hook_name = "Simplo IS"

    def __init__(self, simplo_conn_id: str = default_conn_name) -> None:
        super().__init__(simplo_conn_id)

    @override
    def get_conn(self) -> SimploClient:
        client: SimploClient = super().get_conn()
        return client
