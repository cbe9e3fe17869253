"""Score systems of MonitorQA: how the points of an audit become a score and a label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import FreeText, Id, Ids, Number, Paging, Read, Text, Wire
from airflow_qa_provider.vendors.monitorqa.client.enums import ScoreSystemType
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Row
from airflow_qa_provider.vendors.monitorqa.client.rules import check

LOWEST, HIGHEST = 0, 100


@dataclass(frozen=True)
class ScoreLabel:
    """The label of a range of scores.

    :param min: Lowest score of the range.
    :param max: Highest score of the range, where the next label begins.
    :param label: Text of the label.
    :param color: Its color, such as ``#00FF00``.
    """

    min: float
    max: float
    label: str
    color: str

    def wire(self, field: str) -> dict[str, Any]:
        """Return the label as MonitorQA takes it.

        :param field: Name of the argument, for messages.
        """
        wired: dict[str, Any] = {
            "min": check.number(self.min, f"{field}.min"),
            "max": check.number(self.max, f"{field}.max"),
            "label": check.text(self.label, f"{field}.label"),
            "color": check.text(self.color, f"{field}.color"),
        }
        if wired["max"] < wired["min"]:
            raise check.refused(f"{field}.max {wired['max']:g} must be at least {field}.min {wired['min']:g}")
        return wired


class ScoreSystemFilter(Paging, total=False):
    """Which score systems are listed; MonitorQA sends 10 rows per request by default.

    :param search: Only those with this in their name.
    """

    search: Text | None


class ScoreSystemFields(TypedDict, total=False):
    """What a score system has beside its type.

    :param name: Name of the score system.
    :param passed_threshold: Score from which on an audit has passed.
    :param labels: At least one, as :class:`ScoreLabel`, the vendor's JSON, or rows of :meth:`ScoreSystems.get`, whose
        ids are not sent. In the order of their ``min`` they must cover 0 to 100, each beginning where the one before
        ends.
    :param description: What it is for. The docs do not say whether leaving it out of a change keeps the old one.
    """

    name: Required[Text]
    description: FreeText | None
    passed_threshold: Required[Number]
    labels: Required[Annotated[Iterable[ScoreLabel | Mapping[str, Any]] | str, Read("optional_list"), Wire("")]]


class ScoreSystems(MonitorQAResource):
    """Scales that templates score audits with."""

    def list(self, **wanted: Unpack[ScoreSystemFilter]) -> Paged:
        """Return the score systems, as rows of :meth:`get` (source: "Get score systems").

        :param wanted: Fields of :class:`ScoreSystemFilter`.
        """
        return self._pages("score_systems.list", ScoreSystemFilter, wanted)

    def get(self, score_system_id: Id) -> Row:
        """Return a score system (source: "Get score system details").

        :param score_system_id: Id of the score system.
        :return: ``{"id", "name", "description", "passedThreshold", "scoreSystemType", "isSample", "labels"}``. Labels
            read from MonitorQA may have gaps (0 to 50, 51 to 80), which it refuses in :meth:`create` and
            :meth:`update`.
        """
        return self._record("score_systems.get", {"id": score_system_id})

    def create(self, *, score_system_type: ScoreSystemType | int | str, **system: Unpack[ScoreSystemFields]) -> str:
        """Create a score system and return its id (source: "Create score system").

        :param score_system_type: How scores are counted; it cannot be changed later.
        :param system: Fields of :class:`ScoreSystemFields`.
        :raises QAResponseError: The answer has no id: look for it with :meth:`list` before you repeat this.
        """
        body = _fields(system)
        body["scoreSystemType"] = check.value_of(ScoreSystemType, score_system_type, "score_system_type")
        return self._create("score_systems.create", body, "score_systems.list")

    def update(self, score_system_id: Id, **system: Unpack[ScoreSystemFields]) -> None:
        """Replace a score system, but for its type (source: "Update score system").

        :param score_system_id: Id of the score system.
        :param system: Fields of :class:`ScoreSystemFields`.
        """
        self._client.call("score_systems.update", {"id": score_system_id}, body=_fields(system))

    def delete(self, score_system_ids: Ids) -> None:
        """Delete score systems (source: "Delete score systems").

        :param score_system_ids: Ids of the score systems.
        :raises QAConflictError: Templates still use some; its ``code`` is ``score-system/has-templates``, its message
            has their ids.
        """
        self._delete("score_systems.delete", score_system_ids, "score_system_ids")


def _fields(system: Mapping[str, Any]) -> dict[str, Any]:
    return {**check.wire(ScoreSystemFields, system), "labels": _covering(system["labels"])}


def _covering(labels: object) -> list[dict[str, Any]]:
    """Return the labels as they are sent, when they cover all scores without a gap or an overlap."""
    listed = check.optional_list(labels, "labels") or []
    wired = []
    for number, value in enumerate(listed):
        field = f"labels[{number}]"
        wired.append(check.record(ScoreLabel, value, field, ignoring=("id",)).wire(field))
    if not wired:
        raise check.refused("labels must have at least one label")
    problem = _hole(sorted(wired, key=lambda label: (label["min"], label["max"])))
    if problem:
        hint = "Each label must begin where the one before ends, for example 0 to 50, 50 to 80, 80 to 100"
        raise check.refused(f"labels must cover {LOWEST} to {HIGHEST}: {problem}", hint)
    return wired


def _hole(labels: list[dict[str, Any]]) -> str | None:
    """Return what is wrong with the ranges of ordered labels."""
    if labels[0]["min"] != LOWEST:
        return f"the first starts at {labels[0]['min']:g}, not at {LOWEST}"
    for before, after in pairwise(labels):
        if after["min"] != before["max"]:
            kind = "a gap" if after["min"] > before["max"] else "an overlap"
            return (
                f"there is {kind} between {before['label']!r}, which ends at {before['max']:g}, "
                f"and {after['label']!r}, which starts at {after['min']:g}"
            )
    if labels[-1]["max"] != HIGHEST:
        return f"the last ends at {labels[-1]['max']:g}, not at {HIGHEST}"
    return None
