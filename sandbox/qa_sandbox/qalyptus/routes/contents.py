"""Conditions, filters and reports: what is in a project besides tasks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, Path

from qa_sandbox.qalyptus.models import catalogue as models
from qa_sandbox.qalyptus.models.base import InProject, NameAndDescription
from qa_sandbox.qalyptus.models.on_demand import OnDemand
from qa_sandbox.qalyptus.routes.crud import Ids, content, crud
from qa_sandbox.qalyptus.routes.operation import Endpoint, Id, Operation, Store, taking
from qa_sandbox.qalyptus.routes.permissions import Titles, permissions


async def save_rule(store: Store, condition_id: Id, body: models.ConditionRule) -> Any:
    return store.conditions.save_rule(condition_id, body)


async def list_rules(store: Store, condition_id: Id) -> Any:
    return store.conditions.rules.views(store.conditions.get(condition_id)["id"])


async def get_rule(store: Store, rule_id: Id) -> Any:
    return store.conditions.rules.view(store.conditions.rules.find(rule_id)[1])


async def delete_rules(store: Store, condition_id: Id, body: Ids) -> None:
    store.conditions.rules.remove(store.conditions.get(condition_id)["id"], body)


def save_filter_item(model: type[models.FilterVariable | models.FilterBookmark | models.FilterField]) -> Endpoint:
    async def save_item(store: Store, filter_id: Id, body: Any) -> Any:
        return store.filters.save_item(filter_id, body)

    return taking(model, save_item)


async def delete_filter_items(store: Store, filter_id: Id, body: Ids) -> None:
    store.filters.items.remove(store.filters.get(filter_id)["id"], body)


async def order_filter_items(store: Store, filter_id: Id, body: models.FilterOrder) -> Any:
    return store.filters.order(filter_id, body)


async def list_filter_items(store: Store, filter_id: Id) -> Any:
    return store.filters.items.views(store.filters.get(filter_id)["id"])


async def get_filter_item(store: Store, item_id: Id) -> Any:
    return store.filters.items.view(store.filters.items.find(item_id)[1])


async def list_filters_of_report(store: Store, report_id: Id) -> Any:
    return store.filters.of_report(report_id)


async def list_iteration_fields(store: Store, report_id: Id) -> Any:
    return store.reports.get(report_id)["iterationFields"]


async def list_dynamic_names(store: Store, report_id: Id) -> Any:
    return store.reports.get(report_id)["dynamicNames"]


async def get_report_html(store: Store, report_id: Id) -> Any:
    return store.reports.html(report_id)


async def list_report_variables(store: Store, report_id: Id) -> Any:
    return store.reports.app(report_id).variables


async def list_report_qlik_apps(store: Store, report_id: Id) -> Any:
    return [store.reports.app(report_id).wire]


async def list_report_qlik_objects(store: Store, report_id: Id) -> Any:
    return store.reports.app(report_id).objects


async def list_template_items(store: Store, report_id: Id) -> Any:
    return store.reports.template_items(report_id)


async def generate_report(
    store: Store,
    report_id: Id,
    output_format: Annotated[str, Path(alias="outputFormat", description="One of the report's outputFormats")],
    body: Annotated[OnDemand | None, Body()] = None,
) -> Any:
    selections = (body.selections if body else None) or []
    return store.runs.wire(store.runs.generate(report_id, output_format, selections))


CONDITIONS = (
    *crud(
        "/conditions",
        create=("Create condition", InProject),
        list_all="Get conditions",
        update=("Update condition", NameAndDescription),
        get="Get condition",
        delete="Delete condition",
        delete_many="Delete conditions",
    ),
    *content("/conditions", duplicate="Duplicate condition", by_project="Get project conditions"),
    Operation("PUT", "/conditions/{id}/rule", "Create or update rule", save_rule),
    Operation("GET", "/conditions/{id}/rules", "Get rules", list_rules),
    Operation("GET", "/conditions/rules/{id}", "Get rule", get_rule),
    Operation("POST", "/conditions/{id}/rules/delete", "Delete condition rules", delete_rules),
    *permissions("/conditions", Titles(get="Get condition permissions")),
)
FILTERS = (
    *crud(
        "/filters",
        create=("Create filter", InProject),
        list_all="Get filters",
        update=("Update filter", InProject),
        get="Get filter by ID",
        delete="Delete filter",
        delete_many="Delete filters.",
    ),
    *content("/filters", duplicate="Duplicate filter.", by_project="Get filters by project"),
    Operation(
        "PUT", "/filters/{id}/variables", "Update filter variable values", save_filter_item(models.FilterVariable)
    ),
    Operation(
        "PUT", "/filters/{id}/bookmarks", "Update filter bookmark values", save_filter_item(models.FilterBookmark)
    ),
    Operation("PUT", "/filters/{id}/fields", "Update filter field values", save_filter_item(models.FilterField)),
    Operation("POST", "/filters/{id}/values/delete", "Delete filter values", delete_filter_items),
    Operation("PUT", "/filters/{id}/values/order", "Order filter values.", order_filter_items),
    Operation("GET", "/filters/{id}/items", "Get filter items.", list_filter_items),
    Operation("GET", "/filters/items/{id}", "Get filter items field.", get_filter_item),
    Operation("GET", "/filters/report/{id}", "Get report filters", list_filters_of_report),
    *permissions(
        "/filters",
        Titles(
            get="Get filter permissions",
            delete_one="Delete member permission",
            delete_many="Delete member permissions",
        ),
    ),
)
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
    Operation("GET", "/reports/{id}/iteration-fields", "Get report iteration fields", list_iteration_fields),
    Operation("GET", "/reports/{id}/dynamic-names", "Get report dynamic names", list_dynamic_names),
    Operation("GET", "/reports/{id}/html", "Get report HTML content", get_report_html),
    *permissions("/reports", Titles(set_one="Sets member permissions", delete_many="Delete member permissions")),
    Operation("GET", "/reports/{id}/variables", "Get report variables", list_report_variables),
    Operation("GET", "/reports/{id}/qlik-apps", "Get report Qlik apps", list_report_qlik_apps),
    Operation("GET", "/reports/{id}/objects", "Get Qlik objects by report", list_report_qlik_objects),
    Operation("GET", "/reports/{id}/template-items", "Get report objects", list_template_items),
    Operation("POST", "/reports/{id}/on-demand/{outputFormat}", "Generate an on-demand report", generate_report),
)
