"""What all hooks share: reading a connection, making the client, proving that it works."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from airflow.providers.common.compat.sdk import AirflowException, BaseHook, Connection

from airflow_qa_provider.exceptions import QAConfigurationError
from airflow_qa_provider.rest.client import VendorClient
from airflow_qa_provider.rest.connection import COMMON_FIELDS, Fields
from airflow_qa_provider.rest.diagnosis import Diagnosis, diagnose, diagnosis_of_settings
from airflow_qa_provider.rest.settings import ClientSettings

ClientT = TypeVar("ClientT", bound=VendorClient)


class VendorHook(BaseHook, Generic[ClientT]):
    """Base of the vendors' hooks.

    Reads ``host`` (base URL), ``password`` (key or token) and these names of the connection's extra:
    ``connect_timeout`` and ``read_timeout`` in seconds, ``retries``, ``max_retry_wait`` in seconds,
    ``poll_interval`` in seconds, ``requests_per_minute``, ``page_size``, ``verify`` (boolean), ``ca_path``, ``routes``,
    and the vendor's own settings under the vendor's name. Other names of the extra are the DAG author's, unless they
    look like a misspelt one of these.

    :param conn_id: Id of the Airflow connection.
    """

    client_class: ClassVar[type[VendorClient]]
    default_base_url: ClassVar[str] = ""
    own_fields: ClassVar[tuple[str, ...]] = ()
    """Names in the extra beside the common ones."""
    option_names: ClassVar[tuple[str, ...]] = ()
    """Names in the vendor's object in the extra."""

    def __init__(self, conn_id: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn_id = conn_id
        self._client: ClientT | None = None

    def get_conn(self) -> ClientT:
        """Return the client of the connection; the same one for the life of the hook.

        :raises QAConfigurationError: The connection cannot work; the message names the field.
        """
        if self._client is None:
            self._client = self.client_from(self.get_connection(self.conn_id))
        return self._client

    def test_connection(self) -> tuple[bool, str]:
        """Prove the connection with one authenticated read.

        :return: Whether it works, and what was seen, or what is wrong and what to change.
        """
        found = self.diagnose()
        return found.ok, str(found)

    def diagnose(self) -> Diagnosis:
        """Find out whether the connection works, with one authenticated read that is not repeated."""
        try:
            connection = self.get_connection(self.conn_id)
        except AirflowException:
            problem = f"There is no connection {self.conn_id!r}"
            return Diagnosis(False, "no_connection", problem, "Create it, or correct the id in the DAG")
        return self.diagnose_connection(connection)

    @classmethod
    def diagnose_connection(cls, connection: Connection) -> Diagnosis:
        """Find out whether a connection that was already read works.

        :param connection: An Airflow connection.
        """
        try:
            client = cls.client_from(connection)
        except QAConfigurationError as error:
            return diagnosis_of_settings(error)
        with client:
            return diagnose(client)

    @classmethod
    def client_from(cls, connection: Connection) -> ClientT:
        """Return the client for a connection that was already read.

        :param connection: An Airflow connection.
        :raises QAConfigurationError: The connection cannot work; the message names the field.
        """
        settings = cls.settings_from(connection)
        cls.check(Fields(connection, cls.client_class.vendor), settings)
        client: ClientT = cls.client_class(settings)  # type: ignore[assignment]
        return client

    @classmethod
    def settings_from(cls, connection: Connection) -> ClientSettings:
        """Return the client settings for a connection.

        :param connection: An Airflow connection.
        :raises QAConfigurationError: A field cannot be read; the message names it.
        """
        vendor = cls.client_class.vendor
        fields = Fields(connection, vendor)
        fields.check_names({*COMMON_FIELDS, *cls.own_fields, vendor}, cls.option_names)
        return ClientSettings(
            base_url=cls.base_url_from(fields),
            token=cls.token_from(connection),
            verify=fields.verify(),
            routes=fields.object("routes"),
            options=cls.options_from(fields),
            connection_id=connection.conn_id,
            download_hosts=fields.words("download_hosts"),
            **fields.numbers(),
        )

    @classmethod
    def base_url_from(cls, fields: Fields) -> str:
        """Return the base URL: the host field, with scheme, port and schema where they are given apart.

        :param fields: Fields of the connection.
        """
        return fields.base_url(cls.default_base_url)

    @classmethod
    def token_from(cls, connection: Connection) -> str:
        """Return the key or token: the password field, without the blanks that copying leaves around it.

        :param connection: An Airflow connection.
        """
        return (connection.password or "").strip()

    @classmethod
    def options_from(cls, fields: Fields) -> Mapping[str, Any]:
        """Return the vendor's own settings.

        :param fields: Fields of the connection.
        """
        return fields.object(cls.client_class.vendor)

    @classmethod
    def check(cls, fields: Fields, settings: ClientSettings) -> None:
        """Find what is missing, before the client looks at the rest.

        :param fields: Fields of the connection.
        :param settings: What was read from them.
        :raises ConnectionFieldError: Something is missing, or a route cannot be overridden like that.
        """
        if not settings.base_url:
            hint = f"Set it to the API base URL, normally {cls.client_class.usual_base_url}"
            raise fields.refused("missing_host", "the host is empty", hint)
        if not settings.token:
            raise fields.refused("missing_key", "there is no API key or token", "Put it into the password field")
        try:
            cls.client_class.routes.overridden(settings.routes)
        except QAConfigurationError as error:
            hint = error.hint or f"`airflow-qa routes list --vendor {cls.client_class.vendor}` shows the routes"
            raise fields.refused("bad_route", error.message, hint) from None


def names_of(dialect: type[Any]) -> tuple[str, ...]:
    """Return the names that a connection can set in a vendor's dialect.

    :param dialect: A dataclass.
    """
    return tuple(field.name for field in dataclasses.fields(dialect))
