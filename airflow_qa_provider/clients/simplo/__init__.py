"""Client of the Simplo IS API."""

from __future__ import annotations

from airflow_qa_provider.clients.simplo.client import SimploClient

__all__ = ["SimploClient"]
