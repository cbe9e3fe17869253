"""Hook of Simplo IS."""

from __future__ import annotations

from airflow_qa_provider.bases.hook import VendorHook, names_of
from airflow_qa_provider.rest.connection import Fields
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.simplo.client.client import base_url
from airflow_qa_provider.vendors.simplo.client.dialect import Dialect


class SimploHook(VendorHook[SimploClient]):
    """Gives the :class:`~airflow_qa_provider.vendors.simplo.client.SimploClient` of a connection of type ``simplo``.

    ``host`` is the host of the installation, with or without ``/api/v0``; ``password`` is the token of a user. The
    extra's ``simplo`` says how the token is sent and what the query parameters are called, see
    :class:`~airflow_qa_provider.vendors.simplo.client.dialect.Dialect`.

    :param simplo_conn_id: Id of the Airflow connection.
    """

    conn_name_attr = "simplo_conn_id"
    default_conn_name = "simplo_default"
    conn_type = "simplo"
    hook_name = "Simplo IS"
    client_class = SimploClient
    option_names = names_of(Dialect)

    def __init__(self, simplo_conn_id: str = default_conn_name) -> None:
        super().__init__(simplo_conn_id)

    @classmethod
    def base_url_from(cls, fields: Fields) -> str:
        """Return the host with the API's path.

        :param fields: Fields of the connection.
        """
        host = fields.base_url()
        return base_url(host) if host else ""
