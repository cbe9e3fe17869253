"""smartQ."""

from __future__ import annotations

from airflow_qa_provider.kinds.kind import Vendor
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.form import SmartQForm

VENDOR = Vendor(client=SmartQClient, form=SmartQForm)
