"""Reading the fields of a connection, and saying which one is wrong."""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.exceptions import QAConfigurationError

if TYPE_CHECKING:
    from airflow.sdk import Connection

_NUMBERS: dict[str, type[int] | type[float]] = {
    "connect_timeout": float,
    "read_timeout": float,
    "total_timeout": float,
    "settle_time": float,
    "retries": int,
    "max_retry_wait": float,
    "poll_interval": float,
    "requests_per_minute": int,
    "page_size": int,
    "max_json_bytes": int,
}
COMMON_FIELDS = frozenset({*_NUMBERS, "verify", "ca_path", "routes", "download_hosts"})
"""Names in the extra of every vendor's connection."""

_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
_SIMILAR = 0.85  # tells read_timout from tenant_id
_HOST_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")


class ConnectionFieldError(QAConfigurationError):
    """A field of a connection is missing or cannot work; ``code`` tells which kind of mistake it is.

    The codes are those of :mod:`airflow_qa_provider.rest.diagnosis`.
    """


class Fields:
    """The fields of one connection, read one by one.

    :param connection: An Airflow connection.
    :param vendor: Vendor in lower case, which is also the name of its options in the extra.
    :raises ConnectionFieldError: The extra cannot be read at all.
    """

    def __init__(self, connection: Connection, vendor: str) -> None:
        self.connection = connection
        self.vendor = vendor
        self.extra: Mapping[str, Any] = {}
        if connection.extra:
            try:
                readable = isinstance(json.loads(connection.extra), dict)
            except ValueError:
                readable = False
            if not readable:
                raise self.refused("bad_extra", "the extra is not a JSON object", 'Write it as {"read_timeout": 60}')
            # Airflow's own reading masks secrets in logs, and takes what is not JSON for empty
            self.extra = connection.extra_dejson

    def refused(self, code: str, problem: str, hint: str) -> ConnectionFieldError:
        """Return the error for a field.

        :param code: Kind of mistake, see :mod:`airflow_qa_provider.rest.diagnosis`.
        :param problem: What is wrong, without secrets.
        :param hint: What to change.
        """
        return ConnectionFieldError(
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
        :raises ConnectionFieldError: A name is misspelt, or stands in the wrong place.
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
        :raises ConnectionFieldError: It is more than one part of a host name.
        """
        label = self.text(name)
        if label and not _HOST_LABEL.fullmatch(label):
            hint = f"It is the part in braces of {pattern}; put a whole URL into the host field"
            raise self.refused("bad_host", f"extra.{name} must be one word of a host name, got {label!r}", hint)
        return label

    def object(self, name: str) -> dict[str, Any]:
        """Return an object of the extra, which may also be written as a text of JSON.

        :param name: Name in the extra.
        :raises ConnectionFieldError: It is something else; the value is not shown, for it may hold a secret.
        """
        value = self.extra.get(name)
        if isinstance(value, str) and value.strip():
            try:
                value = json.loads(value)
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
        :raises ConnectionFieldError: It is something else.
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

        :raises ConnectionFieldError: One cannot be read as a number.
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

        :raises ConnectionFieldError: ``verify`` is no truth value, or ``ca_path`` does not exist.
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
        if self.connection.port and ":" not in name.rpartition("]")[2]:
            host = f"{scheme}://{name}:{self.connection.port}{slash}{path}"
        return host


def with_path(url: str, path: str) -> str:
    """Return a base URL with the API's path, where it has none at all.

    :param url: Absolute URL, or empty.
    :param path: Path with a leading slash.
    """
    return url + path if url and "/" not in url.partition("://")[2] else url


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _nearest(name: str, known: Collection[str]) -> str | None:
    plain = name.lower().replace("-", "_")
    return next(iter(difflib.get_close_matches(plain, known, 1, _SIMILAR)), None)
