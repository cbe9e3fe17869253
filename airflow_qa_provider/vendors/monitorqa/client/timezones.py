"""Time zones that MonitorQA knows."""

from __future__ import annotations

from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Rows


class Timezones(MonitorQAResource):
    """Time zones to give to a company."""

    def list(self) -> Rows:
        """Return all time zones, those with the most negative present offset first (source: "Get timezones").

        :return: Records with ``ianaName``, such as ``America/New_York``, and ``text``, the same for people.
        """
        return self._rows("timezones.list")
