"""The lists of Simplo IS."""

from __future__ import annotations

from airflow_qa_provider.kinds.listing import Filter, Listing, columns, filled

_PAGE_SIZE = 100
# who has a report's hash can read and approve it
_SECRETS = ("hash",)

REPORTS = Listing(
    name="reports",
    title="Reports index",
    operation="reports.list",
    columns=columns(
        "id:integer name report_setting_id:integer state:integer is_active:boolean to_invoice_price:number "
        "from_at:timestamp to_at:timestamp sent_at:timestamp sent_by_user_id:integer approved_at:timestamp "
        "approved_by_user_id:integer invoiced_at:timestamp invoiced_by_user_id:integer invoice_number:integer "
        "created_at:timestamp updated_at:timestamp _links:json"
    ),
    filters=(
        filled("active", "is_active"),
        filled("sent", "sent_at"),
        filled("approved", "approved_at"),
        filled("invoiced", "invoiced_at"),
        Filter("report_setting_id", keeps=lambda client, row, wanted: str(row.get("report_setting_id")) == wanted),
    ),
    changed="updated_at",
    secrets=_SECRETS,
    page_size=_PAGE_SIZE,
)
REPORT_TASKS = Listing(
    name="report_tasks",
    title="Report tasks index",
    operation="report_tasks.list",
    columns=columns(
        "id:integer report_id:integer name is_bug:boolean estimated_time:number reported_time:number "
        "to_invoice_time:number to_invoice_price:number status_id:integer task_id:integer note created_at:timestamp "
        "updated_at:timestamp _links:json"
    ),
    filters=(Filter("report_id", keeps=lambda client, row, wanted: str(row.get("report_id")) == wanted),),
    changed="updated_at",
    secrets=_SECRETS,
    page_size=_PAGE_SIZE,
)
REPORT_SETTINGS = Listing(
    name="report_settings",
    title="Report settings index",
    operation="report_settings.list",
    columns=columns(
        "id:integer name client_id:integer responsible_user_id:integer type is_live:boolean task_filter "
        "is_bug_field_hidden_for_client:boolean one_time_from:timestamp one_time_to:timestamp regular_start:timestamp "
        "regular_interval:integer created_at:timestamp updated_at:timestamp _links:json"
    ),
    changed="updated_at",
    secrets=_SECRETS,
    page_size=_PAGE_SIZE,
)

LISTINGS = (REPORTS, REPORT_TASKS, REPORT_SETTINGS)
