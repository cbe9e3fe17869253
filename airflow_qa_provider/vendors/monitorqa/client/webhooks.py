"""The log of MonitorQA's webhooks. Webhooks themselves are set up in its web application only."""

from __future__ import annotations

from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource


class Webhooks(MonitorQAResource):
    """What MonitorQA has sent to webhooks, and what it was answered."""

    def list_log(self, *, page_size: int | None = None, limit: int | None = None) -> Paged:
        """Return the history of webhook calls (source: "Get webhooks log").

        Its ``webhookUrl`` is as secret as the receiver makes it: a secret in the path of the URL is in these rows.

        :param page_size: Rows per request; the vendor's default, which is not documented, when unset.
        :param limit: Most rows in all.
        :return: Rows with ``createdAtUtc``, ``webhookEvent``, ``webhookCommandType`` (see
            :class:`~airflow_qa_provider.vendors.monitorqa.client.enums.WebhookCommandType`), ``webhookUrl``,
            ``httpStatusCode`` and ``errorMessage``.
        :raises QAValidationError: ``page_size`` or ``limit`` cannot be.
        """
        return self._pages("webhooks.list_log", {}, page_size, limit)
