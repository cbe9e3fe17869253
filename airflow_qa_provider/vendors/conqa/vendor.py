"""CONQA."""

from __future__ import annotations

from airflow_qa_provider.kinds.kind import Vendor
from airflow_qa_provider.vendors.conqa.client import ConqaClient
from airflow_qa_provider.vendors.conqa.form import ConqaForm

VENDOR = Vendor(client=ConqaClient, form=ConqaForm)
