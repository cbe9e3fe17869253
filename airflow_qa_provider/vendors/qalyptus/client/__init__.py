"""Client of the Qalyptus Cloud API."""

from __future__ import annotations

from airflow_qa_provider.vendors.qalyptus.client.client import QalyptusClient

__all__ = ["QalyptusClient"]
