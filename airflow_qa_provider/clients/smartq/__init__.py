"""Client of the smartQ API."""

from __future__ import annotations

from airflow_qa_provider.clients.smartq.client import SmartQClient

__all__ = ["SmartQClient"]
