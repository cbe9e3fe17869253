"""A vendor whose answers nobody should send: JSON texts with any code points, numbers, depths and sizes."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.e2e.triggerers import plan

ANSWERS = 1000
# each ends a wait, so there are fewer of them than waits
_LAST_WORDS = 20
_BEST_KINDS = ("application/json", "application/json; charset=utf-8", "application/json; charset=latin-1", "text/plain")

_texts = st.text(st.characters(exclude_categories=()), max_size=40)
_words = st.one_of(
    _texts,
    st.sampled_from(["\x00", "Ann\x00Lee", "Ann \ud83d", "\udc00\ud800", "\u202e", "\ufeff", "None", "x" * 100_000]),
)
_numbers = st.one_of(
    st.integers(),
    st.integers(10**300, 10**310),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0, -0.0, 2**53 + 1, 2**63, 2**64, 1e308]),
)
_values = st.recursive(
    st.one_of(st.none(), st.booleans(), _numbers, _words),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(_words, inner, max_size=5)),
    max_leaves=12,
)
_fields = st.dictionaries(
    st.sampled_from(["reportName", "taskName", "startDate", "endDate", "outputFormat", "message", "error", "link"]),
    _values,
    min_size=1,
)
# what is neither a status that ends a wait, nor one that refuses the credentials
_statuses = st.one_of(
    _values.filter(lambda value: not isinstance(value, str)), st.just("running"), _texts.map("?{}".format)
)


@dataclass(frozen=True)
class Answer:
    """One answer.

    :param body: Its bytes; ``{id}`` stands for the id that is asked for.
    :param status: HTTP status.
    :param kind: Content type.
    """

    body: bytes
    status: int = 200
    kind: str = _BEST_KINDS[0]


def _written(value: Any, *, escaped: bool) -> bytes:
    return json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")


def _enveloped(data: Any) -> Any:
    return {"isSuccess": True, "data": data, "error": None}


_records = st.builds(lambda fields, status: {**fields, "id": "{id}", "status": status}, _fields, _statuses)
_jsons = st.builds(
    lambda value, escaped: _written(value, escaped=escaped),
    st.one_of(
        _records.map(_enveloped),
        st.lists(_records, max_size=3).map(_enveloped),
        _values,
        _values.map(_enveloped),
        st.builds(lambda value, fine: {"isSuccess": fine, "data": None, "error": value}, _values, _values),
    ),
    st.booleans(),
)
_raw = st.one_of(
    st.binary(max_size=60),
    st.integers(1, 60_000).map(lambda depth: b"[" * depth + b"]" * depth),
    st.integers(1, 20_000).map(lambda depth: b'{"data":' * depth + b"1" + b"}" * depth),
    st.integers(1, 5_000).map(
        lambda digits: b'{"isSuccess":true,"data":{"id":"{id}","status":' + b"9" * digits + b"}}"
    ),
    st.integers(1, 400).map(lambda size: b'{"isSuccess":true,"data":"' + b"\\ud800\\u0000 " * size * 100 + b'"}'),
    st.integers(1, 400).map(lambda size: b"[" + b"1e400,NaN,-Infinity," * size * 100 + b"1]"),
)
_hostile = st.builds(
    Answer,
    st.one_of(_jsons, _jsons, _raw),
    st.sampled_from([200, 200, 200, 200, 500, 502, 520, 418]),
    st.sampled_from(_BEST_KINDS),
)
_last_words = st.builds(
    lambda fields, escaped: Answer(
        _written(_enveloped({**fields, "id": "{id}", "status": "completed"}), escaped=escaped)
    ),
    _fields,
    st.booleans(),
)


def drawn(strategy: st.SearchStrategy[Answer], number: int, chance: int) -> list[Answer]:
    """Draw answers; the same for the same number of chance."""
    found: list[Answer] = []

    @seed(chance)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def keep(answer: Answer) -> None:
        found.append(answer)

    while len(found) < number:
        keep()
    return found[:number]


class HostileVendor:
    """Answers every other question about a victim with something hostile, until it has nothing left; then all is done.

    :param chance: Number that the answers come from.
    """

    def __init__(self, chance: int) -> None:
        words = drawn(_hostile, ANSWERS - _LAST_WORDS, chance) + drawn(_last_words, _LAST_WORDS, chance)
        random.Random(chance).shuffle(words)
        self._left = deque(words)
        self._spared = {one for account in range(plan.ACCOUNTS) for one in plan.spared(account)}
        self._turns: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.given = 0
        self.port = 0

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve it for the length of a ``with`` block."""
        answer = self._answer

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                told = answer(self.path)
                self.send_response(told.status)
                self.send_header("Content-Type", told.kind)
                self.send_header("Content-Length", str(len(told.body)))
                self.end_headers()
                self.wfile.write(told.body)

            def log_message(self, *args: Any) -> None:
                return None

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def connections(self) -> dict[str, dict[str, Any]]:
        """Return Airflow connections to its accounts, each with a poll of its own."""
        return {
            plan.connection_id(account): {
                "conn_type": "qalyptus",
                "host": f"http://127.0.0.1:{self.port}/{account}/api/v1",
                "password": f"key-of-account-{account}",
                "extra": {"poll_interval": 0.5, "retries": 0},
            }
            for account in range(plan.ACCOUNTS)
        }

    def _answer(self, path: str) -> Answer:
        account, last = path.split("/")[1], path.split("?")[0].rsplit("/", 1)[-1]
        is_list = len(last) != 36
        with self._lock:
            turn = self._turns[account, is_list] = self._turns[account, is_list] + 1
            hostile = bool(self._left) and last not in self._spared and turn % 2 == 0
            word = self._left.popleft() if hostile else None
            self.given += hostile
            done = not self._left
        if word is not None:
            return Answer(word.body.replace(b"{id}", last.encode()), word.status, word.kind)
        status = "completed" if done else "running"
        if not is_list:
            return Answer(_written(_enveloped({"id": last, "status": status}), escaped=True))
        # those that it lacks are asked for one by one
        shown = plan.spared(int(account))[:1]
        return Answer(_written(_enveloped([{"id": one, "status": status} for one in shown]), escaped=True))


Say = Callable[[str], None]
