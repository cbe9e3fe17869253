"""Conditions, filters and reports: what is in a project besides tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Body, Path

from qa_sandbox.qalyptus import models
from qa_sandbox.qalyptus.routes.operation import (
    Endpoint,
    Id,
    Ids,
    Operation,
    Store,
    calling,
    content,
    crud,
    permissions,
    sent,
)
from qa_sandbox.qalyptus.state.contents import Reports


def _save_item(model: type[models.FilterVariable | models.FilterBookmark | models.FilterField]) -> Endpoint:
    return calling(lambda store, one, body: store.filters.save_item(one, body), one=Id, body=sent(model))


def _of_report(read: Callable[[Reports, str], Any]) -> Endpoint:
    return calling(lambda store, one: read(store.reports, one), one=Id)


async def generate_report(
    store: Store,
    report_id: Id,
    output_format: Annotated[str, Path(alias="outputFormat", description="One of the report's outputFormats")],
    body: Annotated[models.OnDemand | None, Body()] = None,
) -> Any:
    selections = (body.selections if body else None) or []
    return store.runs.wire(store.runs.generate(report_id, output_format, selections))


_save_rule = calling(
    lambda store, one, body: store.conditions.save_rule(one, body), one=Id, body=sent(models.ConditionRule)
)
_list_rules = calling(lambda store, one: store.conditions.rules.views(store.conditions.get(one)["id"]), one=Id)
_get_rule = calling(lambda store, one: store.conditions.rules.show_any(one), one=Id)
_delete_rules = calling(
    lambda store, one, body: store.conditions.rules.remove(store.conditions.get(one)["id"], body),
    one=Id,
    body=sent(Ids),
)
CONDITIONS = (
    *crud(
        "/conditions",
        create=("Create condition", models.InProject),
        list_all="Get conditions",
        update=("Update condition", models.NameAndDescription),
        get="Get condition",
        delete="Delete condition",
        delete_many="Delete conditions",
    ),
    *content("/conditions", duplicate="Duplicate condition", by_project="Get project conditions"),
    Operation("PUT", "/conditions/{id}/rule", "Create or update rule", _save_rule),
    Operation("GET", "/conditions/{id}/rules", "Get rules", _list_rules),
    Operation("GET", "/conditions/rules/{id}", "Get rule", _get_rule),
    Operation("POST", "/conditions/{id}/rules/delete", "Delete condition rules", _delete_rules),
    *permissions("/conditions", get="Get condition permissions"),
)
_ONE = "/filters/{id}"
_delete_items = calling(
    lambda store, one, body: store.filters.items.remove(store.filters.get(one)["id"], body), one=Id, body=sent(Ids)
)
_order_items = calling(lambda store, one, body: store.filters.order(one, body), one=Id, body=sent(models.FilterOrder))
_list_items = calling(lambda store, one: store.filters.items.views(store.filters.get(one)["id"]), one=Id)
_get_item = calling(lambda store, one: store.filters.items.show_any(one), one=Id)
_for_report = calling(lambda store, one: store.filters.of_report(one), one=Id)
FILTERS = (
    *crud(
        "/filters",
        create=("Create filter", models.InProject),
        list_all="Get filters",
        update=("Update filter", models.InProject),
        get="Get filter by ID",
        delete="Delete filter",
        delete_many="Delete filters.",
    ),
    *content("/filters", duplicate="Duplicate filter.", by_project="Get filters by project"),
    Operation("PUT", f"{_ONE}/variables", "Update filter variable values", _save_item(models.FilterVariable)),
    Operation("PUT", f"{_ONE}/bookmarks", "Update filter bookmark values", _save_item(models.FilterBookmark)),
    Operation("PUT", f"{_ONE}/fields", "Update filter field values", _save_item(models.FilterField)),
    Operation("POST", f"{_ONE}/values/delete", "Delete filter values", _delete_items),
    Operation("PUT", f"{_ONE}/values/order", "Order filter values.", _order_items),
    Operation("GET", f"{_ONE}/items", "Get filter items.", _list_items),
    Operation("GET", "/filters/items/{id}", "Get filter items field.", _get_item),
    Operation("GET", "/filters/report/{id}", "Get report filters", _for_report),
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
        "/reports",
        create=("Create report", models.ReportCreate),
        list_all="Get reports",
        update=("Update a report", models.ReportUpdate),
        get="Get report by ID",
        delete="Delete report",
        delete_many="Delete reports",
    ),
    *content("/reports", duplicate="Duplicate report", by_project="Get reports by project ID"),
    Operation("GET", f"{_REPORT}/iteration-fields", "Get report iteration fields", _fields),
    Operation("GET", f"{_REPORT}/dynamic-names", "Get report dynamic names", _names),
    Operation("GET", f"{_REPORT}/html", "Get report HTML content", _of_report(Reports.html)),
    *permissions("/reports", set_one="Sets member permissions", delete_many="Delete member permissions"),
    Operation("GET", f"{_REPORT}/variables", "Get report variables", _variables),
    Operation("GET", f"{_REPORT}/qlik-apps", "Get report Qlik apps", _apps),
    Operation("GET", f"{_REPORT}/objects", "Get Qlik objects by report", _objects),
    Operation("GET", f"{_REPORT}/template-items", "Get report objects", _of_report(Reports.template_items)),
    Operation("POST", _REPORT + "/on-demand/{outputFormat}", "Generate an on-demand report", generate_report),
)
