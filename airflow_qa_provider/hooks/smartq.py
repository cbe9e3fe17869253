"""Hook of smartQ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from airflow_qa_provider.bases.hook import VendorHook

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.client import SmartQClient


class SmartQHook(VendorHook):
    """Gives the :class:`~airflow_qa_provider.vendors.smartq.client.SmartQClient` of a ``smartq`` connection.

    ``login`` and ``password`` are those of a user, ``login`` being an e-mail address. The API access key of Options >
    API stands in the extra's ``api_key``, a name that Airflow masks; ``client_id``, smartQ's own name for it, is read
    in the extra's ``smartq``, where Airflow's UI and REST API show it. ``host`` is
    ``https://{account}.smartqweb.com/api/v1``; with an empty host the extra's ``account`` makes it. The extra's
    ``smartq`` replaces names and habits, see :class:`~airflow_qa_provider.vendors.smartq.client.dialect.Dialect`.

    :param smartq_conn_id: Id of the Airflow connection.
    """

    conn_name_attr = "smartq_conn_id"
    default_conn_name = "smartq_default"
    conn_type = "smartq"
    hook_name = "smartQ"

    def __init__(self, smartq_conn_id: str = default_conn_name) -> None:
        super().__init__(smartq_conn_id)

    @override
    def get_conn(self) -> SmartQClient:
        client: SmartQClient = super().get_conn()
        return client
