"""Hook of CONQA."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from airflow_qa_provider.bases.hook import VendorHook

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.conqa.client import ConqaClient


class ConqaHook(VendorHook):
    """Gives the :class:`~airflow_qa_provider.vendors.conqa.client.ConqaClient` of a ``conqa`` connection.

    ``password`` is the token of a user, made in the user settings of CONQA Console. ``host`` may stay empty: the
    extra's ``region``, ``oceania`` by default, makes it. The extra's ``conqa`` replaces names, see
    :class:`~airflow_qa_provider.vendors.conqa.client.dialect.Dialect`.

    :param conqa_conn_id: Id of the Airflow connection.
    """

    conn_name_attr = "conqa_conn_id"
    default_conn_name = "conqa_default"
    conn_type = "conqa"
    hook_name = "CONQA"

    def __init__(self, conqa_conn_id: str = default_conn_name) -> None:
        super().__init__(conqa_conn_id)

    @override
    def get_conn(self) -> ConqaClient:
        client: ConqaClient = super().get_conn()
        return client
