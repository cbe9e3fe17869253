"""Lists that come in pages, as lazy iterators."""

from __future__ import annotations

import json
import marshal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any


@dataclass(frozen=True)
class Page:
    """One answer of a list endpoint.

    :param items: Its rows.
    :param next: What to ask for next; ``None`` at the end.
    :param total: Rows in the whole list, where the vendor says so.
    :param ahead: Of a first page, the positions of those that follow, where its total tells them.
    """

    items: list[dict[str, Any]]
    next: Any = None
    total: int | None = None
    ahead: Iterable[Any] = ()


class Paged:
    """A lazy list: asks for a page when its rows are wanted, and for the first one at most once per iteration.

    Ends at an empty page, at the vendor's end mark, or when the vendor repeats a page.

    :param fetch: Returns the page for a position.
    :param start: Position of the first page.
    :param limit: Most rows to yield; ``None`` for all.
    """

    def __init__(self, fetch: Callable[[Any], Page], start: Any = None, limit: int | None = None) -> None:
        self._fetch = fetch
        self._start = start
        self._limit = limit
        self._first: Page | None = None
        self._total: int | None = None
        self._asked = False
        self._in_flight = 1

    def several_at_a_time(self, most: int) -> Paged:
        """Ask for pages before the rows of those before them are taken, where their positions are known.

        For lists that are read to their end. Rows keep their order.

        :param most: Most pages that are asked for at the same time.
        """
        self._in_flight = most
        return self

    @property
    def total(self) -> int | None:
        """Rows in the whole list as the vendor last counted them; asks for the first page when none was read yet."""
        if not self._asked:
            self._first = self._ask(self._start)
        return self._total

    def _ask(self, position: Any) -> Page:
        page = self._fetch(position)
        self._total, self._asked = page.total, True
        return page

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return islice(self._rows(), self._limit)

    def _rows(self) -> Iterator[dict[str, Any]]:
        seen: set[int] = set()
        with closing(self._pages()) as pages:
            for page in pages:
                fingerprint = _fingerprint(page.items)
                if not page.items or fingerprint in seen:
                    return
                seen.add(fingerprint)
                yield from page.items

    def _pages(self) -> Generator[Page, None, None]:
        page, self._first = self._first or self._ask(self._start), None
        yield page
        for page in self._known(page.ahead) if self._in_flight > 1 else ():  # noqa: B020 - the last one has the rest
            yield page
        while page.next is not None:
            page = self._ask(page.next)
            yield page

    def _known(self, positions: Iterable[Any]) -> Generator[Page, None, None]:
        left = iter(positions)
        with ThreadPoolExecutor(self._in_flight, thread_name_prefix="pages") as pool:
            asked = deque(pool.submit(self._fetch, one) for one in islice(left, self._in_flight))
            try:
                while asked:
                    page = asked.popleft().result()
                    asked.extend(pool.submit(self._fetch, one) for one in islice(left, 1))
                    self._total = page.total
                    yield page
            finally:
                for one in asked:
                    one.cancel()


def positions_after(number: int, rows: int, total: object) -> range:
    """Return the numbers of the pages after the first one; none for another page, or where they cannot be told.

    :param number: Number of the page at hand, from 1.
    :param rows: Rows on it.
    :param total: Rows in the whole list, as the vendor says.
    """
    known = number == 1 and rows > 0 and isinstance(total, int)
    return range(2, -(-total // rows) + 1) if known and isinstance(total, int) else range(0)


def _fingerprint(items: list[dict[str, Any]]) -> int:
    try:
        # the same rows, also where something in them goes on, such as their age: else the list would have no end
        ids = tuple([row["id"] for row in items])
        if None not in ids:
            return hash(ids)
    except (TypeError, KeyError):  # they are told apart by another name
        pass
    try:
        return hash(tuple([(*row, *row.values()) for row in items]))
    except (TypeError, AttributeError):  # there are lists or objects in the rows
        pass
    try:
        # several times as fast as JSON; later versions note which texts are one object, which equal rows may differ in
        return hash(marshal.dumps(items, 2))
    except ValueError:
        return hash(json.dumps(items, sort_keys=True, default=str))
