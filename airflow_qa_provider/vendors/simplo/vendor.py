"""Simplo IS."""

from __future__ import annotations

from airflow_qa_provider.kinds.kind import Vendor
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.simplo.form import SimploForm

VENDOR = Vendor(client=SimploClient, form=SimploForm)
