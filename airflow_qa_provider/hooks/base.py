"""What all hooks share: reading a connection, making the client, proving that it works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from airflow.providers.common.compat.sdk import BaseHook, Connection

from airflow_qa_provider.clients.base import VendorClient
from airflow_qa_provider.clients.settings import ClientSettings
from airflow_qa_provider.exceptions import QAConfigurationError, QAError

ClientT = TypeVar("ClientT", bound=VendorClient)

_NUMBERS: dict[str, type[int] | type[float]] = {
    "connect_timeout": float,
    "read_timeout": float,
    "retries": int,
    "max_retry_wait": float,
    "poll_interval": float,
    "requests_per_minute": int,
    "page_size": int,
}


class VendorHook(BaseHook, Generic[ClientT]):
    """Base of the vendors' hooks.

    Reads ``host`` (base URL), ``password`` (key or token) and these names of the connection's extra:
    ``connect_timeout`` and ``read_timeout`` in seconds, ``retries``, ``max_retry_wait`` in seconds,
    ``requests_per_minute``, ``page_size``, ``verify`` (boolean), ``ca_path``, ``routes``, and the vendor's own
    settings under the vendor's name.

    :param conn_id: Id of the Airflow connection.
    """

    client_class: ClassVar[type[VendorClient]]
    default_base_url: ClassVar[str | None] = None

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

        :return: Whether it works, and what was seen or what is wrong.
        """
        try:
            with self.get_conn().without_retries() as client:
                return True, f"{client.title} answered: {client.ping()}"
        except QAError as error:
            return False, str(error)

    @classmethod
    def client_from(cls, connection: Connection) -> ClientT:
        """Return the client for a connection that was already read.

        :param connection: An Airflow connection.
        :raises QAConfigurationError: The connection cannot work; the message names the field.
        """
        client: ClientT = cls.client_class(cls.settings_from(connection))  # type: ignore[assignment]
        return client

    @classmethod
    def settings_from(cls, connection: Connection) -> ClientSettings:
        """Return the client settings for a connection.

        :param connection: An Airflow connection.
        :raises QAConfigurationError: A field of the extra cannot be read.
        """
        extra = connection.extra_dejson
        return ClientSettings(
            base_url=cls.base_url_from(connection, extra),
            token=(connection.password or "").strip(),
            verify=_verify(extra),
            routes=extra.get("routes") or {},
            options=extra.get(cls.client_class.vendor) or {},
            connection_id=connection.conn_id,
            **_numbers(extra, connection.conn_id, cls.client_class.vendor),
        )

    @classmethod
    def base_url_from(cls, connection: Connection, extra: Mapping[str, Any]) -> str:
        """Return the base URL: the host field, with scheme, port and schema where they are given apart.

        :param connection: An Airflow connection.
        :param extra: Its extra.
        """
        host = (connection.host or cls.default_base_url or "").strip().rstrip("/")
        if not host:
            return ""
        if "://" not in host:
            # a connection URI splits https://h:8443 into schema, host and port
            scheme = connection.schema if connection.schema in ("http", "https") else "https"
            host = f"{scheme}://{host}"
        if connection.port and f":{connection.port}" not in host:
            scheme, _, rest = host.partition("://")
            name, slash, path = rest.partition("/")
            host = f"{scheme}://{name}:{connection.port}{slash}{path}"
        return host


def _verify(extra: Mapping[str, Any]) -> bool | str:
    if extra.get("ca_path"):
        return str(extra["ca_path"])
    verify = extra.get("verify", True)
    return str(verify).strip().lower() not in ("false", "0", "no", "off")


def _numbers(extra: Mapping[str, Any], conn_id: str | None, vendor: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in _NUMBERS.items():
        value = extra.get(name)
        if value in (None, ""):
            continue
        try:
            found[name] = kind(value)
        except (TypeError, ValueError):
            raise QAConfigurationError(
                f"connection {conn_id!r}: extra.{name} must be a number, got {value!r}",
                vendor=vendor,
                outcome="Nothing was sent",
            ) from None
    return found
