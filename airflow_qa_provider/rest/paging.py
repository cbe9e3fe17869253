"""Lists that come in pages, as lazy iterators."""

from __future__ import annotations

import json
import marshal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any


@dataclass(frozen=True)
class Page:
    """One answer of a list endpoint.

    :param items: Its rows.
    :param next: What to ask for next; ``None`` at the end.
    :param total: Rows in the whole list, where the vendor says so.
    """

    items: list[dict[str, Any]]
    next: Any = None
    total: int | None = None


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
        page, self._first = self._first or self._ask(self._start), None
        seen: set[int] = set()
        while page.items:
            fingerprint = _fingerprint(page.items)
            if fingerprint in seen:
                return
            seen.add(fingerprint)
            yield from page.items
            if page.next is None:
                return
            page = self._ask(page.next)


def _fingerprint(items: list[dict[str, Any]]) -> int:
    try:
        # several times as fast as JSON; later versions note which texts are one object, which equal rows may differ in
        return hash(marshal.dumps(items, 2))
    except ValueError:
        return hash(json.dumps(items, sort_keys=True, default=str))
