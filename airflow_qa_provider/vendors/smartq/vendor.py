"""smartQ: kanban boards and tickets."""

from __future__ import annotations

from airflow_qa_provider.kinds.kind import Vendor
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.form import SmartQForm
from airflow_qa_provider.vendors.smartq.listings import LISTINGS
from airflow_qa_provider.vendors.smartq.notes import NOTE
from airflow_qa_provider.vendors.smartq.tickets import TICKET

VENDOR = Vendor(
    client=SmartQClient,
    form=SmartQForm,
    kinds=(TICKET, NOTE),
    listings=LISTINGS,
    secrets={"auth.get_token": "The connection signs in by itself"},
    url="https://www.getsmartq.com/help/api.php",
)
