"""What the resources of MonitorQA have in common: plain lists, single records, creation, bulk deletion, pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.paging import Page, Paged, positions_after
from airflow_qa_provider.rest.parameters import Ids
from airflow_qa_provider.rest.shapes import count_in, part_in, rows_in
from airflow_qa_provider.vendors.monitorqa.client.rules import check

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
        return rows_in(answer, self._client.vendor, operation)

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

    def _delete(self, operation: str, values: Ids, field: str) -> None:
        self._client.call(operation, body={"ids": check.ids(values, field)})

    def _pages(self, operation: str, family: type, wanted: Mapping[str, Any]) -> Paged:
        """Return a lazy list: ``pageNumber`` counts from 1, rows are in ``data``, their count in ``meta.totalCount``.

        ``family`` says what ``wanted`` may have.
        """
        client, params = self._client, check.wire(family, wanted)
        size, most = check.page(wanted.get("page_size"), wanted.get("limit"), client.settings.page_size)

        def fetch(position: tuple[int, int]) -> Page:
            number, seen = position
            answer = client.call(operation, params={**params, "pageNumber": number, "pageSize": size})
            if not isinstance(answer, Mapping) or not isinstance(answer.get("data"), list):
                raise QAResponseError(f"page {number} has no list in data", vendor=client.vendor, operation=operation)
            rows = rows_in(answer["data"], client.vendor, operation)
            total = count_in(part_in(answer, "meta"), "totalCount")
            seen += len(rows)
            # rows are counted, not computed from meta.pageSize: a server that caps the size must not cut the list
            last = total is not None and seen >= total
            # not a list: whatever the vendor counts costs nothing before it is asked for
            ahead = ((one, (one - 1) * len(rows)) for one in positions_after(number, len(rows), total))
            return Page(rows, None if last else (number + 1, seen), total, ahead)

        return Paged(fetch, (1, 0), most)

    def _unexpected(self, operation: str, wanted: str, answer: object) -> QAResponseError:
        got = "nothing" if answer is None else f"JSON of type {type(answer).__name__}"
        return QAResponseError(
            f"the answer should be {wanted} but is {got}", vendor=self._client.vendor, operation=operation
        )
