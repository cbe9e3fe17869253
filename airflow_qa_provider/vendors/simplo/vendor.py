"""Simplo IS: billing reports of tracked time."""

from __future__ import annotations

from airflow_qa_provider.kinds.kind import Vendor
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.simplo.form import SimploForm
from airflow_qa_provider.vendors.simplo.listings import LISTINGS
from airflow_qa_provider.vendors.simplo.reports import REPORT

VENDOR = Vendor(
    client=SimploClient,
    form=SimploForm,
    kinds=(REPORT,),
    listings=LISTINGS,
    secret_names=("hash", "report_hash"),
    url="https://simplo-is-docs.docker.sdev.cz/docs/api/",
)
