"""Settings of a client: where it talks to, with which credentials, and how patiently."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

from airflow_qa_provider.exceptions import QAConfigurationError

_LONGEST_SECONDS = 86400.0
_LEAST_JSON = 1024
_HOST = re.compile(r"(\*?\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*\]?")


@dataclass(frozen=True)
class ClientSettings:
    """What a client needs to know of one account.

    :param base_url: Absolute URL that the paths of the routes are joined to, for example
        ``https://api.example.com/v1``.
    :param token: API key or token. Never shown in ``repr``.
    :param connect_timeout: Seconds to wait for a connection.
    :param read_timeout: Seconds of silence after which an answer is given up.
    :param total_timeout: Seconds after which an answer is given up that is still not complete; one that is a file has
        to bring 60 KiB in each minute, and no end. After so long no further try begins, either.
    :param settle_time: Seconds for which the vendor may still be working on a request whose answer was lost, or may
        leave what it made out of its lists. Only after them does "not there" mean "not made".
    :param verify: ``True`` to verify TLS with the system's authorities, a path of a CA bundle, or ``False``.
    :param retries: How often a request that may be repeated is tried again.
    :param max_retry_wait: Longest ``Retry-After``, in seconds, that is waited for between two tries. One beyond it is
        raised, so that the caller (a wait, an Airflow retry) can keep it. Added to it, and used alone where the vendor
        asks for no time, are random pauses of 20 seconds at most.
    :param requests_per_minute: Budget of this connection in this process; ``None`` for no limit.
    :param poll_interval: Seconds between two looks at what is waited for, where the waiting task names none.
    :param page_size: Rows per page of lists; ``None`` for the vendor's default.
    :param max_json_bytes: Largest JSON answer that is read, in bytes after decompression. Reading it may take three
        times that in memory; one of so many values that it would take more is refused as well.
    :param download_hosts: Hosts that a vendor may redirect a download to, such as a storage service: names, or
        ``.example.net`` for all below. They are asked without credentials. None by default.
    :param routes: Overrides of routes, see :meth:`~airflow_qa_provider.rest.routes.RouteTable.overridden`.
    :param options: What the vendor's docs leave open, by name, and further credentials; see the vendor's client.
        Never shown in ``repr``.
    :param connection_id: Name of the connection, for messages.
    :param preview: Whether requests that change something are kept back: see
        :class:`~airflow_qa_provider.rest.preview.RequestWithheld`.
    """

    base_url: str
    token: str = field(default="", repr=False)
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    total_timeout: float = 300.0
    settle_time: float = 15.0
    verify: bool | str = True
    retries: int = 4
    max_retry_wait: float = 60.0
    requests_per_minute: int | None = None
    poll_interval: float = 30.0
    page_size: int | None = None
    max_json_bytes: int = 64 * 1024 * 1024
    download_hosts: tuple[str, ...] = ()
    routes: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    connection_id: str | None = None
    preview: bool = False

    def checked(self, vendor: str, *, token_in_header: bool = True) -> ClientSettings:
        """Return the settings when a client can work with them.

        :param vendor: Vendor in lower case, for the message.
        :param token_in_header: Whether the token goes into a header as it is, so that it has to fit there.
        :raises QAConfigurationError: The message names the field of the connection to change.
        """

        def refuse(problem: str, hint: str) -> QAConfigurationError:
            named = f"connection {self.connection_id!r}" if self.connection_id else "the settings"
            return QAConfigurationError(f"{named}: {problem}", vendor=vendor, outcome="Nothing was sent", hint=hint)

        parts = _split(self.base_url)
        if "@" in self.base_url:  # also behind a slash, where a password that is not encoded ends up
            raise refuse("the host URL carries a user name or password", "Put the key into the password field")
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            raise refuse(f"host {self.base_url!r} is not an absolute http(s) URL", "Set the host, with https://")
        if any(sign.isspace() for sign in parts.netloc):
            raise refuse(f"the host name in {self.base_url!r} holds a space", "Check the host of the connection")
        if parts.query or parts.fragment:
            raise refuse("the host URL has a query or a fragment", "Leave off all from the ? or # on")
        if not self.token:
            raise refuse("there is no API key or token", "Put it into the password field")
        fits_header = self.token.isascii() and not any(sign.isspace() for sign in self.token)
        if token_in_header and not fits_header:
            raise refuse(
                "the API key has spaces, line breaks or other characters that no header can carry",
                "Copy it again, without quotes or line breaks",
            )
        self._check_numbers(refuse)
        for host in self.download_hosts:
            if not isinstance(host, str) or not _HOST.fullmatch(host):
                hint = 'Write host names without https:// and path: ["files.example.net", ".blob.core.windows.net"]'
                raise refuse(f"download_hosts has {host!r}, which is no host name", hint)
        return self

    def _check_numbers(self, refuse: Callable[[str, str], QAConfigurationError]) -> None:
        for name in ("connect_timeout", "read_timeout", "total_timeout", "poll_interval"):
            if not 0 < getattr(self, name) <= _LONGEST_SECONDS:
                raise refuse(f"{name} must be more than 0 and at most 86400 seconds", "Leave it empty for the default")
        if not 0 <= self.settle_time <= _LONGEST_SECONDS:
            raise refuse("settle_time must be 0 to 86400 seconds", "Leave it empty for the default")
        for name in ("retries", "max_retry_wait"):
            if not getattr(self, name) >= 0:  # not a number, either
                raise refuse(f"{name} must be 0 or more", "Leave it empty for the default")
        if not self.max_json_bytes >= _LEAST_JSON:
            raise refuse(f"max_json_bytes must be at least {_LEAST_JSON}", "Leave it empty for 64 MiB")
        if self.requests_per_minute is not None and self.requests_per_minute < 1:
            raise refuse("requests_per_minute must be at least 1", "Leave it empty for no limit")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:  # a port that is no number, or half of the brackets of an IPv6 address
        return None
