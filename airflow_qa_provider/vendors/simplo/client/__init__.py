"""Client of the Simplo IS API."""

from __future__ import annotations

from airflow_qa_provider.vendors.simplo.client.client import SimploClient

__all__ = ["SimploClient"]
