"""From a connection to the vendor's client."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Hashable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow_qa_provider.exceptions import QAConfigurationError, QAValidationError
from airflow_qa_provider.rest.connection import ConnectionFields
from airflow_qa_provider.rest.diagnosis import Diagnosis, diagnose, diagnosis_of_settings
from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.vendors import vendor_named

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from airflow_qa_provider.rest.sessions import SessionStore

_KEY_SECONDS = 1.0
_KEYS: dict[tuple[str, str], tuple[float, Hashable]] = {}


class Connected:
    """A connection for the length of one execution: read once, and one client, each when it is needed first.

    :param vendor: Vendor in lower case.
    :param conn_id: Id of the Airflow connection.
    :param sessions: Where tasks keep what a sign-in has brought; ``None`` to share it with this process only.
    """

    def __init__(self, vendor: str, conn_id: str, sessions: SessionStore | None = None) -> None:
        self._vendor = vendor
        self._conn_id = conn_id
        self._sessions = sessions

    @cached_property
    def connection(self) -> Connection:
        """The connection. Read with a blocking call: on an event loop, ask for it in a thread."""
        from airflow.providers.common.compat.sdk import BaseHook

        return BaseHook.get_connection(self._conn_id)

    @cached_property
    def client(self) -> Any:
        """The client.

        :raises QAConfigurationError: The connection cannot work.
        """
        client = client_of(self._vendor, self.connection)
        client.share_session(self._sessions)
        return client

    def with_defaults(self, values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
        """Return arguments with the ids that the connection has for those that are not given.

        Reads the connection only where one is missing.

        :param values: Name of the argument to what is given; ``None`` where nothing is. What a template makes of
            nothing, such as ``"None"``, stays, and is refused where it is read.
        :param names: Arguments that the connection may name.
        :raises QAConfigurationError: The connection's extra cannot be read.
        """
        # only what the author left out: a template that came out empty must not lead to another project
        missing = [name for name in names if values.get(name) is None]
        if not missing:
            return dict(values)
        extra = ConnectionFields(self.connection, self._vendor).extra
        return {**values, **{name: extra[name] for name in missing if is_given(extra.get(name))}}

    def below_folder(self, place: Any, storage_conn_id: str | None = None) -> Any:
        """Return where a file or folder lies that is named by a relative path: below the folder of the connection.

        :param place: Path, URI or ``ObjectStoragePath``; only relative texts are looked at.
        :param storage_conn_id: Id of the connection of the object storage.
        :raises QAConfigurationError: The extra of a connection cannot be read.
        :raises QAValidationError: The path leads out of the folder.
        """
        if not isinstance(place, str) or "://" in place or place.startswith("/") or place.strip() in ("", "None"):
            return place
        folder = self.folder(storage_conn_id)
        if folder is None:
            return place
        if ".." in place.split("/"):
            raise QAValidationError(
                f"{place!r} leads out of the folder {folder}", vendor=self._vendor, outcome="Nothing was sent"
            )
        return f"{folder.rstrip('/')}/{place}"

    def folder(self, storage_conn_id: str | None = None) -> str | None:
        """Return the folder that connections name for files, ``None`` where they name none.

        It is ``folder`` in the extra of the storage's connection, or ``path`` as Airflow's own connections of files
        have it; else ``folder`` in that of the vendor's connection. Without any, a relative path is one of the worker.

        :param storage_conn_id: Id of the connection of the object storage, which goes first.
        :raises QAConfigurationError: The extra of a connection cannot be read.
        """
        return self._folder(storage_conn_id)[0] or None

    def page_of(self, uri: str, storage_conn_id: str | None = None) -> str | None:
        """Return the address under which people find a file of the folder.

        :param uri: Where the file is stored.
        :param storage_conn_id: Id of the connection of the object storage.
        :return: ``None`` where the connection that names the folder names no ``folder_url``, or the file is elsewhere.
        :raises QAConfigurationError: The extra of a connection cannot be read.
        """
        folder, url = self._folder(storage_conn_id)
        below = f"{_place(folder, storage_conn_id).rstrip('/')}/"
        place = _place(uri, storage_conn_id)
        if not folder or not url or not place.startswith(below):
            return None
        return f"{url.rstrip('/')}/{quote(place.removeprefix(below))}"

    def _folder(self, storage_conn_id: str | None) -> tuple[str, str]:
        """Return the folder and its address, from the one connection that names the folder."""
        from airflow.providers.common.compat.sdk import BaseHook

        if storage_conn_id:
            storage = ConnectionFields(BaseHook.get_connection(storage_conn_id), self._vendor)
            named = storage.text("folder") or storage.text("path")
            if named:
                return named, storage.text("folder_url")
        own = ConnectionFields(self.connection, self._vendor)
        return own.text("folder"), own.text("folder_url")

    def close(self) -> None:
        """Close the client, if there is one."""
        if "client" in vars(self):
            self.client.close()


def _place(text: str, conn_id: str | None) -> str:
    """Return a path or URI to be compared: a local path without scheme, another without the name of its connection."""
    scheme, mark, rest = text.rpartition("://")
    if scheme in ("", "file", "local"):
        return rest
    return f"{scheme}{mark}{rest.removeprefix(f'{conn_id}@')}"


def client_for(vendor: str, conn_id: str) -> Any:
    """Return the client of a connection.

    Reads the connection with a blocking call: on an event loop, call it in a thread.

    :param vendor: Vendor in lower case.
    :param conn_id: Id of the Airflow connection.
    :raises QAConfigurationError: The connection cannot work; the message names the field.
    """
    from airflow.providers.common.compat.sdk import BaseHook

    return client_of(vendor, BaseHook.get_connection(conn_id))


def client_of(vendor: str, connection: Connection) -> Any:
    """Return the client of a connection that was read already. The secrets in it are masked in logs.

    :param vendor: Vendor in lower case.
    :param connection: An Airflow connection.
    :raises QAConfigurationError: The connection cannot work; the message names the field.
    """
    from airflow.sdk.log import mask_secret

    record = vendor_named(vendor)
    client = record.form().client_from(connection)
    for name in record.client.secret_options:
        # Airflow masks what has a telling name; what a vendor calls its keys need not have one
        if client.settings.options.get(name):
            mask_secret(str(client.settings.options[name]))
    return client


def polling_client(vendor: str, conn_id: str) -> Any:
    """Return a client that asks once and leaves the pace to whoever waits.

    Reads the connection with a blocking call: on an event loop, call it in a thread.

    :param vendor: Vendor in lower case.
    :param conn_id: Id of the Airflow connection.
    :raises QAConfigurationError: The connection cannot work.
    """
    client = client_for(vendor, conn_id)
    client.share_session(None)
    return client.without_retries()


def connection_key(vendor: str, conn_id: str) -> Hashable:
    """Return what is the same for connections that lead to the same account in the same way, whatever their ids are.

    One that cannot be read has a key of its own. Reads the connection, at most once a second: on an event loop, call it
    in a thread.

    :param vendor: Vendor in lower case.
    :param conn_id: Id of the Airflow connection.
    """
    now = time.monotonic()
    read = _KEYS.get((vendor, conn_id))
    if read is None or read[0] < now - _KEY_SECONDS:
        read = _KEYS[vendor, conn_id] = (now, _read_key(vendor, conn_id))
    return read[1]


def _read_key(vendor: str, conn_id: str) -> Hashable:
    from airflow.providers.common.compat.sdk import BaseHook

    try:
        one = BaseHook.get_connection(conn_id)
    # a secrets backend may raise anything; whoever polls meets it again, and says it
    except Exception:
        return (vendor, "unreadable", conn_id)
    content = repr((one.host, one.schema, one.login, one.password, one.port, one.extra))
    # a digest, for keys are kept and may be shown
    return (vendor, hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest())


def diagnosis_of(vendor: str, connection: Connection) -> Diagnosis:
    """Find out whether a connection works, with one authenticated read that is not repeated.

    :param vendor: Vendor in lower case.
    :param connection: An Airflow connection.
    """
    try:
        client = client_of(vendor, connection)
    except QAConfigurationError as error:
        return diagnosis_of_settings(error)
    with client:
        return diagnose(client)
