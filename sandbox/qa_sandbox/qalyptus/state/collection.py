"""Objects of one kind, and parts inside of objects: rules of a condition, items of a filter, schedules of a task."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from qa_sandbox.qalyptus.envelope import missing

if TYPE_CHECKING:
    from qa_sandbox.qalyptus.store import QalyptusStore

Row = dict[str, Any]


class Kind:
    """A kind of object: its word for ids, such as ``filter-item``, and its name for people, such as ``filter item``."""

    kind: ClassVar[str]
    noun: ClassVar[str]

    def __init__(self, store: QalyptusStore) -> None:
        self.store = store

    def __init_subclass__(cls) -> None:
        if "kind" in vars(cls) and "noun" not in vars(cls):
            cls.noun = cls.kind.replace("-", " ")

    def view(self, row: Row) -> Row:
        return dict(row)


class Collection(Kind):
    """Objects of one kind, oldest first. No answer shows the hidden members; an update without them keeps them."""

    hidden: ClassVar[tuple[str, ...]] = ()

    def __init__(self, store: QalyptusStore) -> None:
        super().__init__(store)
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

    def show(self, object_id: str) -> Row:
        return self.view(self.get(object_id))

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

    def delete(self, object_id: str) -> None:
        self.remove([object_id])

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


class Parts(Kind):
    """Parts of one kind, by the object that they belong to, in order; ``parent`` names the collection of those."""

    parent: ClassVar[str]

    def __init__(self, store: QalyptusStore) -> None:
        super().__init__(store)
        self._parts: dict[str, dict[str, Row]] = {}

    def of(self, parent_id: str) -> list[Row]:
        return list(self._parts.get(parent_id, {}).values())

    def check_parent(self, parent_id: str) -> None:
        getattr(self.store, self.parent).get(parent_id)

    def get(self, parent_id: str, part_id: str) -> Row:
        self.check_parent(parent_id)
        part = self._parts.get(parent_id, {}).get(part_id)
        if part is None:
            raise missing(self.noun, part_id)
        return part

    def find(self, part_id: str) -> tuple[str, Row]:
        for parent_id, parts in self._parts.items():
            if part_id in parts:
                return parent_id, parts[part_id]
        raise missing(self.noun, part_id)

    def add(self, parent_id: str, **fields: Any) -> Row:
        part = {"id": self.store.new_id(self.kind), **fields}
        self._parts.setdefault(parent_id, {})[part["id"]] = part
        return part

    def save(self, parent_id: str, part_id: str | None, fields: Row) -> Row:
        """Add a part, or change it when its id is given."""
        fields = {name: value for name, value in fields.items() if name != "id"}
        if part_id is None:
            return self.add(parent_id, **fields)
        part = self.get(parent_id, part_id)
        part.update(fields)
        return part

    def put(self, parent_id: str, body: BaseModel, part_id: object = None) -> Row:
        """Add a part as a request has it, or change it when its id is given."""
        self.check_parent(parent_id)
        return self.view(self.save(parent_id, str(part_id) if part_id else None, body.model_dump()))

    def delete(self, parent_id: str, part_id: str) -> None:
        self.remove(parent_id, [part_id])

    def remove(self, parent_id: str, part_ids: Iterable[str]) -> None:
        """Remove parts of an object, all or none."""
        self.check_parent(parent_id)
        for part in [self.get(parent_id, part_id) for part_id in dict.fromkeys(part_ids)]:
            del self._parts[parent_id][part["id"]]

    def replace(self, parent_id: str, parts: Iterable[Row]) -> None:
        self._parts[parent_id] = {part["id"]: part for part in parts}

    def forget(self, parent_id: str) -> None:
        self._parts.pop(parent_id, None)

    def drop(self, unwanted: Callable[[Row], bool]) -> None:
        for parent_id in self._parts:
            self.replace(parent_id, [part for part in self.of(parent_id) if not unwanted(part)])

    def copy(self, source_id: str, target_id: str) -> None:
        """Give an object copies of another's parts, with ids of their own."""
        for part in self.of(source_id):
            self.save(target_id, None, deepcopy(part))

    def detail(self, part: Row) -> Row:
        """Describe a part by itself; most show no more than in a list."""
        return self.view(part)

    def show(self, parent_id: str, part_id: str) -> Row:
        return self.detail(self.get(parent_id, part_id))

    def show_any(self, part_id: str) -> Row:
        return self.view(self.find(part_id)[1])

    def views(self, parent_id: str) -> list[Row]:
        self.check_parent(parent_id)
        return [self.view(part) for part in self.of(parent_id)]
