"""Reading the fields of a connection, and saying which one is wrong."""

from __future__ import annotations

import dataclasses
import difflib
import json
import os
import re
from collections.abc import Collection, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from airflow_qa_provider.exceptions import QAConfigurationError
from airflow_qa_provider.rest.clean_json import parsed
from airflow_qa_provider.rest.client import VendorClient
from airflow_qa_provider.rest.common_fields import COMMON_FIELDS, COMMON_FORM
from airflow_qa_provider.rest.settings import ClientSettings

if TYPE_CHECKING:
    from airflow.sdk import Connection

ClientT = TypeVar("ClientT", bound=VendorClient)

_NUMBERS: dict[str, type[int] | type[float]] = {
    name: int if one["type"] == "integer" else float
    for name, one in COMMON_FORM.items()
    if one.get("type") in ("integer", "number")
}

_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
_SIMILAR = 0.85  # tells read_timout from tenant_id
_USUAL_PORTS = {"https": 443, "http": 80}
_HOST_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")


class ConnectionFields:
    """The fields of one connection, read one by one.

    :param connection: An Airflow connection.
    :param vendor: Vendor in lower case, which is also the name of its options in the extra.
    :raises QAConfigurationError: The extra cannot be read at all.
    """

    def __init__(self, connection: Connection, vendor: str) -> None:
        self.connection = connection
        self.vendor = vendor
        self.extra: Mapping[str, Any] = {}
        if connection.extra:
            try:
                readable = isinstance(parsed(connection.extra), dict)
            except ValueError:
                readable = False
            if not readable:
                raise self.refused("bad_extra", "the extra is not a JSON object", 'Write it as {"read_timeout": 60}')
            # Airflow's own reading masks secrets in logs, and takes what is not JSON for empty
            self.extra = connection.extra_dejson

    def refused(self, code: str, problem: str, hint: str) -> QAConfigurationError:
        """Return the error for a field.

        :param code: Kind of mistake, see :mod:`airflow_qa_provider.rest.diagnosis`.
        :param problem: What is wrong, without secrets.
        :param hint: What to change.
        """
        return QAConfigurationError(
            f"connection {self.connection.conn_id!r}: {problem}",
            vendor=self.vendor,
            code=code,
            outcome="Nothing was sent",
            hint=hint,
        )

    def check_names(self, known: Collection[str], options: Collection[str]) -> None:
        """Find names in the extra that were meant for us but are not ours; what a DAG author keeps there is let be.

        :param known: Names that may stand in the extra.
        :param options: Names that may stand in the vendor's object in the extra.
        :raises QAConfigurationError: A name is misspelt, or stands in the wrong place.
        """
        for name in self.extra:
            if name in options and name not in known:
                hint = f'Write {{"{self.vendor}": {{"{name}": ...}}}}'
                raise self.refused("unknown_option", f"extra.{name} belongs into extra.{self.vendor}", hint)
            similar = _nearest(name, known)
            if name not in known and similar:
                raise self.refused(
                    "unknown_option", f"the extra has the unknown name {name!r}", f"Did you mean {similar!r}?"
                )
        unknown = sorted(set(self.object(self.vendor)) - set(options))
        if unknown:
            similar = _nearest(unknown[0], options)
            wanted = f"Did you mean {similar!r}? " if similar else ""
            hint = f"{wanted}Known are {sorted(options)}" if options else f"{self.vendor} has no options: remove it"
            raise self.refused("unknown_option", f"extra.{self.vendor} has unknown names {unknown}", hint)

    def text(self, name: str) -> str:
        """Return a text of the extra, empty when it is not set.

        :param name: Name in the extra.
        """
        value = self.extra.get(name)
        return "" if value is None else str(value).strip()

    def host_label(self, name: str, pattern: str) -> str:
        """Return a text of the extra that becomes part of the host name, empty when it is not set.

        :param name: Name in the extra.
        :param pattern: The host with the name in braces, for the hint.
        :raises QAConfigurationError: It is more than one part of a host name.
        """
        label = self.text(name)
        if label and not _HOST_LABEL.fullmatch(label):
            hint = f"It is the part in braces of {pattern}; put a whole URL into the host field"
            raise self.refused("bad_host", f"extra.{name} must be one word of a host name, got {label!r}", hint)
        return label

    def object(self, name: str) -> dict[str, Any]:
        """Return an object of the extra, which may also be written as a text of JSON.

        :param name: Name in the extra.
        :raises QAConfigurationError: It is something else; the value is not shown, for it may hold a secret.
        """
        value = self.extra.get(name)
        if isinstance(value, str) and value.strip():
            try:
                value = parsed(value)
            except ValueError:
                value = False
        if value in (None, ""):
            return {}
        if not isinstance(value, Mapping):
            code = "bad_route" if name == "routes" else "bad_option"
            hint = f'Write {{"{name}": {{"name": "value"}}}}'
            raise self.refused(code, f"extra.{name} must be an object of names and values", hint)
        return dict(value)

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list of words of the extra, which may also be written as one text with commas; empty when not set.

        :param name: Name in the extra.
        :raises QAConfigurationError: It is something else.
        """
        value = self.extra.get(name)
        if isinstance(value, str):
            text = value.strip()
            value = text.split(",") if not text.startswith("[") else _read(text)
        if value in (None, "", []):
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            hint = f'Write {{"{name}": ["first", "second"]}}'
            raise self.refused("bad_option", f"extra.{name} must be a list of words, got {value!r}", hint)
        return tuple(one.strip() for one in value if one.strip())

    def numbers(self) -> dict[str, Any]:
        """Return the numbers that are set, by name.

        :raises QAConfigurationError: One cannot be read as a number.
        """
        found: dict[str, Any] = {}
        for name, kind in _NUMBERS.items():
            value = self.extra.get(name)
            if value in (None, ""):
                continue
            try:
                found[name] = kind(value)
            except (TypeError, ValueError, OverflowError):
                problem = f"extra.{name} must be a number, got {value!r}"
                raise self.refused("bad_option", problem, "Leave it empty for the default") from None
        if found.get("page_size", 1) < 1:
            raise self.refused("bad_option", "extra.page_size must be at least 1", "Leave it empty for the default")
        return found

    def verify(self) -> bool | str:
        """Return how TLS is verified: yes, no, or with which authorities.

        :raises QAConfigurationError: ``verify`` is no truth value, or ``ca_path`` does not exist.
        """
        ca_path = self.text("ca_path")
        if ca_path and not os.path.exists(ca_path):
            hint = "Install the CA bundle on every machine that runs tasks or triggers, or correct the path"
            raise self.refused("bad_ca_path", f"extra.ca_path {ca_path!r} does not exist on this machine", hint)
        word = (self.text("verify") or "true").lower()
        if word not in (*_TRUE, *_FALSE):
            hint = "The path of a CA bundle goes into extra.ca_path"
            raise self.refused("bad_option", f"extra.verify must be true or false, got {word!r}", hint)
        return ca_path or word in _TRUE

    def base_url(self, default: str = "") -> str:
        """Return the host field as a URL, with scheme and port where they are given apart; empty without one.

        :param default: Taken when the host is empty.
        """
        host = (self.connection.host or default).strip().rstrip("/")
        if not host:
            return ""
        if "://" not in host:
            # a connection URI splits https://h:8443 into schema, host and port
            scheme = self.connection.schema if self.connection.schema in ("http", "https") else "https"
            host = f"{scheme}://{host}"
        scheme, _, rest = host.partition("://")
        name, slash, path = rest.partition("/")
        if name.count(":") > 1 and not name.startswith("["):  # an IPv6 address
            name = f"[{name}]"
            host = f"{scheme}://{name}{slash}{path}"
        usual = _USUAL_PORTS.get(scheme)
        # the usual port stays out: a redirect to the same host without it leads to no other host
        if self.connection.port not in (None, 0, usual) and ":" not in name.rpartition("]")[2]:
            host = f"{scheme}://{name}:{self.connection.port}{slash}{path}"
        return host


class ConnectionForm(Generic[ClientT]):
    """How the connections of a vendor are read: which fields there are, and what becomes of them.

    Reads ``host`` (base URL), ``password`` (key or token), the names of
    :data:`~airflow_qa_provider.rest.common_fields.COMMON_FIELDS` in the connection's extra, and the vendor's own
    settings under the vendor's name. Other names of the extra are the DAG author's, unless they look like a misspelt
    one of these.

    :cvar client_class: The vendor's client.
    :cvar default_base_url: Taken when the host is empty.
    :cvar own_fields: Names in the extra beside the common ones, to what the form of Airflow's UI says of them; one that
        is ``required`` is marked, and asked for first.
    :cvar option_names: Names in the vendor's object in the extra.
    :cvar option_help: Label and description of that object in the form; empty where there are no options.
    :cvar host_label: What the host field is called; says whether it may stay empty.
    :cvar host_placeholder: What stands in the empty host field.
    :cvar secret_label: What the vendor calls what goes into the password field.
    :cvar login_label: What the vendor calls what goes into the login field; empty where there is none.
    """

    client_class: ClassVar[type[VendorClient]]
    default_base_url: ClassVar[str] = ""
    own_fields: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    option_names: ClassVar[tuple[str, ...]] = ()
    option_help: ClassVar[tuple[str, str] | None] = None
    host_label: ClassVar[str] = "API base URL (required)"
    host_placeholder: ClassVar[str] = ""
    secret_label: ClassVar[str] = "API key"  # noqa: S105 - a label
    login_label: ClassVar[str] = ""

    def client_from(self, connection: Connection) -> ClientT:
        """Return the client for a connection.

        :param connection: An Airflow connection.
        :raises QAConfigurationError: The connection cannot work; the message names the field.
        """
        vendor = self.client_class.vendor
        fields = ConnectionFields(connection, vendor)
        fields.check_names({*COMMON_FIELDS, *self.own_fields, vendor}, self.option_names)
        settings = ClientSettings(
            base_url=self.base_url_from(fields),
            token=self.token_from(connection),
            verify=fields.verify(),
            routes=fields.object("routes"),
            options=self.options_from(fields),
            connection_id=connection.conn_id,
            download_hosts=fields.words("download_hosts"),
            **fields.numbers(),
        )
        self.check(fields, settings)
        client: ClientT = self.client_class(settings)  # type: ignore[assignment]
        return client

    def example_client(self) -> ClientT:
        """Return a client of an invented account, to be asked what it can do, and not to be sent anywhere."""
        extra = {name: "key" for name, one in self.own_fields.items() if one.get("required")}
        fields: Any = SimpleNamespace(
            conn_id="example",
            host="https://qa.example.com",
            schema=None,
            login="me@example.com",
            password="key",  # noqa: S106 - invented
            port=None,
            extra=json.dumps(extra),
            extra_dejson=extra,
        )
        return self.client_from(fields)

    def base_url_from(self, fields: ConnectionFields) -> str:
        """Return the base URL: the host field, with scheme, port and schema where they are given apart.

        :param fields: Fields of the connection.
        """
        return fields.base_url(self.default_base_url)

    def token_from(self, connection: Connection) -> str:
        """Return the key or token: the password field, without the blanks that copying leaves around it.

        :param connection: An Airflow connection.
        """
        return (connection.password or "").strip()

    def options_from(self, fields: ConnectionFields) -> Mapping[str, Any]:
        """Return the vendor's own settings.

        :param fields: Fields of the connection.
        """
        return fields.object(self.client_class.vendor)

    def check(self, fields: ConnectionFields, settings: ClientSettings) -> None:
        """Find what is missing, before the client looks at the rest.

        :param fields: Fields of the connection.
        :param settings: What was read from them.
        :raises QAConfigurationError: Something is missing, or a route cannot be overridden like that.
        """
        if not settings.base_url:
            hint = f"Set it to the API base URL, normally {self.client_class.usual_base_url}"
            raise fields.refused("missing_host", "the host is empty", hint)
        if not settings.token:
            raise fields.refused("missing_key", "there is no API key or token", "Put it into the password field")
        try:
            self.client_class.routes.overridden(settings.routes)
        except QAConfigurationError as error:
            hint = error.hint or f"`airflow-qa routes list --vendor {self.client_class.vendor}` shows the routes"
            raise fields.refused("bad_route", error.message, hint) from None


def names_of(dialect: type[Any]) -> tuple[str, ...]:
    """Return the names that a connection can set in a vendor's dialect.

    :param dialect: A dataclass.
    """
    return tuple(field.name for field in dataclasses.fields(dialect))


def with_path(url: str, path: str) -> str:
    """Return a base URL with the API's path, where it has none at all.

    :param url: Absolute URL, or empty.
    :param path: Path with a leading slash.
    """
    return url + path if url and "/" not in url.partition("://")[2] else url


def _read(text: str) -> Any:
    try:
        return parsed(text)
    except ValueError:
        return text


def _nearest(name: str, known: Collection[str]) -> str | None:
    plain = name.lower().replace("-", "_")
    return next(iter(difflib.get_close_matches(plain, known, 1, _SIMILAR)), None)
