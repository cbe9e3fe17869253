"""The link of an operator or sensor to its object at the vendor."""

from __future__ import annotations

from typing import Any

from airflow.providers.common.compat.sdk import BaseOperatorLink


class ObjectLink(BaseOperatorLink):
    """Opens the object of a task on the vendor's own page.

    :cvar name: Text of the button.
    """

    name = "Object"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the page of the object; empty before there is one, or where the vendor has none.

        Airflow calls this on the worker, also when the task defers, and stores the result.

        :param operator: The operator.
        :param ti_key: Key of the task instance.
        """
        seen = getattr(operator, "awaited_link", None)
        object_id = getattr(operator, "awaited_id", None)
        if seen or not object_id:
            return seen or ""
        from airflow_qa_provider.vendors import kind_of

        link = kind_of(operator.kind).link
        return link(object_id) if link else ""
