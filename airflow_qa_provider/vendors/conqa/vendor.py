"""CONQA: quality assurance of construction."""

from __future__ import annotations

from airflow_qa_provider.kinds.kind import Vendor
from airflow_qa_provider.vendors.conqa.client import ConqaClient
from airflow_qa_provider.vendors.conqa.events import EVENTS
from airflow_qa_provider.vendors.conqa.form import ConqaForm
from airflow_qa_provider.vendors.conqa.listings import LISTINGS
from airflow_qa_provider.vendors.conqa.milestones import MILESTONE
from airflow_qa_provider.vendors.conqa.reports import REPORT
from airflow_qa_provider.vendors.conqa.webhooks import WEBHOOK

VENDOR = Vendor(
    client=ConqaClient,
    form=ConqaForm,
    kinds=(MILESTONE, REPORT, WEBHOOK),
    listings=LISTINGS,
    events=EVENTS,
    url="https://help.conqahq.com/hc/en-us/articles/45491806858777-API-Endpoints",
)
