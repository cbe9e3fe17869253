"""Records of one kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from qa_sandbox.monitorqa.errors import BusinessError
from qa_sandbox.web import Refused


class Record(Protocol):
    """Anything with an id and a name."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


R = TypeVar("R", bound=Record)


class Shelf(Generic[R]):
    """
    Records in the order of creation. Deleted ones can be named still, for history refers to them.

    :param title: what a record is called in a 404, for instance ``Audit object``
    :param area: first part of a 409, for instance ``audit-object``
    """

    def __init__(self, title: str, area: str) -> None:
        self._title, self._area = title, area
        self._live: dict[str, R] = {}
        self._gone: dict[str, R] = {}

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
        """Find the record that a path names."""
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

    def named(self, record_id: str) -> R:
        """Find a record that history refers to, even a deleted one."""
        return self._live.get(record_id) or self._gone[record_id]

    def remove(self, records: Iterable[R]) -> None:
        for record in records:
            if self._live.pop(record.id, None) is not None:
                self._gone[record.id] = record
