"""Projects, and what is in them besides tasks: conditions, filters and reports; and where reports are stored."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from pydantic import BaseModel

from qa_sandbox.qalyptus.envelope import missing
from qa_sandbox.qalyptus.models import ConditionRule, FilterBookmark, FilterField, FilterOrder, FilterVariable
from qa_sandbox.qalyptus.seed import REPORT_FORMATS, SUBJECTS
from qa_sandbox.qalyptus.state.collection import Collection, Parts, Row
from qa_sandbox.qalyptus.state.owned import ContentCollection, OwnedCollection
from qa_sandbox.qalyptus.state.qlik import QlikApp
from qa_sandbox.web import Refused

if TYPE_CHECKING:
    from qa_sandbox.qalyptus.store import QalyptusStore


class Projects(OwnedCollection):
    kind = "project"

    def make(self, fields: Row) -> Row:
        """Make a project in the organization that the API key is bound to."""
        return self.add(**{"organizationID": self.store.home, "isGlobalPermissions": False, **fields})

    def in_organization(self, project_id: str, organization_id: str) -> Row:
        project, organization = self.get(project_id), self.store.organizations.get(organization_id)
        if project["organizationID"] != organization["id"]:
            details = f"The project {project_id} does not belong to the organization {organization_id}."
            raise Refused(400, "Project in another organization", details)
        return project

    def set_permission_mode(self, project_id: str, is_global: bool) -> Row:
        row = self.get(project_id)
        row["isGlobalPermissions"] = is_global
        return self.view(row)

    def removed(self, row: Row) -> None:
        super().removed(row)
        for objects in self.store.contents:
            for item in objects:
                if item["projectID"] == row["id"]:
                    objects.discard(item)

    def view(self, row: Row) -> Row:
        return {**super().view(row), "isGlobalPermissions": row["isGlobalPermissions"]}


class Rules(Parts):
    kind = "rule"
    parent = "conditions"
    noun = "condition rule"


class Conditions(ContentCollection):
    kind = "condition"

    def __init__(self, store: QalyptusStore) -> None:
        super().__init__(store)
        self.rules = Rules(store)
        self.parts = (self.rules,)

    def save_rule(self, condition_id: str, body: ConditionRule) -> Row:
        """Add a rule, or change it when its id is given."""
        condition, fields = self.get(condition_id), self._fields(body)
        return self.rules.view(self.rules.save(condition["id"], body.id, fields))

    def removed(self, row: Row) -> None:
        super().removed(row)
        self.store.tasks.reports.unlink("conditions", row["id"])


_TYPES = {FilterVariable: "Variable", FilterBookmark: "Bookmark", FilterField: "Field"}


class FilterItems(Parts):
    kind = "filter-item"
    parent = "filters"

    def move(self, filter_id: str, item_id: str, step: int) -> None:
        """Move an item; at the end of the list it stays where it is."""
        items = self.of(filter_id)
        old = items.index(self.get(filter_id, item_id))
        new = min(max(old + step, 0), len(items) - 1)
        items.insert(new, items.pop(old))
        self.replace(filter_id, items)

    def view(self, part: Row) -> Row:
        """Describe an item on the wire, with its place from 1."""
        (filter_id, _), kind = self.find(part["id"]), part["type"]
        named = self.store.qlik.find(kind.lower(), part[f"qlik{kind}ID"])
        return {**part, "filterID": filter_id, "name": named["name"], "order": self.of(filter_id).index(part) + 1}


class Filters(ContentCollection):
    kind = "filter"

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
        row = self.get(filter_id)
        self.items.move(row["id"], body.id, -1 if body.direction == "Up" else 1)
        return self.items.views(row["id"])

    def of_report(self, report_id: str) -> list[Row]:
        """Describe the filters that can be applied to a report: those of its project."""
        return self.in_project(self.store.reports.get(report_id)["projectID"])

    def removed(self, row: Row) -> None:
        super().removed(row)
        self.store.tasks.reports.unlink("filters", row["id"])


_PAGE = "<!DOCTYPE html>\n<html><head><title>{name}</title></head><body><h1>{name}</h1>\n{tables}\n</body></html>\n"


class Reports(ContentCollection):
    kind = "report"

    def make(self, fields: Row) -> Row:
        """Make a report without a template file; its figures are those of the sandbox's sales."""
        known = {name.lower(): name for name in REPORT_FORMATS}
        kind = known.get((fields["type"] or "Excel").lower())
        if kind is None:
            raise Refused(400, "Invalid report type", f"A report is one of {', '.join(REPORT_FORMATS)}.")
        defaults = {
            "formats": REPORT_FORMATS[kind],
            "subject": SUBJECTS["sales"],
            "isIteration": False,
            "templateFile": None,
            "dynamicNameSeparator": "_",
            "iterationFields": [],
            "dynamicNames": [],
        }
        return self.add(**{**defaults, **fields, "type": kind})

    def update(self, object_id: str, body: BaseModel) -> Row:
        """Change a report; iteration fields and dynamic names get ids."""
        wire = super().update(object_id, body)
        row = self.get(object_id)
        for name in ("iterationFields", "dynamicNames"):
            row[name] = [{"id": self.store.new_id(name), **item} for item in row[name] or ()]
        return wire

    def output_format(self, object_id: str, wanted: str) -> str:
        formats = self.get(object_id)["formats"]
        known = {name.lower(): name for name in formats}
        if wanted.lower() not in known:
            details = f"This report offers {', '.join(formats)}, not {wanted[:40]}."
            raise Refused(400, "Invalid output format", details)
        return str(known[wanted.lower()])

    def html(self, object_id: str) -> str:
        row = self.get(object_id)
        if row["type"] != "HTML":
            raise Refused(404, "HTML content not found", f"The report is of the type {row['type']}, not HTML.")
        titles = [item["title"] for item in self.app(object_id).objects]
        tables = "\n".join(f"<div class='qlik-object'>{html.escape(title)}</div>" for title in titles)
        return _PAGE.format(name=html.escape(row["name"]), tables=tables)

    def app(self, object_id: str) -> QlikApp:
        return self.store.qlik.app_of(self.get(object_id)["subject"])

    def template_items(self, object_id: str) -> Row:
        """Describe the Qlik objects in a report's template as a tree, whose leaves have ``null`` for objects."""
        subject, objects = self.get(object_id)["subject"], self.app(object_id).objects
        headings = [subject.dimension, "Month", *(measure.heading for measure, _, _ in subject.measures)]
        columns = [{"id": f"cId{number}", "name": heading} for number, heading in enumerate(headings, 1)]
        nodes = []
        for kind in dict.fromkeys(item["type"] for item in objects):
            leaves = [_item(item["id"], item["title"], kind, None, columns) for item in objects if item["type"] == kind]
            level = _item(f"level-{kind.lower()}", f"{kind}s", "Level", leaves, None)
            nodes.append({"name": f"{kind}s", "type": kind, "icon": kind.lower(), "objects": [level]})
        return {"nodes": nodes}

    def removed(self, row: Row) -> None:
        super().removed(row)
        self.store.tasks.reports.drop(lambda part: bool(part["reportID"] == row["id"]))

    def view(self, row: Row) -> Row:
        names = ("type", "isIteration", "templateFile", "dynamicNameSeparator")
        return {**super().view(row), **{name: row[name] for name in names}, "outputFormats": list(row["formats"])}


class StorageServices(Collection):
    kind = "storage-service"
    hidden = ("password",)

    def removed(self, row: Row) -> None:
        self.store.tasks.reports.unlink("storageServices", row["id"])


def _item(item_id: str, title: str, kind: str, objects: list[Row] | None, columns: list[Row] | None) -> Row:
    """Return an item of a template."""
    return {"id": item_id, "itemID": item_id, "title": title, "type": kind, "objects": objects, "columns": columns}
