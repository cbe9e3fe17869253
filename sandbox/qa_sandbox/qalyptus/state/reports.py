"""Reports: templates with output formats, iteration fields and dynamic names."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from qa_sandbox.qalyptus.envelope import Refused
from qa_sandbox.qalyptus.seed import REPORT_FORMATS, SALES
from qa_sandbox.qalyptus.state.collection import Row
from qa_sandbox.qalyptus.state.owned import ContentCollection
from qa_sandbox.qalyptus.state.qlik import QlikApp

if TYPE_CHECKING:
    from pydantic import BaseModel

_PAGE = "<!DOCTYPE html>\n<html><head><title>{name}</title></head><body><h1>{name}</h1>\n{tables}\n</body></html>\n"


class Reports(ContentCollection):
    """Reports of the tenant."""

    kind = "report"
    noun = "report"

    def make(self, fields: Row) -> Row:
        """Make a report without a template file; its figures are those of the sandbox's sales."""
        known = {name.lower(): name for name in REPORT_FORMATS}
        kind = known.get((fields["type"] or "Excel").lower())
        if kind is None:
            raise Refused(400, "Invalid report type", f"A report is one of {', '.join(REPORT_FORMATS)}.")
        defaults = {
            "formats": REPORT_FORMATS[kind],
            "subject": SALES,
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
        """Check a format."""
        formats = self.get(object_id)["formats"]
        known = {name.lower(): name for name in formats}
        if wanted.lower() not in known:
            details = f"This report offers {', '.join(formats)}, not {wanted[:40]}."
            raise Refused(400, "Invalid output format", details)
        return str(known[wanted.lower()])

    def html(self, object_id: str) -> str:
        """Return the page of an HTML report."""
        row = self.get(object_id)
        if row["type"] != "HTML":
            raise Refused(404, "HTML content not found", f"The report is of the type {row['type']}, not HTML.")
        titles = [item["title"] for item in self.app(object_id).objects]
        tables = "\n".join(f"<div class='qlik-object'>{html.escape(title)}</div>" for title in titles)
        return _PAGE.format(name=html.escape(row["name"]), tables=tables)

    def app(self, object_id: str) -> QlikApp:
        """Return the Qlik app that a report shows."""
        return self.store.qlik.app_of(self.get(object_id)["subject"])

    def template_items(self, object_id: str) -> Row:
        """Describe the Qlik objects in a report's template as a tree."""
        subject, objects = self.get(object_id)["subject"], self.app(object_id).objects
        columns = [subject.dimension, "Month", *(measure.heading for measure, _, _ in subject.measures)]
        nodes = []
        for kind in dict.fromkeys(item["type"] for item in objects):
            items = [
                {
                    "id": item["id"],
                    "itemID": item["id"],
                    "title": item["title"],
                    "type": kind,
                    "objects": [],
                    "columns": columns,
                }
                for item in objects
                if item["type"] == kind
            ]
            nodes.append({"name": f"{kind}s", "type": kind, "icon": kind.lower(), "objects": items})
        return {"nodes": nodes}

    def removed(self, row: Row) -> None:
        """Remove a report that is gone from tasks."""
        super().removed(row)
        self.store.tasks.reports.drop(lambda part: bool(part["reportID"] == row["id"]))

    def view(self, row: Row) -> Row:
        names = ("type", "isIteration", "templateFile", "dynamicNameSeparator")
        return {**super().view(row), **{name: row[name] for name in names}, "outputFormats": list(row["formats"])}
