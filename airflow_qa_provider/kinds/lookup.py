"""What a vendor contributes to the journal: how to find an object whose id was lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar, Protocol

from airflow_qa_provider.exceptions import may_be_done, was_accepted
from airflow_qa_provider.kinds.snapshot import Phase

__all__ = ["Candidate", "Lookup", "Search", "lookup_for", "may_be_done", "was_accepted"]


@dataclass(frozen=True)
class Search:
    """What to look for.

    :param facts: What the object can be recognised by; made by the operator, see its ``facts``.
    :param sent_at: When the request was sent, in seconds since the epoch.
    :param since: The earliest moment at which it can have been sent; before ``sent_at`` where the moment is not noted;
        ``None`` to find what is there, however old.
    :param compared: Whether the ids that were there before the request are known, so that age need not be judged.
    """

    facts: Mapping[str, Any]
    sent_at: float
    since: float | None
    compared: bool = False


@dataclass(frozen=True)
class Candidate:
    """An object at the vendor that may be the one.

    :param id: Id at the vendor.
    :param phase: Where it stands.
    :param about: One line for people: name, dates, status.
    :param sure: Whether it can be told that it is this one, as far as the vendor shows anything.
    :param current: Whether it would count as "already there" for ``if_exists``.
    """

    id: str
    phase: Phase
    about: str
    sure: bool = True
    current: bool = True


class Lookup(Protocol):
    """One per kind of object.

    :cvar compares: Whether to list what is there before the request, so that what is new can be told without trusting
        clocks. Costs one look per create.
    """

    compares: ClassVar[bool]

    def find(self, client: Any, search: Search) -> list[Candidate]:
        """Return all objects that match.

        :param client: The vendor's client.
        :param search: What to look for.
        :raises QANotSupportedError: The vendor shows nothing to search.
        :raises QAError: The vendor could not be asked.
        """


_LOOKUPS: dict[str, str] = {
    "monitorqa.audit": "airflow_qa_provider.vendors.monitorqa.audit_lookup:AuditLookup",
    "monitorqa.schedule": "airflow_qa_provider.vendors.monitorqa.schedules:ScheduleLookup",
    "qalyptus.request": "airflow_qa_provider.vendors.qalyptus.task_runs:RequestLookup",
    "qalyptus.task_run": "airflow_qa_provider.vendors.qalyptus.task_runs:TaskRunLookup",
    "smartq.ticket": "airflow_qa_provider.vendors.smartq.ticket_lookup:TicketLookup",
    "smartq.note": "airflow_qa_provider.vendors.smartq.notes:NoteLookup",
}


def lookup_for(kind: str) -> Lookup | None:
    """Return the lookup of a kind of object, ``None`` where the vendor shows nothing to search.

    :param kind: ``vendor.object``.
    """
    if kind not in _LOOKUPS:
        return None
    module, _, name = _LOOKUPS[kind].partition(":")
    lookup: Lookup = getattr(import_module(module), name)()
    return lookup
