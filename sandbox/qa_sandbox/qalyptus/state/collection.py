"""Objects of one kind: made, changed, found and removed by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from qa_sandbox.qalyptus.envelope import missing

if TYPE_CHECKING:
    from qa_sandbox.qalyptus.store import QalyptusStore

Row = dict[str, Any]


class Collection:
    """Objects of one kind, oldest first."""

    kind: ClassVar[str]
    """Kind for ids, such as ``condition``."""
    noun: ClassVar[str]
    """Name for people, such as ``condition``."""
    hidden: ClassVar[tuple[str, ...]] = ()
    """Members that no answer shows; an update without them keeps them."""

    def __init__(self, store: QalyptusStore) -> None:
        self.store = store
        self._rows: dict[str, Row] = {}

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self._rows.values()))

    def __contains__(self, object_id: str) -> bool:
        return object_id in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, object_id: str) -> Row:
        row = self._rows.get(object_id)
        if row is None:
            raise missing(self.noun, object_id)
        return row

    def add(self, **fields: Any) -> Row:
        row = {"id": self.store.new_id(self.kind), **fields}
        self._rows[row["id"]] = row
        return row

    def make(self, fields: Row) -> Row:
        """Make an object from a request; subclasses add what the request does not say."""
        return self.add(**fields)

    def view(self, row: Row) -> Row:
        return {name: value for name, value in row.items() if name not in self.hidden}

    def views(self, rows: Iterable[Row] | None = None) -> list[Row]:
        return [self.view(row) for row in (self if rows is None else rows)]

    def create(self, body: BaseModel) -> Row:
        return self.view(self.make(self._fields(body)))

    def update(self, object_id: str, body: BaseModel) -> Row:
        row = self.get(object_id)
        fields = self._fields(body)
        row.update({name: value for name, value in fields.items() if value is not None or name not in self.hidden})
        return self.view(row)

    def remove(self, object_ids: Iterable[str]) -> None:
        """Remove objects, all or none."""
        rows = [self.get(object_id) for object_id in dict.fromkeys(object_ids)]
        for row in rows:
            self.check_removable(row)
        for row in rows:
            self.discard(row)

    def discard(self, row: Row) -> None:
        """Remove an object with what belongs to it, whether it must stay or not."""
        # It may have gone with another object before.
        if self._rows.pop(row["id"], None) is not None:
            self.removed(row)

    def check_removable(self, row: Row) -> None:
        """Refuse to remove an object that must stay."""

    def removed(self, row: Row) -> None:
        """Remove what belongs to an object that is gone."""

    def _fields(self, body: BaseModel) -> Row:
        fields = body.model_dump(by_alias=True)
        self.store.check_references(fields)
        return fields
