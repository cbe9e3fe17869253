"""A bounded number of requests in flight."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")

_TICK_SECONDS = 1.0


class Sending(Generic[T]):
    """Does a job for many items, with several threads at a time.

    :param most: Most items at a time.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._error: BaseException | None = None

    @property
    def stopped(self) -> bool:
        """Whether no more items are begun."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Begin no more items; from any thread, or a signal handler."""
        self._stop.set()

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than until the stop.

        :param seconds: How long.
        """
        self._stop.wait(seconds)

    def run(self, items: Iterable[T], do: Callable[[T], None], tick: Callable[[], None]) -> None:
        """Do the job for each item, in their order but for those that are under way together.

        :param items: The items.
        :param do: The job. What it raises stops the others, and is raised here once those under way have ended.
        :param tick: Called about once a second meanwhile, in this thread, and at the end.
        """
        todo = list(items)
        left = iter(todo)

        def work() -> None:
            while not self._stop.is_set():
                with self._lock:
                    item = next(left, None)
                if item is None:
                    return
                try:
                    do(item)
                except BaseException as error:
                    self._error = self._error or error
                    self._stop.set()

        threads = [threading.Thread(target=work, name=f"bulk-{number}") for number in range(min(self._most, len(todo)))]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(_TICK_SECONDS)
                    if thread.is_alive():
                        tick()
        except BaseException:
            self._stop.set()
            raise
        tick()
        if self._error is not None:
            raise self._error
