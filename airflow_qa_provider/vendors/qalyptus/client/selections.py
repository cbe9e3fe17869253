"""Qlik selections in the form that Qalyptus takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from airflow_qa_provider.vendors.qalyptus.client.rules import check

Selections = Mapping[str, Any] | Sequence[Mapping[str, Any]] | str | None
"""``{"Region": ["North", "South"]}``, the vendor's own list of ``FieldSelectionDto``, or JSON text of either."""


def as_field_selections(selections: Selections) -> list[dict[str, Any]] | None:
    """Return selections as a list of ``FieldSelectionDto``.

    The docs name the type but not its members. A mapping of field to values is written with the members that Qalyptus
    Server uses (``fieldName``, ``selectedCount``, ``selectedValues``, ``isNumeric``); a list is sent as it is, for
    tenants that want others.

    :param selections: Field name to one value or a list of values, or the list itself; a text is read as JSON.
    :raises QAValidationError: Neither of the two, or a value that is no text, number or boolean.
    """
    selections = check.structure(selections, "selections")
    if selections is None:
        return None
    if isinstance(selections, Mapping):
        return [_field(str(name), values) for name, values in selections.items()]
    if isinstance(selections, Sequence) and all(isinstance(item, Mapping) for item in selections):
        return [dict(item) for item in selections if isinstance(item, Mapping)]
    raise check.refused(
        f'selections must look like {{"Region": ["North"]}} or be a list of objects, got {selections!r}'
    )


def _field(name: str, values: Any) -> dict[str, Any]:
    # a set has no order, and must be the same in every process
    values = sorted(values, key=str) if isinstance(values, (set, frozenset)) else values
    chosen = list(values) if isinstance(values, (list, tuple)) else [values]
    for value in chosen:
        if not isinstance(value, (str, int, float)):
            raise check.refused(
                f"selections[{name!r}] holds a {type(value).__name__}, and Qlik selects by text or number",
                "Write dates as the field shows them",
            )
    numeric = bool(chosen) and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in chosen)
    return {"fieldName": name, "selectedCount": len(chosen), "selectedValues": chosen, "isNumeric": numeric}
