"""What receives the calls of webhooks, as a part of Airflow's API server.

Airflow asks nobody who calls it there to sign in, and the vendors sign nothing: the token in the address is all that
tells a vendor's call from others. So nothing else of a call is believed by tasks that act on it: they ask the vendor,
or fetch files from its own hosts only.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import AsyncIterable, Callable, Collection, Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.events.address import SHORTEST_TOKEN, TOKEN
from airflow_qa_provider.events.keeping import keep
from airflow_qa_provider.events.told import Told
from airflow_qa_provider.rest.clean_json import UnusableJSONError, read_json

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

    from airflow_qa_provider.kinds.kind import Vendor

log = logging.getLogger(__name__)

LARGEST_CALL = 1024 * 1024
"""Bytes of the largest call that is read."""
READ_SECONDS = 10.0
"""How long a call may take to arrive: as long as MonitorQA waits for its answer."""

_REMEMBERED_SECONDS = 10.0


class Refused(Exception):
    """A call that is not taken.

    :param status: HTTP status of the answer.
    :param words: What is wrong, for whoever reads the vendor's log of its calls.
    """

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class Receiver:
    """The calls of the webhooks of some connections.

    :param conn_ids: Ids of the connections; the address of any other is unknown.
    :param connection: Id to the Airflow connection.
    :param vendor_named: Connection type to the vendor.
    """

    def __init__(
        self, conn_ids: Collection[str], connection: Callable[[str], Any], vendor_named: Callable[[str], Vendor]
    ) -> None:
        self._conn_ids = frozenset(conn_ids)
        self._connection = connection
        self._vendor_named = vendor_named
        self._known: dict[str, tuple[float, str, str]] = {}

    def app(self) -> FastAPI:
        """Return the application, with one route: ``/webhooks/{conn_id}/{token}``."""
        # nobody but the API server has it for certain
        from fastapi import FastAPI
        from fastapi.responses import JSONResponse

        async def receive(request: Request) -> JSONResponse:
            conn_id, token = request.path_params["conn_id"], request.path_params["token"]
            try:
                vendor = await asyncio.to_thread(self._admitted, conn_id, token)
                body = await asyncio.wait_for(_body(request.stream()), READ_SECONDS)
                return JSONResponse(await asyncio.to_thread(self._take, vendor, conn_id, body))
            except asyncio.TimeoutError:
                return JSONResponse({"detail": "The call did not arrive in time"}, 408)
            except Refused as refusal:
                return JSONResponse({"detail": str(refusal)}, refusal.status)

        app = FastAPI(title="Webhooks of quality and reporting services", openapi_url=None)
        app.add_route("/webhooks/{conn_id}/{token}", receive, methods=["POST"])
        return app

    def _admitted(self, conn_id: str, token: str) -> str:
        """Return the vendor of a connection whose token this is."""
        vendor, wanted = self._token_of(conn_id) if conn_id in self._conn_ids else ("", "")
        same = hmac.compare_digest(wanted.encode(), token.encode("utf-8", "surrogatepass"))
        if not wanted or not same:
            log.warning("A call for the webhook of %s was refused: its token is wrong", conn_id if vendor else "nobody")
            raise Refused(404, "Not Found")
        return vendor

    def _token_of(self, conn_id: str) -> tuple[str, str]:
        now = time.monotonic()
        known = self._known.get(conn_id)
        if known is None or known[0] < now - _REMEMBERED_SECONDS:
            known = self._known[conn_id] = (now, *self._read_token(conn_id))
        return known[1:]

    def _read_token(self, conn_id: str) -> tuple[str, str]:
        try:
            connection = self._connection(conn_id)
            token = str(connection.extra_dejson.get(TOKEN) or "").strip()
        # a secrets backend may raise anything, and may show secrets in it
        except Exception as error:
            log.error(
                "The webhook of %s takes no calls: the connection cannot be read (%s)", conn_id, type(error).__name__
            )
            return "", ""
        if len(token) < SHORTEST_TOKEN:
            log.error(
                "The webhook of %s takes no calls: extra.%s of the connection must have at least %s characters",
                conn_id,
                TOKEN,
                SHORTEST_TOKEN,
            )
            return "", ""
        return str(connection.conn_type), token

    def _take(self, vendor: str, conn_id: str, body: bytes) -> dict[str, str]:
        told = self._read(vendor, conn_id, body)
        if told is None:
            return {"result": "not known"}
        try:
            kept = keep(told)
        except Exception as error:
            log.exception("A call for the webhook of %s was not stored; a vendor that repeats calls will", conn_id)
            raise Refused(503, "The call was not stored") from error
        log.info("%s told of %s (%.80r): %s", conn_id, told.event.name, told.event.object_id(told.call), kept.value)
        return {"event": told.event.name, "result": kept.value}

    def _read(self, vendor: str, conn_id: str, body: bytes) -> Told | None:
        try:
            call = read_json(body, LARGEST_CALL)
        except UnusableJSONError as error:
            raise Refused(413, f"The call {error}") from None
        except ValueError:
            call = None
        if not isinstance(call, Mapping):
            raise Refused(400, "The call is no JSON object")
        event = self._vendor_named(vendor).event_of(call)
        if event is None:
            # an error would make the vendor repeat it, or switch the webhook off
            log.warning("%s told of something that is not known, and it was let go: %s", conn_id, sorted(call)[:10])
            return None
        return Told(vendor, conn_id, event, call, datetime.now(timezone.utc))


async def _body(pieces: AsyncIterable[bytes]) -> bytes:
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > LARGEST_CALL:
            raise Refused(413, f"The call is longer than {LARGEST_CALL} bytes")
    return bytes(body)
