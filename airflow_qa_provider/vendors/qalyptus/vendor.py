"""Qalyptus Cloud."""

from __future__ import annotations

from airflow_qa_provider.kinds.kind import Vendor
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.qalyptus.form import QalyptusForm

VENDOR = Vendor(client=QalyptusClient, form=QalyptusForm)
