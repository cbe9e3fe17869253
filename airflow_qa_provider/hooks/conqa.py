"""Hook of CONQA."""

from __future__ import annotations

from airflow_qa_provider.bases.hook import VendorHook, names_of
from airflow_qa_provider.rest.connection import Fields, with_path
from airflow_qa_provider.vendors.conqa.client import ConqaClient
from airflow_qa_provider.vendors.conqa.client.client import DEFAULT_REGION, base_url
from airflow_qa_provider.vendors.conqa.client.dialect import Dialect

_API_PATH = "/api-v1"


class ConqaHook(VendorHook[ConqaClient]):
    """Gives the :class:`~airflow_qa_provider.vendors.conqa.client.ConqaClient` of a connection of type ``conqa``.

    ``password`` is the token of a user, made in the user settings of CONQA Console. ``host`` may stay empty: the
    extra's ``region``, ``oceania`` by default, makes it. The extra's ``conqa`` replaces names, see
    :class:`~airflow_qa_provider.vendors.conqa.client.dialect.Dialect`.

    :param conqa_conn_id: Id of the Airflow connection.
    """

    conn_name_attr = "conqa_conn_id"
    default_conn_name = "conqa_default"
    conn_type = "conqa"
    hook_name = "CONQA"
    client_class = ConqaClient
    own_fields = ("region",)
    option_names = names_of(Dialect)

    def __init__(self, conqa_conn_id: str = default_conn_name) -> None:
        super().__init__(conqa_conn_id)

    @classmethod
    def base_url_from(cls, fields: Fields) -> str:
        """Return the host, with the API's path where it has none, or the address of the extra's ``region``.

        :param fields: Fields of the connection.
        """
        region = fields.host_label("region", "api-{region}.con.qa") or DEFAULT_REGION
        return with_path(fields.base_url(), _API_PATH) or base_url(region=region)
