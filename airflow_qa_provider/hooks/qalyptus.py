"""Hook of Qalyptus Cloud."""

from __future__ import annotations

import tenacity

from airflow_qa_provider.bases.hook import VendorHook, names_of
from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.rest.connection import Fields
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.qalyptus.client.dialect import Dialect
from airflow_qa_provider.vendors.qalyptus.client.routes import BASE_PATH
from airflow_qa_provider.vendors.qalyptus.task_runs import listed_runs

_SECONDS_TO_SHOW_UP = 30


class QalyptusHook(VendorHook[QalyptusClient]):
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
    client_class = QalyptusClient
    own_fields = ("tenant",)
    option_names = names_of(Dialect)

    def __init__(self, qalyptus_conn_id: str = default_conn_name) -> None:
        super().__init__(qalyptus_conn_id)

    @classmethod
    def base_url_from(cls, fields: Fields) -> str:
        """Return the host, or the public address of the extra's ``tenant``.

        :param fields: Fields of the connection.
        """
        tenant = fields.host_label("tenant", "{tenant}.qalyptus.net")
        return fields.base_url(f"https://{tenant}.qalyptus.net{BASE_PATH}" if tenant else "")

    def run_task(self, task_id: str) -> str:
        """Run a task and return the id of the run that this started.

        The docs show no answer of "Run". When it holds no id, the run is found in the status list: the one of this task
        that was not there before. Every call runs the task once more; a retry of ``QalyptusRunTaskOperator`` does not.

        :param task_id: UUID of the task.
        :raises QAResponseError: The run was started but cannot be told from others, or does not show up.
        """
        client = self.get_conn()
        before = self._runs_of(task_id)
        run_id = client.tasks.run(task_id)
        return run_id if run_id is not None else self._new_run(task_id, before)

    def _new_run(self, task_id: str, before: set[str]) -> str:
        lookup_timeouts = tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda runs: not runs),
            stop=tenacity.stop_after_delay(_SECONDS_TO_SHOW_UP),
            wait=tenacity.wait_exponential(multiplier=0.5, max=5),
            retry_error_callback=lambda state: set(),
        )
        new: set[str] = lookup_timeouts(lambda: self._runs_of(task_id) - before)
        if len(new) == 1:
            return new.pop()
        found = f"{len(new)} new runs {sorted(new)} are" if new else "no new run is"
        raise QAResponseError(
            f"the answer holds no id, and {found} in the status list of task {task_id}",
            vendor="qalyptus",
            operation="tasks.run",
            object_id=task_id,
            outcome="The task was started",
            hint=(
                "Look at its status in Qalyptus before you run it again. If runs are listed under on-demand requests, "
                'set {"qalyptus": {"task_runs": "on_demand"}} in the extra of the connection'
            ),
        )

    def _runs_of(self, task_id: str) -> set[str]:
        client = self.get_conn()
        dialect = client.dialect
        ids = (dialect.find_id(row) for row in listed_runs(client) if dialect.task_id_of(row) == task_id)
        return {run_id for run_id in ids if run_id}
