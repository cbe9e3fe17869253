"""Conditions, filters and reports: what is in a project besides tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qa_sandbox.qalyptus import models
from qa_sandbox.qalyptus.routes.operation import Ids, Operation, content, crud, permissions
from qa_sandbox.qalyptus.state.contents import Reports
from qa_sandbox.qalyptus.store import QalyptusStore


def _of_report(read: Callable[[Reports, str], Any]) -> Callable[[QalyptusStore, str], Any]:
    return lambda store, one: read(store.reports, one)


CONDITIONS = (
    *crud("/conditions", "condition", models.InProject, models.NameAndDescription),
    *content("/conditions", duplicate="Duplicate condition", by_project="Get project conditions"),
    Operation("PUT", "/conditions/{id}/rule", "Create or update rule", "conditions.save_rule", models.ConditionRule),
    Operation("GET", "/conditions/{id}/rules", "Get rules", "conditions.rules.views"),
    Operation("GET", "/conditions/rules/{id}", "Get rule", "conditions.rules.show_any"),
    Operation("POST", "/conditions/{id}/rules/delete", "Delete condition rules", "conditions.rules.remove", Ids),
    *permissions("/conditions", get="Get condition permissions"),
)
_ONE, _SAVE = "/filters/{id}", "filters.save_item"
FILTERS = (
    *crud(
        "/filters", "filter", models.InProject, models.InProject, get="Get filter by ID", delete_many="Delete filters."
    ),
    *content("/filters", duplicate="Duplicate filter.", by_project="Get filters by project"),
    Operation("PUT", f"{_ONE}/variables", "Update filter variable values", _SAVE, models.FilterVariable),
    Operation("PUT", f"{_ONE}/bookmarks", "Update filter bookmark values", _SAVE, models.FilterBookmark),
    Operation("PUT", f"{_ONE}/fields", "Update filter field values", _SAVE, models.FilterField),
    Operation("POST", f"{_ONE}/values/delete", "Delete filter values", "filters.items.remove", Ids),
    Operation("PUT", f"{_ONE}/values/order", "Order filter values.", "filters.order", models.FilterOrder),
    Operation("GET", f"{_ONE}/items", "Get filter items.", "filters.items.views"),
    Operation("GET", "/filters/items/{id}", "Get filter items field.", "filters.items.show_any"),
    Operation("GET", "/filters/report/{id}", "Get report filters", "filters.of_report"),
    *permissions(
        "/filters",
        get="Get filter permissions",
        delete_one="Delete member permission",
        delete_many="Delete member permissions",
    ),
)
_REPORT = "/reports/{id}"
_fields = _of_report(lambda reports, one: reports.get(one)["iterationFields"])
_names = _of_report(lambda reports, one: reports.get(one)["dynamicNames"])
_variables = _of_report(lambda reports, one: reports.app(one).variables)
_apps = _of_report(lambda reports, one: [reports.app(one).wire])
_objects = _of_report(lambda reports, one: reports.app(one).objects)
REPORTS = (
    *crud(
        "/reports", "report", models.ReportCreate, models.ReportUpdate, update="Update a report", get="Get report by ID"
    ),
    *content("/reports", duplicate="Duplicate report", by_project="Get reports by project ID"),
    Operation("GET", f"{_REPORT}/iteration-fields", "Get report iteration fields", _fields),
    Operation("GET", f"{_REPORT}/dynamic-names", "Get report dynamic names", _names),
    Operation("GET", f"{_REPORT}/html", "Get report HTML content", "reports.html"),
    *permissions("/reports", set_one="Sets member permissions", delete_many="Delete member permissions"),
    Operation("GET", f"{_REPORT}/variables", "Get report variables", _variables),
    Operation("GET", f"{_REPORT}/qlik-apps", "Get report Qlik apps", _apps),
    Operation("GET", f"{_REPORT}/objects", "Get Qlik objects by report", _objects),
    Operation("GET", f"{_REPORT}/template-items", "Get report objects", "reports.template_items"),
    Operation(
        "POST",
        _REPORT + "/on-demand/{outputFormat}",
        "Generate an on-demand report",
        "runs.generate",
        models.OnDemand | None,
    ),
)
