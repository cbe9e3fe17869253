"""MonitorQA: audits and inspections."""

from __future__ import annotations

from airflow_qa_provider.kinds.kind import Vendor
from airflow_qa_provider.vendors.monitorqa.audit_objects import AUDIT_OBJECT
from airflow_qa_provider.vendors.monitorqa.audits import AUDIT
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.monitorqa.corrective_actions import CORRECTIVE_ACTION
from airflow_qa_provider.vendors.monitorqa.events import EVENTS
from airflow_qa_provider.vendors.monitorqa.files import FILE
from airflow_qa_provider.vendors.monitorqa.form import MonitorQAForm
from airflow_qa_provider.vendors.monitorqa.listings import LISTINGS
from airflow_qa_provider.vendors.monitorqa.named import NAMED
from airflow_qa_provider.vendors.monitorqa.schedules import SCHEDULE

VENDOR = Vendor(
    client=MonitorQAClient,
    form=MonitorQAForm,
    kinds=(AUDIT, AUDIT_OBJECT, CORRECTIVE_ACTION, FILE, SCHEDULE, *NAMED),
    listings=LISTINGS,
    events=EVENTS,
    secrets={"company.create": "Call the hook's client in a @task, and put the secret into a secrets backend there"},
    url="https://developer.monitorqa.com",
)
