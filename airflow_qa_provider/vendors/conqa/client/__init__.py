"""Client of the CONQA public API."""

from __future__ import annotations

from airflow_qa_provider.vendors.conqa.client.client import ConqaClient
from airflow_qa_provider.vendors.conqa.client.fields import Option
from airflow_qa_provider.vendors.conqa.client.webhooks import WebhookStatus, WebhookType

__all__ = ["ConqaClient", "Option", "WebhookStatus", "WebhookType"]
