"""Looking again and again over one client that is renewed when the connection has to be read anew."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from typing import Any

from airflow_qa_provider.kinds.polling import Poll, Statuses, as_qa_error, poll_all

Connect = Callable[[], Any]
"""Reads the connection and returns a client that does not retry by itself. May block."""


class PollSession:
    """Statuses at a vendor. One look at a time, from any thread; no look raises.

    :param poll: How to look.
    :param connect: Returns a client; called at the first look, and when the connection has to be read anew.
    :param client: Client of the first looks, where there is one already.
    """

    def __init__(self, poll: Poll, connect: Connect, client: Any = None) -> None:
        self._poll = poll
        self._connect = connect
        self._client = client
        self._looking = threading.Lock()
        self._closed = False

    def poll(self, ids: Collection[str], since: float, refresh: bool = False) -> Statuses:
        """Return a look at every id.

        :param ids: Ids at the vendor.
        :param since: Wall-clock time in seconds at which the oldest of the waits began.
        :param refresh: Whether to read the connection anew.
        """
        try:
            with self._looking:
                if refresh:
                    self._hang_up()
                if self._client is None:
                    self._client = self._connect()
                return poll_all(self._poll, self._client, ids, since)
        except Exception as error:
            return dict.fromkeys(ids, as_qa_error(error))
        finally:
            if self._closed:
                self._hang_up()

    def close(self) -> None:
        """Close the client: now, or as soon as the look that is under way has ended. Never blocks."""
        self._closed = True
        if self._looking.acquire(blocking=False):
            self._looking.release()
            self._hang_up()

    def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
