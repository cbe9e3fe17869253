"""What the resources of MonitorQA have in common: plain lists, single records, creation, bulk deletion, pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.vendors.monitorqa.client import rules
from airflow_qa_provider.vendors.monitorqa.client.paging import pages

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.monitorqa.client.client import MonitorQAClient

# the resources have methods named list, which hide the builtin from the annotations of a class
Row = dict[str, Any]
Rows = list[Row]


class MonitorQAResource(Resource):
    """A group of operations of MonitorQA."""

    _client: MonitorQAClient

    def _rows(self, operation: str) -> Rows:
        answer = self._client.call(operation)
        if not isinstance(answer, list):
            raise self._unexpected(operation, "a list", answer)
        return answer

    def _record(self, operation: str, path: Mapping[str, Any] | None = None) -> Row:
        answer = self._client.call(operation, path)
        if not isinstance(answer, dict):
            raise self._unexpected(operation, "an object", answer)
        return answer

    def _create(self, operation: str, body: Mapping[str, Any], look_up: str, key: str = "id") -> str:
        answer = self._client.call(operation, body=body)
        if not isinstance(answer, dict) or not answer.get(key):
            error = self._unexpected(operation, f"an object with {key}", answer)
            error.outcome = "It was probably created, but its id is not known"
            error.hint = f"Look for it with {look_up} before you repeat this"
            raise error
        return str(answer[key])

    def _delete(self, operation: str, values: Iterable[str] | str, field: str) -> None:
        self._client.call(operation, body={"ids": rules.ids(values, field)})

    def _pages(self, operation: str, params: Mapping[str, Any], page_size: int | None, limit: int | None) -> Paged:
        return pages(self._client, operation, params, page_size, limit)

    def _unexpected(self, operation: str, wanted: str, answer: object) -> QAResponseError:
        got = "nothing" if answer is None else f"JSON of type {type(answer).__name__}"
        return QAResponseError(
            f"the answer should be {wanted} but is {got}", vendor=self._client.vendor, operation=operation
        )
