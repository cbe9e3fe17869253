"""Hook of Qalyptus Cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from airflow_qa_provider.bases.hook import VendorHook

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient


class QalyptusHook(VendorHook):
    """Gives the :class:`~airflow_qa_provider.vendors.qalyptus.client.QalyptusClient` of a ``qalyptus`` connection.

    ``password`` is the API key. ``host`` is the base URL, ``https://{tenant}.qalyptus.net/api/v1``; with an empty host
    the extra's ``tenant`` makes it. The extra's ``qalyptus`` replaces status words and field names, see
    :class:`~airflow_qa_provider.vendors.qalyptus.client.dialect.Dialect`.

    :param qalyptus_conn_id: Id of the Airflow connection.
    """

    conn_name_attr = "qalyptus_conn_id"
    default_conn_name = "qalyptus_default"
    conn_type = "qalyptus"
    hook_name = "Qalyptus Cloud"

    def __init__(self, qalyptus_conn_id: str = default_conn_name) -> None:
        super().__init__(qalyptus_conn_id)

    @override
    def get_conn(self) -> QalyptusClient:
        client: QalyptusClient = super().get_conn()
        return client

    def run_task(self, task_id: str) -> str:
        """Run a task and return the id of the run that this started.

        The docs show no answer of "Run". When it holds no id, the run is found in the status list: the one of this task
        that was not there before. Every call runs the task once more; a retry of ``QalyptusRunTaskOperator`` does not.

        :param task_id: UUID of the task.
        :raises QAResponseError: The run was started but cannot be told from others, or does not show up.
        """
        from airflow_qa_provider.vendors.qalyptus.task_runs import run_and_find

        return run_and_find(self.get_conn(), task_id)
