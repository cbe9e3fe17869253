"""Inspections of Foo: all that the package has to know of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from typing_extensions import Self

from airflow_qa_provider.kinds.conditions import Target
from airflow_qa_provider.kinds.fields import KindFields
from airflow_qa_provider.kinds.files import RemoteFile
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.lookup import Candidate, Search
from airflow_qa_provider.kinds.polling import Statuses, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.rest.download import Download
from foo_qa.client import FooClient

# [poll]
_PHASES = {"done": Phase.SUCCEEDED, "failed": Phase.FAILED, "cancelled": Phase.CANCELLED}


def poll(client: FooClient, ids: Collection[str], since: float) -> Statuses:
    """Ask where inspections stand, with one request for each; a status that is not known is waited for."""
    return {**poll_each(lambda one: _snapshot(client.inspections.get(one)), ids)}


def _snapshot(row: Mapping[str, Any]) -> Snapshot:
    state = str(row["state"])
    detail = {"site": row.get("site"), "score": row.get("score")}
    return Snapshot(str(row["id"]), _PHASES.get(state, Phase.ACTIVE), state, detail)


# [create]
@dataclass(frozen=True)
class InspectionFields(KindFields):
    """An inspection that is to be made; ``reference`` is room for a text of ours."""

    site: str
    reference: str = ""

    @classmethod
    def read(cls, given: Given) -> Self:
        return cls(given.id("site"))

    def at(self, moment: datetime, marker: str) -> Self:
        return replace(self, reference=marker)

    def create(self, client: FooClient) -> str:
        return client.inspections.create(self.site, self.reference)

    def compares(self, client: FooClient) -> bool:
        return False  # the marker is enough


def find(client: FooClient, search: Search) -> list[Candidate]:
    """Return the inspection with the marker in its reference."""
    rows = client.inspections.list(search.fields.site)
    found = [_snapshot(row) for row in rows if row.get("reference") == search.fields.reference]
    return [Candidate(one.id, one.phase, f"inspection {one.id} ({one.status})") for one in found]


# [file]
@dataclass(frozen=True)
class InspectionReport(RemoteFile):
    """The report of an inspection."""

    inspection_id: str

    operation = "inspections.download"
    format = "csv"

    @classmethod
    def read(cls, given: Given) -> Self:
        return cls(given.id("inspection_id"))

    @property
    def source(self) -> Mapping[str, str]:
        return {"inspection_id": self.inspection_id}

    @property
    def stem(self) -> str:
        return f"inspection-{self.inspection_id}"

    def open(self, client: FooClient) -> Download:
        return client.inspections.download(self.inspection_id)


# [kind]
def _cancel(client: FooClient, inspection_id: str) -> str:
    client.inspections.cancel(inspection_id)
    return "the inspection was cancelled"


INSPECTION = Kind(
    name="foo.inspection",
    noun="inspection",
    poll=poll,
    condition=lambda given: Target(given.id("inspection_id")),
    cancel=_cancel,
    link=lambda inspection_id: f"https://app.foo.example.com/inspections/{inspection_id}",
    fields=InspectionFields,
    lookup=find,
    facts={"site": "site of the inspection", "score": "score of the inspection"},
    files={"report": InspectionReport},
)
