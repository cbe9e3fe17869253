"""Qalyptus Cloud: report generation for Qlik."""

from __future__ import annotations

from airflow_qa_provider.kinds.kind import Vendor
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.qalyptus.client.guesses import GUESSES
from airflow_qa_provider.vendors.qalyptus.form import QalyptusForm
from airflow_qa_provider.vendors.qalyptus.listings import LISTINGS
from airflow_qa_provider.vendors.qalyptus.log_files import USER
from airflow_qa_provider.vendors.qalyptus.requests import REQUEST
from airflow_qa_provider.vendors.qalyptus.task_runs import TASK_RUN

VENDOR = Vendor(
    client=QalyptusClient,
    form=QalyptusForm,
    kinds=(REQUEST, TASK_RUN, USER),
    listings=LISTINGS,
    secrets={
        "api_keys.create": "Call the hook's client in a @task, and put the secret into a secrets backend there",
        "status.download_report": "status.download_report_stream with a target stores the report itself",
    },
    guesses=GUESSES,
    url="https://apidocs.qalyptus.com/qalyptus-cloud/rest-api",
)
