"""What all resources of Qalyptus Cloud share: reading answers whose shape the docs do not show."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.parameters import Id
from airflow_qa_provider.rest.shapes import rows_in
from airflow_qa_provider.vendors.qalyptus.client.routes import ROUTES
from airflow_qa_provider.vendors.qalyptus.client.rules import check

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.qalyptus.client.client import QalyptusClient

Record = dict[str, Any]
"""One object of the vendor, under the vendor's field names."""

Records = list[Record]
"""Objects of the vendor. Also keeps annotations clear of the methods that are named ``list``."""


class QalyptusResource(Resource):
    """A group of operations, named in the route table as ``<name>.<method>``.

    A subclass that gives its ``name`` becomes a resource: every method that it inherits from a mixin gets the title
    that the vendor prints for this resource added to its docstring. Without a name it is a mixin itself.

    A method that makes something returns the vendor's answer, with the new ``id`` when it holds one; a method that
    changes something returns the answer, or nothing.
    """

    _client: QalyptusClient
    _name: ClassVar[str]

    def __init_subclass__(cls, *, name: str | None = None) -> None:
        super().__init_subclass__()
        if name is None:
            return
        cls._name = name
        for route in ROUTES.values():
            resource, _, method = route.operation.partition(".")
            inherited = getattr(cls, method, None) if resource == name and method not in vars(cls) else None
            if inherited is not None and f'"{route.title}"' not in (inherited.__doc__ or ""):
                setattr(cls, method, _titled(inherited, route.title, f"{cls.__qualname__}.{method}"))

    def _record(self, operation: str, path: Mapping[str, Any] | None = None, **request: Any) -> Record:
        """Return an answer that is one object; empty when the vendor answers nothing."""
        answer = self._client.call(operation, path, **request)
        if answer is None:
            return {}
        if isinstance(answer, Mapping):
            return dict(answer)
        raise _unexpected(answer, "an object", operation)

    def _records(self, operation: str, path: Mapping[str, Any] | None = None) -> Records:
        """Return an answer that is a list of objects; empty when the vendor answers nothing."""
        answer = self._client.call(operation, path)
        if answer is None:
            return []
        if isinstance(answer, list):
            return rows_in(answer, "qalyptus", operation)
        raise _unexpected(answer, "a list", operation)

    def _created(self, operation: str, path: Mapping[str, Any] | None = None, **request: Any) -> Record:
        """Return the answer to a creation, with the new id under ``id`` wherever the vendor put it."""
        answer = self._client.call(operation, path, **request)
        record = dict(answer) if isinstance(answer, Mapping) else {}
        new_id = self._client.dialect.find_id(answer)
        return record if new_id is None else {**record, "id": new_id}

    def _upserted(self, operation: str, task_id: Id, name: str, part_id: str | None, body: Any) -> Record:
        """Return the answer to a change of a part of a task, or to a new part when its id is not given."""
        params = {check.spelled(name): check.uuid(part_id, name)} if is_given(part_id) else {}
        return self._created(operation, {"id": task_id}, params=params, body=body)

    def _changed(self, operation: str, path: Mapping[str, Any], body: Any) -> Record:
        """Return the answer to a change when it is an object; the docs show none, so anything else is no error."""
        answer = self._client.call(operation, path, body=body)
        return dict(answer) if isinstance(answer, Mapping) else {}


def _titled(method: Callable[..., Any], title: str, qualified_name: str) -> Callable[..., Any]:
    copy = types.FunctionType(
        method.__code__, method.__globals__, method.__name__, method.__defaults__, method.__closure__
    )
    functools.update_wrapper(copy, method)
    copy.__kwdefaults__ = method.__kwdefaults__
    copy.__qualname__ = qualified_name
    summary, stop, rest = (method.__doc__ or "").partition(".")
    copy.__doc__ = f'{summary} (source: "{title}"){stop}{rest}'
    return copy


def _unexpected(answer: Any, wanted: str, operation: str) -> QAResponseError:
    seen = f"an object with {sorted(answer)}" if isinstance(answer, Mapping) else f"a {type(answer).__name__}"
    return QAResponseError(
        f"the answer is {seen}, not {wanted}",
        vendor="qalyptus",
        operation=operation,
        hint="A retry will get the same answer. The docs show no answer for this operation; check that its route is "
        "right for the tenant, or read the raw answer with client.call",
    )
