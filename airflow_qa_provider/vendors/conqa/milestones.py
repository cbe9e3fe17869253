"""Milestones of CONQA. What CONQA takes in is queued, and shows up in its lists later."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
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
from airflow_qa_provider.vendors.conqa.comparison import WantedMilestone
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

    @property
    @override
    def object_id(self) -> str:
        return self.external_id

    @override
    def identity(self) -> Mapping[str, Any]:
        return {name: value for name, value in super().identity().items() if name != "moment"}

    @override
    def at(self, moment: datetime) -> Self:
        return replace(self, moment=moment)

    def listed(self, client: ConqaClient) -> list[dict[str, Any]] | None:
        """Return the milestones of the project; ``None``, and a warning, when they cannot be told from each other.

        :param client: The client.
        """
        try:
            rows = list(client.milestones.list(self.project_id))
        except QAResponseError as error:
            if error.status_code is not None:  # what a proxy or a login page answers
                raise
            log.warning("The milestones of the project cannot be read: %s", error)
            return None
        names = client.dialect.external_id_fields
        if rows and not any(name in row for row in rows for name in names):
            log.warning(
                "The list of milestones tells no external ids under %s. Set their name in the connection's extra: "
                '{"conqa": {"external_id_fields": ["..."]}}',
                " or ".join(names),
            )
            return None
        return rows


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
        if not change._milestone.wire:
            raise given.refused(
                "name, status and fields are all unset: a milestone that exists would be refused as noData",
                "Give what the milestone is to have",
            )
        return change

    @override
    def wanted(self, client: ConqaClient) -> Shown:
        return self._milestone.values

    @override
    def current(self, client: ConqaClient) -> Shown | None:
        rows = self.listed(client)
        return {} if rows is None else self._milestone.shown_in(rows, self.external_id, client.dialect)

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
    def _milestone(self) -> WantedMilestone:
        return WantedMilestone.of(self.name, self.status, self.fields)


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
    def current(self, client: ConqaClient) -> Shown:
        ids = self._listed_ids(client)
        if ids is None:
            return {}
        if self.external_id in ids:
            return {"exists": True}
        # what others delete meanwhile moves rows to pages that were read already: only the same list twice has all
        return {"exists": False} if self._listed_ids(client) == ids else {}

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

    def _listed_ids(self, client: ConqaClient) -> list[str | None] | None:
        rows = self.listed(client)
        return None if rows is None else [client.dialect.external_id_of(row) for row in rows]


class MilestonePoller:
    """Milestones, by ``project/external id``: there is no call for one, so the list of each project is read once."""

    def poll(self, client: ConqaClient, ids: Collection[str], since: float) -> Statuses:
        """Ask where milestones stand.

        :param client: The client.
        :param ids: ``project/external id``.
        :param since: Not used: the list takes no window.
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
    poller=MilestonePoller,
    condition=_target,
    changes={"upsert": UpsertMilestone, "delete": DeleteMilestone},
)
