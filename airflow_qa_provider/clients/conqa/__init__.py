"""Client of the CONQA public API."""

from __future__ import annotations

from airflow_qa_provider.clients.conqa.client import ConqaClient
from airflow_qa_provider.clients.conqa.fields import Option
from airflow_qa_provider.clients.conqa.webhooks import WebhookStatus, WebhookType

__all__ = ["ConqaClient", "Option", "WebhookStatus", "WebhookType"]
