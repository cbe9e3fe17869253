"""What else is created at MonitorQA, and found again by its name, or what else people know it by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from typing_extensions import Self, override

from airflow_qa_provider.kinds.fields import KindFields
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.lookup import Candidate, Lookup, Search
from airflow_qa_provider.kinds.snapshot import Phase
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.monitorqa.client.enums import RoleType, ScoreSystemType

Rows = Callable[[MonitorQAClient], Iterable[Mapping[str, Any]]]

_PAGE_SIZE = 100


@dataclass(frozen=True)
class NamedFields(KindFields):
    """An object that is known by a few of its fields; a call of the client creates it.

    :param shown: Field of a row to the value that it has in this one.
    """

    shown: Mapping[str, Any]

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls({"name": given.text("name")})

    @override
    def create(self, client: MonitorQAClient) -> str | None:
        raise NotImplementedError("created by a call")


def lookup_by_name(noun: str, rows: Rows, *, unique: bool = False) -> Lookup:
    """Return the lookup of objects by their name, or what else people know them by.

    Names need not be unique. What is new is told by comparison with what was there before the request; where nobody
    looked, an object of that name is reported, and taken over only if there can be no other.

    :param noun: The object in words.
    :param rows: Returns all objects.
    :param unique: Whether MonitorQA has no two of them.
    """

    def find(client: MonitorQAClient, search: Search) -> list[Candidate]:
        sure = unique or search.compared or search.since is None
        return [
            Candidate(str(row["id"]), Phase.ACTIVE, f"{noun} {row['id']} ({row.get('name')!r})", sure)
            for row in rows(client)
            if all(_same(row.get(name), value) for name, value in search.fields.shown.items())
        ]

    return find


def _same(shown: Any, wanted: str | int) -> bool:
    if not isinstance(wanted, str):
        return bool(shown == wanted)
    text = str(shown or "").strip()
    # addresses are the same in any case, names are not
    return text.casefold() == wanted.casefold() if "@" in wanted else text == wanted


def _typed(argument: str, shown_as: str, kind: type[IntEnum]) -> Callable[[Given], KindFields]:
    def fields(given: Given) -> KindFields:
        return NamedFields({"name": given.text("name"), shown_as: int(given.member(argument, kind))})

    return fields


def _by_name(
    operation: str,
    noun: str,
    rows: Rows,
    fields: Callable[[Given], KindFields] = NamedFields.read,
    *,
    unique: bool = False,
) -> Kind:
    """Return the kind of objects that an operation creates and that are known by their name."""
    name = f"monitorqa.{noun.replace(' ', '_')}"
    return Kind(name=name, noun=noun, lookup=lookup_by_name(noun, rows, unique=unique), made_by={operation: fields})


NAMED = (
    _by_name("audit_object_attributes.create", "attribute", lambda client: client.audit_object_attributes.list()),
    _by_name(
        "users.create",
        "user",
        lambda client: client.users.list(),
        lambda given: NamedFields({"email": given.text("email")}),
        unique=True,
    ),
    _by_name("roles.create", "role", lambda client: client.roles.list(), _typed("role_type", "roleType", RoleType)),
    _by_name(
        "score_systems.create",
        "score system",
        # all of them: how the vendor's own search compares is not documented
        lambda client: client.score_systems.list(page_size=_PAGE_SIZE),
        _typed("score_system_type", "scoreSystemType", ScoreSystemType),
    ),
)
"""Kinds that only calls of the client create."""
