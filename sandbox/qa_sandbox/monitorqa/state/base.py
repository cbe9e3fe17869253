"""What the state is made of: records on shelves, happenings in an agenda, and the events that webhooks tell about."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from qa_sandbox.monitorqa.errors import BusinessError
from qa_sandbox.web import Refused

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.company import Company


class Record(Protocol):
    """Anything with an id and a name."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


R = TypeVar("R", bound=Record)
S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


class Shelf(Generic[R]):
    """
    Records in the order of creation.

    :param title: what a record is called in a 404, for instance ``Audit object``
    :param area: first part of a 409, for instance ``audit-object``
    """

    def __init__(self, title: str, area: str) -> None:
        self._title, self._area = title, area
        self._live: dict[str, R] = {}

    def __iter__(self) -> Iterator[R]:
        return iter(list(self._live.values()))

    def __len__(self) -> int:
        return len(self._live)

    def add(self, record: R) -> R:
        self._live[record.id] = record
        return record

    def find(self, record_id: str) -> R | None:
        return self._live.get(record_id)

    def get(self, record_id: str) -> R:
        record = self._live.get(record_id)
        if record is None:
            raise Refused(404, f"{self._title} not found", {"id": record_id})
        return record

    def known(self, record_ids: Iterable[str]) -> list[R]:
        """Find the records that a body refers to, each once."""
        records = [self._live.get(record_id) for record_id in dict.fromkeys(record_ids)]
        found = [record for record in records if record is not None]
        if len(found) < len(records):
            raise BusinessError(f"{self._area}/not-found")
        return found

    def remove(self, records: Iterable[R]) -> None:
        for record in records:
            self._live.pop(record.id, None)


Happening = Callable[[datetime], None]


class Agenda:
    """Happenings in order of time. They must check for themselves whether they still apply."""

    def __init__(self, on_earlier: Callable[[datetime], None] = lambda moment: None) -> None:
        self._on_earlier = on_earlier
        self._entries: list[tuple[datetime, int, Happening]] = []
        self._numbers = itertools.count()

    @property
    def next_at(self) -> datetime | None:
        return self._entries[0][0] if self._entries else None

    def plan(self, moment: datetime, happening: Happening) -> None:
        earlier = self.next_at is None or moment < self.next_at
        heapq.heappush(self._entries, (moment, next(self._numbers), happening))
        if earlier:
            self._on_earlier(moment)

    def settle(self, now: datetime) -> None:
        """Let everything happen that is due, in order."""
        while self._entries and self._entries[0][0] <= now:
            moment, _, happening = heapq.heappop(self._entries)
            happening(moment)


class Changing(Record, Protocol[S_co]):
    """A record that says what happens to it next, and when, if nobody comes first."""

    def next_step(self) -> tuple[datetime, S_co] | None: ...


C = TypeVar("C", bound=Changing[Any])


class Course(Generic[C, S]):
    """Records that change as time passes."""

    def __init__(self, company: Company, title: str, area: str) -> None:
        self._company = company
        self._numbered = 0
        self.all: Shelf[C] = Shelf(title, area)

    def _take(self, record: C, moment: datetime, step: S) -> None:
        raise NotImplementedError

    def _plan_next(self, record: C) -> None:
        step = record.next_step()
        if step is not None:
            self._company.agenda.plan(step[0], lambda moment: self._continue(record, moment))

    def _continue(self, record: C, moment: datetime) -> None:
        step = record.next_step()
        if self._company.closed or self.all.find(record.id) is None or step is None or step[0] > moment:
            return
        self._take(record, *step)
        self._plan_next(record)


AUDIT, ACTION, TEMPLATE = range(3)


class Event(Enum):
    """Event names on the wire; TEMPLATE_DELETED is left out: no endpoint deletes a template."""

    AUDIT_ASSIGNED = "AUDIT_ASSIGNED"
    AUDIT_COMPLETED = "AUDIT_COMPLETED"
    AUDIT_DELETED = "AUDIT_DELETED"
    AUDIT_EXPIRED = "AUDIT_EXPIRED"
    AUDIT_RESCHEDULED = "AUDIT_RESCHEDULED"
    ACTION_CREATED = "CORRECTIVE_ACTION_CREATED"
    ACTION_ASSIGNED = "CORRECTIVE_ACTION_ASSIGNED"
    ACTION_SUBMITTED = "CORRECTIVE_ACTION_SUBMITTED"
    ACTION_APPROVED = "CORRECTIVE_ACTION_APPROVED"
    ACTION_REJECTED = "CORRECTIVE_ACTION_REJECTED"
    ACTION_DELETED = "CORRECTIVE_ACTION_DELETED"
    ACTION_EXPIRED = "CORRECTIVE_ACTION_EXPIRED"
    ACTION_UPDATED = "CORRECTIVE_ACTION_UPDATED"
    TEMPLATE_CREATED = "TEMPLATE_CREATED"

    @property
    def command_type(self) -> int:
        """The webhook log's word for the kind: 0 Audit, 1 Corrective Action, 2 Audit Template."""
        return {"AUDIT": AUDIT, "CORRECTIVE": ACTION, "TEMPLATE": TEMPLATE}[self.value.partition("_")[0]]
