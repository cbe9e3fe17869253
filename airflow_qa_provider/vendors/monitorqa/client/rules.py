"""Reading the fields of MonitorQA, before anything is sent.

Ids are not checked for being UUIDs: MonitorQA's own examples are not all valid ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from airflow_qa_provider.rest.fields import Fields, is_given
from airflow_qa_provider.rest.parameters import Read, camel_case
from airflow_qa_provider.rest.timestamps import utc_milliseconds

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MAX_HINT = 2000

T = TypeVar("T", bound="DataclassInstance")

Hint = Annotated[str, Read("free_text", keeps_empty=True, longest=MAX_HINT)]
"""Instructions that the auditor sees, at most 2,000 characters."""


class MonitorQAFields(Fields):
    """Reads what MonitorQA takes: UTC with milliseconds, periods, and objects of several fields."""

    def __init__(self) -> None:
        super().__init__("monitorqa")

    def timestamp(self, value: object, field: str) -> str:
        """Return a moment as MonitorQA writes it: UTC, ``yyyy-MM-ddTHH:mm:ss.fffZ``."""
        return utc_milliseconds(self.moment(value, field), field)

    def assignee(self, value: object, field: str) -> str:
        """Return the id of a user; a text that is empty is refused, for nobody is said by leaving it out."""
        if not is_given(value):
            raise self.refused(f"{field} is empty, got {value!r}", "Give the id of a user, or None for nobody")
        return self.id(value, field)

    def in_order_on_wire(self, sent: Mapping[str, Any], start: str, end: str) -> None:
        """Check that a period ends after it starts, where both ends are given.

        :param sent: Fields under their wire names.
        :param start: Name of the start.
        :param end: Name of the end.
        """
        # the texts sort as the moments do
        self.in_order(sent.get(camel_case(start)), sent.get(camel_case(end)), start, end)

    def period(self, start: object, end: object) -> dict[str, str | None]:
        """Return ``startDate`` and ``endDate`` of an audit.

        :param start: Start, if there is one.
        :param end: Due date.
        """
        if not is_given(end):
            raise self.missing(end, "end_date")
        dates = {
            "startDate": self.timestamp(start, "start_date") if is_given(start) else None,
            "endDate": self.timestamp(end, "end_date"),
        }
        self.in_order_on_wire(dates, "start_date", "end_date")
        return dates

    def new_assignees(self, values: object, remove: bool) -> list[str] | None:
        """Return who is to have something from now on: nobody for an empty list, ``None`` for whoever has it.

        :param values: Ids of users.
        :param remove: Whether it is taken from all; an empty ``values`` alone is refused, since it would do that.
        """
        listed = self.optional_ids(values, "assignees_ids")
        if remove and listed:
            raise self.refused("assignees_ids and remove_assignees contradict each other", "Give one of the two")
        if listed == [] and not remove:
            raise self.refused(
                "assignees_ids is empty, which would take the audit from all assignees",
                "Leave assignees_ids unset to keep them, or say remove_assignees=True",
            )
        return [] if remove else listed

    def record(self, kind: type[T], value: object, field: str, ignoring: Iterable[str] = ()) -> T:
        """Return a value of one of this package's types, also from an object with the vendor's names.

        :param kind: The type.
        :param value: A value of it, or an object of its fields in the vendor's spelling (``isDefault``) or ours, or
            JSON text of one.
        :param field: Name of the argument, for the message.
        :param ignoring: Keys that the vendor's answers have and its requests have not.
        """
        if isinstance(value, kind):
            return value
        known = {one.name: one.default is MISSING for one in fields(kind)}
        read = self.structure(value, field)
        if not isinstance(read, Mapping):
            names = ", ".join(known)
            raise self.refused(f"{field} must be a {kind.__name__} or a mapping of {names}, got {value!r}"[:300])
        given = {_snake(str(name)): item for name, item in read.items() if name not in ignoring}
        missing = [name for name, needed in known.items() if needed and given.get(name) is None]
        if missing:
            raise self.refused(f"{field} lacks {', '.join(missing)}: all of {', '.join(known)} belong to it")
        self.known(given, known, field)
        return kind(**given)


check = MonitorQAFields()
"""Reads the values of all fields."""


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()
