"""Milestones of CONQA. What CONQA takes in is queued, and shows up in its lists later."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QANotFoundError, QAResponseError
from airflow_qa_provider.kinds.change import Change, ChangeOutcome, Shown
from airflow_qa_provider.kinds.conditions import Condition, Target
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.polling import Statuses
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors.conqa.client import ConqaClient
from airflow_qa_provider.vendors.conqa.client.fields import field_values, status_value
from airflow_qa_provider.vendors.conqa.comparison import ListedMilestones, plain_values, wanted_of
from airflow_qa_provider.vendors.conqa.lists import SEPARATOR, Row, Rows, poll_in_lists, scope_id

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class MilestoneChange(Change):
    """What the changes of milestones share.

    :param project_id: Id of the project.
    :param external_id: Id of the milestone in the system that it comes from.
    :param moment: Transaction time, by which CONQA recognises a repeated request: the same for every attempt.
    """

    project_id: str
    external_id: str
    moment: datetime | None = None

    id_field = "external_id"

    @override
    def identity(self) -> Mapping[str, Any]:
        return {name: value for name, value in super().identity().items() if name != "moment"}

    @override
    def at(self, moment: datetime) -> Self:
        return replace(self, moment=moment)

    @override
    def current(self, client: ConqaClient) -> Shown | None:
        return self.seen_in(MilestoneLists(client))

    @abstractmethod
    def seen_in(self, lists: MilestoneLists) -> Shown | None:
        """Return what :meth:`current` does, from lists that other changes read, too.

        :param lists: The lists.
        """


class MilestoneLists:
    """The lists of milestones of projects, each read when it is first asked for, and kept.

    :param client: The client.
    :param external_ids: Milestones that are looked for; all by default.
    """

    def __init__(self, client: ConqaClient, external_ids: Collection[str] | None = None) -> None:
        self._client = client
        self._external_ids = external_ids
        self._read: dict[tuple[str, int], ListedMilestones | None] = {}

    def of(self, project_id: str, reading: int = 1) -> ListedMilestones | None:
        """Return the milestones of a project; ``None``, and a warning, when they cannot be told from each other.

        :param project_id: Id of the project.
        :param reading: 1 for the list as it was read first, 2 for a later reading of it.
        """
        if (project_id, reading) not in self._read:
            self._read[project_id, reading] = self._listed(project_id)
        return self._read[project_id, reading]

    def _listed(self, project_id: str) -> ListedMilestones | None:
        dialect = self._client.dialect
        try:
            listed = ListedMilestones(self._client.milestones.list(project_id), dialect, self._external_ids)
        except QAResponseError as error:
            if error.status_code is not None:  # what a proxy or a login page answers
                raise
            log.warning("The milestones of the project cannot be read: %s", error)
            return None
        if listed.ids and not listed.names_ids:
            log.warning(
                "The list of milestones tells no external ids under %s. Set their name in the connection's extra: "
                '{"conqa": {"external_id_fields": ["..."]}}',
                " or ".join(dialect.external_id_fields),
            )
            return None
        return listed


@dataclass(frozen=True, kw_only=True)
class UpsertMilestone(MilestoneChange):
    """A milestone that is to be there (source: "Upsert Milestone").

    :param name: Name; left as it is when unset.
    :param status: Status, as it is sent; left as it is when unset.
    :param fields: Field name to value, as it is sent; those that are not named stay as they are.
    """

    name: str | None = None
    status: Mapping[str, Any] | None = None
    fields: Mapping[str, Any] | None = None

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        change = cls(
            project_id=given.id("project_id"),
            external_id=given.id("external_id"),
            name=None if given.optional_text("name") is None else given.text("name"),
            status=status_value(given.raw("status")) if given.has("status") else None,
            fields=field_values(given.raw("fields")),
        )
        if not change._wanted:
            raise given.refused(
                "name, status and fields are all unset: a milestone that exists would be refused as noData",
                "Give what the milestone is to have",
            )
        return change

    @override
    def wanted(self, client: ConqaClient) -> Shown:
        return plain_values(self._wanted)

    @override
    def seen_in(self, lists: MilestoneLists) -> Shown | None:
        listed = lists.of(self.project_id)
        return {} if listed is None else listed.shown(self.external_id, self._wanted)

    @override
    def send(self, client: ConqaClient, wanted: Shown, current: Shown | None) -> None:
        unknown = [] if current is None else [path for path in wanted if path not in current]
        if unknown:
            log.warning(
                "CONQA's list does not tell %s of milestone %s: sent without a comparison",
                *(", ".join(unknown), self.external_id),
            )
        client.milestones.upsert(
            self.project_id,
            self.external_id,
            name=self.name,
            status=self.status,
            fields=self.fields,
            timestamp=self.moment,
        )

    @property
    def _wanted(self) -> dict[str, Any]:
        return wanted_of(self.name, self.status, self.fields)


@dataclass(frozen=True, kw_only=True)
class DeleteMilestone(MilestoneChange):
    """A milestone that is to be there no more (source: "Delete Milestone")."""

    result: ClassVar[ChangeOutcome] = "deleted"

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(project_id=given.id("project_id"), external_id=given.id("external_id"))

    @override
    def wanted(self, client: ConqaClient) -> Shown:
        return {"exists": False}

    @override
    def seen_in(self, lists: MilestoneLists) -> Shown:
        listed = lists.of(self.project_id)
        if listed is None:
            return {}
        if self.external_id in listed.rows:
            return {"exists": True}
        # what others delete meanwhile moves rows to pages that were read already: only the same list twice has all
        again = lists.of(self.project_id, 2)
        return {"exists": False} if again is not None and again.ids == listed.ids else {}

    @override
    def send(self, client: ConqaClient, wanted: Shown, current: Shown | None) -> str | None:
        try:
            client.milestones.delete(self.project_id, self.external_id, timestamp=self.moment)
        except QANotFoundError as error:
            # the project is there, or its milestones could not have been asked for
            if error.status_code != 404:
                raise
            log.info("CONQA has no milestone %s: %s", self.external_id, error)
            return "CONQA has no such milestone"
        return None


def overview(client: ConqaClient, changes: Collection[MilestoneChange]) -> Callable[[MilestoneChange], Shown | None]:
    """Return what tells of each of many changes what its ``current`` would, with one list for each project.

    :param client: The client.
    :param changes: The changes.
    """
    lists = MilestoneLists(client, {change.external_id for change in changes})
    return lambda change: change.seen_in(lists)


def poll_milestones(client: ConqaClient, ids: Collection[str], since: float) -> Statuses:
    """Ask where milestones stand: there is no call for one, so the list of each project is read once.

    :param ids: ``project/external id``.
    """

    def listed(project_id: str) -> Rows:
        return {str(client.dialect.external_id_of(row)): row for row in client.milestones.list(project_id)}

    return poll_in_lists(ids, 1, listed, partial(_snapshot, client))


def _snapshot(client: ConqaClient, object_id: str, row: Row) -> Snapshot:
    status = client.dialect.status_of(row)
    return Snapshot(object_id, Phase.ACTIVE, status, {"status": status, "name": row.get("name")})


def _target(given: Given) -> Target:
    object_id = SEPARATOR.join([scope_id(given, "project_id"), given.id("external_id")])
    if given.raw("status") is not None:  # a template that came out empty is no wish to wait for less
        return Target(object_id, Condition(reached={"status": list(given.words("status"))}, missing="wait"))
    deleted = given.choice("until", ("visible", "deleted")) == "deleted"
    return Target(object_id, Condition(missing="reached" if deleted else "wait"))


MILESTONE = Kind(
    name="conqa.milestone",
    noun="milestone",
    poll=poll_milestones,
    condition=_target,
    changes={"upsert": UpsertMilestone, "delete": DeleteMilestone},
    overview=overview,
    facts={"name": "name at the vendor"},
    id_of=lambda object_id: object_id.partition(SEPARATOR)[2],
)
