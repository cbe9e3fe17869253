"""What all hooks share: reading a connection, making the client, proving that it works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowException, BaseHook

if TYPE_CHECKING:
    from airflow_qa_provider.rest.diagnosis import Diagnosis


class VendorHook(BaseHook):
    """Base of the vendors' hooks: the client of a connection, whose type is the vendor's name.

    How the connection is read is said by the vendor's form, see
    :class:`~airflow_qa_provider.rest.connection.ConnectionForm`.

    :param conn_id: Id of the Airflow connection.
    """

    conn_type: str

    def __init__(self, conn_id: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn_id = conn_id
        self._client: Any = None

    def get_conn(self) -> Any:
        """Return the client of the connection; the same one for the life of the hook.

        :raises QAConfigurationError: The connection cannot work; the message names the field.
        """
        from airflow_qa_provider.vendors.connect import client_of

        if self._client is None:
            self._client = client_of(self.conn_type, self.get_connection(self.conn_id))
        return self._client

    def test_connection(self) -> tuple[bool, str]:
        """Prove the connection with one authenticated read.

        :return: Whether it works, and what was seen, or what is wrong and what to change.
        """
        found = self.diagnose()
        return found.ok, str(found)

    def diagnose(self) -> Diagnosis:
        """Find out whether the connection works, with one authenticated read that is not repeated."""
        from airflow_qa_provider.rest.diagnosis import Diagnosis
        from airflow_qa_provider.vendors.connect import diagnosis_of

        try:
            connection = self.get_connection(self.conn_id)
        except AirflowException:
            problem = f"There is no connection {self.conn_id!r}"
            return Diagnosis(False, "no_connection", problem, "Create it, or correct the id in the DAG")
        return diagnosis_of(self.conn_type, connection)
