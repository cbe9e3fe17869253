"""Licenses of Qalyptus Cloud."""

from __future__ import annotations

from typing import Any

from airflow_qa_provider.vendors.qalyptus.client.resource import QalyptusResource


class Licenses(QalyptusResource, name="licenses"):
    """What the tenant has paid for."""

    def list(self) -> Any:
        """Return what the vendor tells about the licenses (source: "Get licenses").

        :return: What the vendor answers; the docs say neither list nor object.
        :raises QAPermissionError: The key's user may not see it.
        """
        return self._client.call("licenses.list")
