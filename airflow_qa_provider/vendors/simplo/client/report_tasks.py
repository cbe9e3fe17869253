"""Report tasks of Simplo IS: the lines of a report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.vendors.simplo.client.index import Filters, Index

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.simplo.client.client import SimploClient

# the public copy of this page is cut off, so what it allows cannot be checked here
_INDEX = Index("report_tasks.list")


class ReportTasks(Resource):
    """Tasks in reports, with their estimated, reported and invoiced times in minutes, and prices."""

    _client: SimploClient

    def list(
        self,
        *,
        filters: Filters | None = None,
        sort: Iterable[str] | str | None = None,
        embed: Iterable[str] | str | None = None,
        page_size: int | None = None,
        limit: int | None = None,
    ) -> Paged:
        """Return the report tasks (source: "Report tasks index"). Needs the permission access on report-tasks.

        :param filters: Field to the wanted value, or to several; among the fields are ``report_id``, ``status_id`` and
            ``is_bug``.
        :param sort: Fields to sort by; ``-`` before a name makes its order descending.
        :param embed: Fields to embed, such as ``total_time_reported`` (minutes).
        :param page_size: Rows per request; the vendor's default when unset.
        :param limit: Most rows in all.
        :raises QAValidationError: A value that cannot be sent.
        :raises QAResponseError: The installation did not understand the page or a filter by number.
        """
        return _INDEX.pages(self._client, filters, sort, embed, page_size, limit)

    def get(self, report_task_id: int | str) -> dict[str, Any]:
        """Return one report task (source: "Report task detail"). Needs the permission read on report-tasks.

        :param report_task_id: Id of the report task.
        :return: ``id``, ``report_id``, ``name``, ``is_bug``, ``estimated_time``, ``reported_time``,
            ``to_invoice_time``, ``to_invoice_price``, ``status_id``, ``task_id``, ``note``, and more.
        :raises QANotFoundError: There is no such report task.
        """
        return dict(self._client.call("report_tasks.get", {"report_task_id": report_task_id}))
