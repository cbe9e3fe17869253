"""The rows of a list: asked for page by page, those of a time, without those that filters leave out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow_qa_provider.exceptions import QANotFoundError, QAResponseError, QAValidationError
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.listing import Filter, Listing, moments_of
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.timestamps import to_utc

Record = dict[str, Any]

REMEMBERED = 1000
"""Keys by which a row that slips to the next page while the list is read is known again."""


@dataclass(frozen=True)
class Window:
    """A time: from its beginning up to, but without, its end.

    :param since: Its beginning; ``None`` for no such bound.
    :param until: Its end.
    """

    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, since: Any, until: Any) -> Window:
        """Read a time as a task names it.

        :param since: An aware ``datetime``, ISO 8601 with a zone, or ``None``.
        :param until: The same.
        :raises QAValidationError: One of them is none of these, or the end comes first. A template that came out empty
            is refused: the whole list would be exported in place of a day.
        """
        window = cls(
            *(None if value is None else to_utc(value, name) for name, value in (("since", since), ("until", until)))
        )
        if window.since and window.until and window.until < window.since:
            raise QAValidationError(f"until {window.until} is before since {window.since}", outcome="Nothing was sent")
        return window

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None

    def holds(self, *moments: datetime) -> bool:
        """Tell whether one of the moments is in it; what is not known is, for nothing may be lost.

        :param moments: The moment, or those that it may be; none for one that is not known.
        """
        return not moments or any(self._holds(one) for one in moments)

    def _holds(self, moment: datetime) -> bool:
        return (self.since is None or moment >= self.since) and (self.until is None or moment < self.until)


@dataclass
class Reading:
    """What is asked for of a list, and what was seen on the way.

    :param listing: The list.
    :param listing_named: Name to another list of the vendor, for rows that are below those of another list.
    :param arguments: Arguments of the operation that say which list it is.
    :param wanted: Filters to their values.
    :param window: The time.
    :param pages_at_a_time: Most pages that are asked for at the same time, where the vendor counts its rows.
    :param repeated: Rows that came twice, on two pages, and were left out the second time.
    :param undated: Rows that show no date and were kept, where only those of a time are wanted.
    :param gone: Objects whose rows could not be read, for they were deleted meanwhile.
    :param missing: Rows that the vendor counts in the list and did not send.
    """

    listing: Listing
    listing_named: Callable[[str], Listing]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    wanted: tuple[tuple[Filter, Any], ...] = ()
    window: Window = Window()
    pages_at_a_time: int = 1
    repeated: int = 0
    undated: int = 0
    gone: int = 0
    missing: int = 0

    @classmethod
    def of(
        cls,
        listing: Listing,
        listing_named: Callable[[str], Listing],
        given: Given,
        filters: object = None,
        window: tuple[object, object] = (None, None),
        named: Mapping[str, Any] | None = None,
    ) -> Reading:
        """Check what a task asks for.

        :param listing: The list.
        :param listing_named: Name to another list of the vendor.
        :param given: The task's arguments, among them those that say which list it is.
        :param filters: Names of filters to values; a text is read as JSON.
        :param window: Beginning and end of the time.
        :param named: Names of filters to values; these go first.
        :raises QAValidationError: One of them cannot be; the message names it.
        """
        read = cls(
            listing,
            listing_named,
            {theirs: given.id(ours) for ours, theirs in listing.scope.items()},
            tuple(_wanted(listing, listing_named(listing.under) if listing.under else None, given, filters, named)),
            Window.of(*window),
        )
        if read.window:
            read.refuse_undated()
        return read

    def refuse_undated(self) -> None:
        """See that the rows of a time can be told.

        :raises QAValidationError: They show no date.
        """
        if not self._dated.changed:
            raise QAValidationError(
                f"the rows of {self.listing.name} show no date of their change, so those of a time cannot be told",
                outcome="Nothing was sent",
                hint="Leave since, until and mark out: such a list is exported whole each time",
            )

    @property
    def _dated(self) -> Listing:
        """The list whose dates count."""
        return self._parent if self.listing.dated_above else self.listing

    @property
    def _own(self) -> tuple[tuple[Filter, Any], ...]:
        """The filters of this list, without those of the one above it."""
        return tuple((one, value) for one, value in self.wanted if one in self.listing.filters)

    @property
    def _parent(self) -> Listing:
        return self.listing_named(self.listing.under)

    def rows(self, client: Any) -> Iterator[Record]:
        """Read the rows.

        :param client: The vendor's client.
        :raises QAError: The vendor refused, or could not be reached.
        """
        recent: deque[str] = deque(maxlen=REMEMBERED)
        known: set[str] = set()
        local = [(one.keeps, value) for one, value in self._own if one.keeps is not None]
        changed, zone = self.listing.changed, self.listing.zone and self.listing.zone(client)
        for row in self._asked(client):
            key = self.listing.id_of(client, row)
            if key is not None:
                if key in known:
                    self.repeated += 1
                    continue
                if len(recent) == REMEMBERED:
                    known.discard(recent[0])
                recent.append(key)
                known.add(key)
            if self.window and changed:
                moments = moments_of(row.get(changed), zone)
                self.undated += not moments
                if not self.window.holds(*moments):
                    continue
            if not local or all(keeps(client, row, value) for keeps, value in local):
                yield row

    def _asked(self, client: Any) -> Iterator[Record]:
        if not self.listing.under:
            yield from self._call(client, self._arguments(client))
            return
        parent, name = self._parent, self.listing.under_as
        wanted = tuple(pair for pair in self.wanted if pair not in self._own)
        window = self.window if self.listing.dated_above else Window()
        above = replace(self, listing=parent, wanted=wanted, window=window)
        for row in above.rows(client):
            key = parent.id_of(client, row)
            try:
                for below in self._call(client, {**self._arguments(client), name: key}):
                    yield {name: key, **below}
            except QANotFoundError:
                # deleted since its list was read
                self.gone += 1
        self.undated += above.undated
        self.missing += above.missing

    def _call(self, client: Any, arguments: Mapping[str, Any]) -> Iterator[Record]:
        method: Any = client
        for part in self.listing.operation.split("."):
            method = getattr(method, part)
        answer = method(**arguments)
        if self.listing.member:
            answer = answer.get(self.listing.member) if isinstance(answer, Mapping) else None
            if not isinstance(answer, list):
                raise self._unexpected(client, f"the answer has no list {self.listing.member}")
        if isinstance(answer, Paged):
            answer = answer.several_at_a_time(self.pages_at_a_time)
        sent = 0
        for row in answer:
            if not isinstance(row, dict):
                raise self._unexpected(client, f"a row of the list is no object but {type(row).__name__}")
            sent += 1
            yield row
        if isinstance(answer, Paged) and answer.total is not None:
            # a list that moves while it is read, or a vendor that does not know the number of a page
            self.missing += max(0, answer.total - sent)

    def _unexpected(self, client: Any, problem: str) -> QAResponseError:
        return QAResponseError(problem, vendor=client.vendor, operation=self.listing.operation)

    def _arguments(self, client: Any) -> dict[str, Any]:
        listing = self.listing
        arguments = {**listing.arguments, **self.arguments}
        for one, value in self._own:
            if one.argument:
                arguments[one.argument] = one.resolve(client, arguments, value) if one.resolve else value
        if listing.since and self.window.since:
            arguments[listing.since] = self.window.since
        if listing.until and self.window.until:
            arguments[listing.until] = self.window.until
        if listing.page_size and not client.settings.page_size:
            arguments["page_size"] = listing.page_size
        return arguments


def _wanted(
    listing: Listing, parent: Listing | None, given: Given, filters: object, more: Mapping[str, Any] | None
) -> Iterator[tuple[Filter, Any]]:
    values = {**_named_values(given, filters), **(more or {})}
    # what leaves out rows of the list above leaves out those below them, too
    named = {one.name: one for one in (*(parent.filters if parent else ()), *listing.filters)}
    unknown = sorted(set(values) - set(named))
    if unknown:
        raise given.refused(
            f"filters names {', '.join(unknown)}, which {listing.name} cannot be filtered by",
            f"It takes {', '.join(named)}" if named else "It takes none: leave filters out",
        )
    read = Given(values, given.check.vendor)
    for name, one in named.items():
        if values.get(name) is not None and not read.has(name):
            raise given.refused(
                f"the filter {name} came out empty, which would widen the list",
                "Correct the template, or leave the filter out",
            )
        value = getattr(read, one.how)(name)
        if isinstance(value, timedelta):
            value = _back_from_now(value)
        if value is not None:
            yield one, value


def _named_values(given: Given, filters: object) -> Mapping[str, Any]:
    read = given.check.structure(filters, "filters")
    if filters is None:
        return {}
    if not isinstance(read, Mapping):
        raise given.refused(f"filters must be names and values, got {filters!r}"[:300], 'Give {"name": "value"}')
    return read


def _back_from_now(value: datetime | timedelta | None) -> datetime | None:
    return datetime.now(timezone.utc) - value if isinstance(value, timedelta) else value
