"""Qlik selections in the form that Qalyptus takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.fields import Fields

Selections = Mapping[str, Any] | Sequence[Mapping[str, Any]] | str | None
"""``{"Region": ["North", "South"]}``, the vendor's own list of ``FieldSelectionDto`` objects, or JSON text of these."""


def as_field_selections(selections: Selections) -> list[dict[str, Any]] | None:
    """Return selections as a list of ``FieldSelectionDto``.

    The docs name the type but not its members. A mapping of field to values is written with the members that Qalyptus
    Server uses (``fieldName``, ``selectedCount``, ``selectedValues``, ``isNumeric``); a list is sent as it is, for
    tenants that want others.

    :param selections: Field name to one value or a list of values, or the list itself; a text is read as JSON.
    :raises QAValidationError: Neither of the two, or a value that is no text, number or boolean.
    """
    read = Fields("qalyptus").structure(selections, "selections")
    if read is None:
        return None
    if isinstance(read, Mapping):
        return [_field(str(name), values) for name, values in read.items()]
    if isinstance(read, Sequence) and not isinstance(read, str) and all(isinstance(item, Mapping) for item in read):
        return [dict(item) for item in read]
    raise _refused(f'selections must look like {{"Region": ["North"]}} or be a list of objects, got {selections!r}')


def _field(name: str, values: Any) -> dict[str, Any]:
    if isinstance(values, AbstractSet):
        # the same in every process
        chosen = sorted(values, key=str)
    else:
        chosen = list(values) if isinstance(values, (list, tuple)) else [values]
    for value in chosen:
        if not isinstance(value, (str, int, float)):
            raise _refused(
                f"selections[{name!r}] holds a {type(value).__name__}, and Qlik selects by text or number",
                "Write dates as the field shows them",
            )
    numeric = bool(chosen) and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in chosen)
    return {"fieldName": name, "selectedCount": len(chosen), "selectedValues": chosen, "isNumeric": numeric}


def _refused(message: str, hint: str | None = None) -> QAValidationError:
    return QAValidationError(message, vendor="qalyptus", outcome="Nothing was sent", hint=hint)
