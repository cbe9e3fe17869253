"""The log of MonitorQA's webhooks. Webhooks themselves are set up in its web application only."""

from __future__ import annotations

from typing_extensions import Unpack

from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Paging
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource


class Webhooks(MonitorQAResource):
    """What MonitorQA has sent to webhooks, and what it was answered."""

    def list_log(self, **wanted: Unpack[Paging]) -> Paged:
        """Return the history of webhook calls (source: "Get webhooks log").

        Its ``webhookUrl`` is as secret as the receiver makes it: a secret in the path of the URL is in these rows.

        :param wanted: Fields of :class:`~airflow_qa_provider.rest.parameters.Paging`.
        :return: Rows with ``createdAtUtc``, ``webhookEvent``, ``webhookCommandType`` (0 for an audit, 1 for a
            corrective action, 2 for an audit template), ``webhookUrl``, ``httpStatusCode`` and ``errorMessage``.
        """
        return self._pages("webhooks.list_log", Paging, wanted)
