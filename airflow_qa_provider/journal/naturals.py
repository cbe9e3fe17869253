"""Calls that create an object which can be recognised by its content, for the generic operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from airflow_qa_provider.kinds.lookup import Lookup


@dataclass(frozen=True)
class Natural:
    """How an object is recognised that a client method creates, one that returns the id as its answer.

    :param kind: Kind of object, ``vendor.object``.
    :param noun: The object in words.
    :param facts: Returns what the object is recognised by, as plain JSON, from the arguments of the method.
    :param lookup: Lists the objects that come into question.
    """

    kind: str
    noun: str
    facts: Callable[[Mapping[str, Any]], dict[str, Any]]
    lookup: Lookup


_TABLES: dict[str, str] = {
    "monitorqa": "airflow_qa_provider.vendors.monitorqa.named",
    "qalyptus": "airflow_qa_provider.vendors.qalyptus.naturals",
}


def natural_of(vendor: str, operation: str) -> Natural | None:
    """Return how the object of a call is recognised, ``None`` where it cannot be.

    :param vendor: Vendor in lower case.
    :param operation: Name of the client method, ``resource.method``.
    """
    if vendor not in _TABLES:
        return None
    table: Mapping[str, Natural] = import_module(_TABLES[vendor]).NATURALS
    return table.get(operation)
