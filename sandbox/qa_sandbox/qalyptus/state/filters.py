"""Filters with their items: variables, bookmarks and fields, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa_sandbox.qalyptus.envelope import missing
from qa_sandbox.qalyptus.models.catalogue import (
    FilterBookmark,
    FilterField,
    FilterOrder,
    FilterVariable,
)
from qa_sandbox.qalyptus.state.collection import Row
from qa_sandbox.qalyptus.state.owned import ContentCollection
from qa_sandbox.qalyptus.state.parts import Parts

if TYPE_CHECKING:
    from qa_sandbox.qalyptus.store import QalyptusStore

VARIABLE, BOOKMARK, FIELD = "Variable", "Bookmark", "Field"
_TYPES = {FilterVariable: VARIABLE, FilterBookmark: BOOKMARK, FilterField: FIELD}


class FilterItems(Parts):
    kind = "filter-item"
    noun = "filter item"

    def move(self, filter_id: str, item_id: str, step: int) -> None:
        """Move an item; at the end of the list it stays where it is."""
        items = self.of(filter_id)
        old = items.index(self.get(filter_id, item_id))
        new = min(max(old + step, 0), len(items) - 1)
        items.insert(new, items.pop(old))
        self.replace(filter_id, items)

    def view(self, part: Row) -> Row:
        """Describe an item on the wire, with its place from 1."""
        filter_id, _ = self.find(part["id"])
        qlik = self.store.qlik
        named = {
            VARIABLE: lambda: qlik.variable(part["qlikVariableID"]),
            BOOKMARK: lambda: qlik.bookmark(part["qlikBookmarkID"]),
            FIELD: lambda: qlik.field(part["qlikFieldID"]),
        }[part["type"]]()
        return {**part, "filterID": filter_id, "name": named["name"], "order": self.of(filter_id).index(part) + 1}


class Filters(ContentCollection):
    """Filters of the tenant."""

    kind = "filter"
    noun = "filter"

    def __init__(self, store: QalyptusStore) -> None:
        super().__init__(store)
        self.items = FilterItems(store)
        self.parts = (self.items,)

    def save_item(self, filter_id: str, body: FilterVariable | FilterBookmark | FilterField) -> Row:
        row, fields, kind = self.get(filter_id), self._fields(body), _TYPES[type(body)]
        if body.id is not None and self.items.get(row["id"], body.id)["type"] != kind:
            raise missing(f"filter {kind.lower()}", body.id)
        return self.items.view(self.items.save(row["id"], body.id, {"type": kind, **fields}))

    def order(self, filter_id: str, body: FilterOrder) -> list[Row]:
        """Move an item up or down."""
        row = self.get(filter_id)
        self.items.move(row["id"], body.id, -1 if body.direction == "Up" else 1)
        return self.items.views(row["id"])

    def of_report(self, report_id: str) -> list[Row]:
        """Describe the filters that can be applied to a report: those of its project."""
        return self.in_project(self.store.reports.get(report_id)["projectID"])

    def removed(self, row: Row) -> None:
        """Remove a filter that is gone from the reports of tasks."""
        super().removed(row)
        self.store.tasks.reports.unlink("filters", row["id"])
