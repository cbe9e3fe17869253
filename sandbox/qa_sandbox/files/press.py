"""Keeps the latest files made, so that a repeated download is fast and gives equal bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Press:
    """A small cache of finished documents. Safe to use from several threads."""

    def __init__(self, keep: int = 32) -> None:
        self._keep = keep
        self._made: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Return the document for a key, making it if need be."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        data = make()
        with self._lock:
            self._made[key] = data
            while len(self._made) > self._keep:
                self._made.popitem(last=False)
        return data

    def clear(self) -> None:
        with self._lock:
            self._made.clear()
