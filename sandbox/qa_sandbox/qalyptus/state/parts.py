"""Objects inside other objects: rules of a condition, items of a filter, schedules of a task."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar

from qa_sandbox.qalyptus.envelope import missing
from qa_sandbox.qalyptus.state.collection import Row

if TYPE_CHECKING:
    from qa_sandbox.qalyptus.store import QalyptusStore


class Parts:
    """Parts of one kind, by the object that they belong to, in order."""

    kind: ClassVar[str]
    """Kind for ids, such as ``rule``."""
    noun: ClassVar[str]
    """Name for people, such as ``rule``."""

    def __init__(self, store: QalyptusStore) -> None:
        self.store = store
        self._parts: dict[str, dict[str, Row]] = {}

    def of(self, parent_id: str) -> list[Row]:
        return list(self._parts.get(parent_id, {}).values())

    def get(self, parent_id: str, part_id: str) -> Row:
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
        """Give an object a part."""
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

    def remove(self, parent_id: str, part_ids: Iterable[str]) -> None:
        """Remove parts of an object, all or none."""
        for part in [self.get(parent_id, part_id) for part_id in dict.fromkeys(part_ids)]:
            del self._parts[parent_id][part["id"]]

    def replace(self, parent_id: str, parts: Iterable[Row]) -> None:
        """Set the parts of an object, or their order."""
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

    def view(self, part: Row) -> Row:
        return dict(part)

    def views(self, parent_id: str) -> list[Row]:
        return [self.view(part) for part in self.of(parent_id)]
