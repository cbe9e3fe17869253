"""Client of the MonitorQA external API."""

from __future__ import annotations

from airflow_qa_provider.vendors.monitorqa.client.client import MonitorQAClient

__all__ = ["MonitorQAClient"]
