"""What went over the wire, for tests to assert on."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

MAX_LOGGED_BODY = 64 * 1024
TOKEN_HEADERS = frozenset({"authorization", "x-api-key", "x-authorization"})
CREDENTIAL_HEADERS = TOKEN_HEADERS | {"x-auth-client-id"}
_SECRET_HEADERS = CREDENTIAL_HEADERS | {"proxy-authorization", "cookie"}


@dataclass
class RequestEntry:
    """
    One request.

    :param headers: header names in lower case; values of secret headers are ``***``
    :param time: wall-clock seconds since the epoch
    :param clock: the sandbox clock, ISO 8601
    :param body: request body as text, the first 64 KiB
    :param status: status sent; None while in progress or when the connection was dropped without an answer
    :param bytes_sent: size of the response body sent so far
    :param fault: id of the scenario rule that applied
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    time: float
    clock: str
    body: str = ""
    status: int | None = None
    bytes_sent: int = 0
    fault: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def visible_headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Decode ASGI headers with the secrets masked."""
    decoded = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw)
    return {name: "***" if name in _SECRET_HEADERS else value for name, value in decoded}


@dataclass
class RequestLog:
    """The requests of one vendor, oldest first, the latest 10,000 kept, and how many there ever were."""

    entries: deque[RequestEntry] = field(default_factory=lambda: deque(maxlen=10_000))
    total: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, entry: RequestEntry) -> None:
        """Append an entry; its status and sizes are filled in as the answer is sent."""
        with self._lock:
            self.entries.append(entry)
            self.total += 1

    def snapshot(self) -> list[RequestEntry]:
        """Return the entries as a list of its own."""
        with self._lock:
            return list(self.entries)

    def clear(self) -> None:
        with self._lock:
            self.entries.clear()
            self.total = 0
