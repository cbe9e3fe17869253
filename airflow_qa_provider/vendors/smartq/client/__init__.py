"""Client of the smartQ API."""

from __future__ import annotations

from airflow_qa_provider.vendors.smartq.client.client import SmartQClient

__all__ = ["SmartQClient"]
