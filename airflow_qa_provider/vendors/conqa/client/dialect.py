"""What the CONQA docs leave open, in one place: the answer of "Get Project Milestones".

That endpoint is documented without an example. By analogy with "Get Project Issues" its answer is read as
``{"data": {"paging": {...}, "milestones": [...]}}``, but also without ``data``, or as a bare list. A connection can
replace the names in its extra, for example ``{"conqa": {"external_id_fields": ["externalRef"]}}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from airflow_qa_provider.rest.options import with_options
from airflow_qa_provider.rest.shapes import first_in, text_in
from airflow_qa_provider.vendors.conqa.client.answers import unexpected


@dataclass(frozen=True)
class Dialect:
    """Names in the list of milestones; all inferred from the rest of the docs.

    :param milestone_lists: Names under which the rows may stand, in order of preference.
    :param external_id_fields: Names under which a milestone may hold its external id, in order of preference.
    :param status_fields: The same for its status.
    """

    milestone_lists: tuple[str, ...] = ("milestones", "items")
    external_id_fields: tuple[str, ...] = ("externalId", "externalID")
    status_fields: tuple[str, ...] = ("status",)

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Dialect:
        """Return the dialect with a connection's replacements.

        :param options: Names of the fields above to words; a single word may be given as a string.
        :raises QAConfigurationError: An unknown name, or something that is no word.
        """
        return with_options(cls(), options, "conqa")

    def milestones_in(self, answer: Any) -> list[dict[str, Any]]:
        """Return the rows of a list of milestones.

        :param answer: JSON of the answer.
        :raises QAResponseError: There is no list in it, or several and none under a known name.
        """
        data = answer.get("data", answer) if isinstance(answer, Mapping) else answer
        if isinstance(data, list):
            return data
        found = data if isinstance(data, Mapping) else {}
        named = [found[name] for name in self.milestone_lists if isinstance(found.get(name), list)]
        lists = named or [value for value in found.values() if isinstance(value, list)]
        if not named and len(lists) != 1:
            raise unexpected(
                data,
                f"no list of milestones under {list(self.milestone_lists)}",
                operation="milestones.list",
                hint='Set the name in the connection\'s extra: {"conqa": {"milestone_lists": ["..."]}}',
            )
        return list(lists[0])

    def external_id_of(self, milestone: Mapping[str, Any]) -> str | None:
        """Return the external id of a milestone; ``None`` when it has none."""
        return text_in(milestone, self.external_id_fields)

    def status_of(self, milestone: Mapping[str, Any]) -> str:
        """Return the identifier of a milestone's status, or its label when that is all there is; empty without one."""
        value = first_in(milestone, self.status_fields)
        if isinstance(value, Mapping):
            value = first_in(value, ("value", "display"))
        return "" if value is None else str(value)
