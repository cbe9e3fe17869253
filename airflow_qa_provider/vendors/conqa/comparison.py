"""Comparing what a milestone is to have with what the list of milestones shows of it.

The docs show no row of that list. What is read here follows "Upsert Milestone": ``name``, ``status`` and, under
``fields``, field name to value. A value that is not shown counts as unknown and never as equal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from airflow_qa_provider.vendors.conqa.client.dialect import Dialect

_FIELD = "fields."
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MIDNIGHT = re.compile(r"T00:00(:00(\.0+)?)?(Z|\+00:?00)?")
_EMPTY = (None, "")


def wanted_of(name: str | None, status: Mapping[str, Any] | None, fields: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a milestone is to have: ``name``, ``status`` and ``fields.<name>`` to the value that is sent.

    :param name: Name; not compared when unset.
    :param status: Status, as it is sent; not compared when unset.
    :param fields: Field name to value, as it is sent; other fields are not compared.
    """
    given = {path: value for path, value in (("name", name), ("status", status)) if value is not None}
    return {**given, **{f"{_FIELD}{field}": value for field, value in (fields or {}).items()}}


def plain_values(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return wanted values as people read them; of an option its identifier, or its label.

    :param wanted: See :func:`wanted_of`.
    """
    return {path: _plain(value) for path, value in wanted.items()}


class ListedMilestones:
    """The milestones of a project as its list shows them, by external id.

    :param rows: All rows of the list.
    :param dialect: Names in them.
    :param wanted: External ids of the rows to keep; all by default.

    :ivar ids: External ids of all rows, in the order of the list; ``None`` of a row that has none.
    :ivar rows: External id to the rows that have it.
    :ivar told: Names of the fields that the list tells of any milestone.
    :ivar names_ids: Whether the rows have a place for external ids at all.
    """

    def __init__(
        self, rows: Iterable[Mapping[str, Any]], dialect: Dialect, wanted: Collection[str] | None = None
    ) -> None:
        self.dialect = dialect
        self.ids: list[str | None] = []
        self.rows: dict[str, list[Mapping[str, Any]]] = {}
        self.told: set[str] = set()
        self.names_ids = False
        for row in rows:
            self.names_ids = self.names_ids or any(name in row for name in dialect.external_id_fields)
            external_id = dialect.external_id_of(row)
            self.ids.append(external_id)
            self.told.update(_fields_of(row))
            if external_id is not None and (wanted is None or external_id in wanted):
                self.rows.setdefault(external_id, []).append(row)

    def shown(self, external_id: str, wanted: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what the list shows of wanted values, an equal one spelled as :func:`plain_values` does.

        :param external_id: Milestone to look for.
        :param wanted: See :func:`wanted_of`.
        :return: Without the values that the list does not tell; empty when several milestones have this external id.
            ``None`` when the milestone is not there.
        """
        found = self.rows.get(external_id, [])
        if len(found) != 1:
            return {} if found else None
        values = _values_of(found[0], self.dialect, self.told)
        return {path: _respelled(one, values[path]) for path, one in wanted.items() if path in values}


def _fields_of(row: Mapping[str, Any]) -> Mapping[str, Any]:
    fields = row.get("fields")
    return fields if isinstance(fields, Mapping) else {}


def _values_of(row: Mapping[str, Any], dialect: Dialect, told: Iterable[str]) -> dict[str, Any]:
    """Return path to value; a field that the list tells of other milestones only is empty."""
    values = {"name": row["name"]} if "name" in row else {}
    statuses = [row[name] for name in dialect.status_fields if row.get(name) not in _EMPTY]
    if statuses:
        values["status"] = statuses[0]
    return {**values, **{f"{_FIELD}{name}": _fields_of(row).get(name) for name in told}}


def _plain(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return None if value in _EMPTY else value
    return next((value[name] for name in ("value", "display") if value.get(name) not in _EMPTY), None)


def _respelled(wanted: Any, shown: Any) -> Any:
    if _is_same(wanted, shown):
        return _plain(wanted)
    # the label of one option can be the identifier of another
    return shown if _plain(shown) == _plain(wanted) else _plain(shown)


def _is_same(wanted: Any, shown: Any) -> bool:
    if _plain(wanted) is None:
        return _plain(shown) is None
    if not isinstance(wanted, Mapping):
        return _is_same_value(wanted, _plain(shown))
    identifiers, label = _identifiers(wanted), wanted.get("display")
    if not isinstance(shown, Mapping):
        return shown in identifiers or ("value" not in wanted and shown == label)
    if shown.get("value") not in _EMPTY and identifiers:
        return shown["value"] in identifiers or ("value" not in wanted and shown.get("display") == label)
    return label is not None and shown.get("display") == label


def _identifiers(option: Mapping[str, Any]) -> set[str]:
    """Return the identifiers that an option may have: its own, and the one that CONQA derives for a new one."""
    own = {option["value"]} if "value" in option else set()
    return own | {_slug(option.get("value") or option["display"])} if option.get("createNew") else own


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9.-]", "-", text.lower())


def _is_same_value(wanted: Any, shown: Any) -> bool:
    if isinstance(wanted, str) and isinstance(shown, str) and _DAY.fullmatch(wanted):
        return shown == wanted or (shown.startswith(wanted) and bool(_MIDNIGHT.fullmatch(shown[len(wanted) :])))
    return bool(wanted == shown)
