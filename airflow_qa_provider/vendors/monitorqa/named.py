"""What creates something at MonitorQA, and by what it is found again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from airflow_qa_provider.journal.naturals import Natural
from airflow_qa_provider.kinds.lookup import Candidate, Search
from airflow_qa_provider.kinds.snapshot import Phase
from airflow_qa_provider.vendors.monitorqa.audit_lookup import AuditLookup
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient, rules
from airflow_qa_provider.vendors.monitorqa.client.enums import RoleType, ScoreSystemType
from airflow_qa_provider.vendors.monitorqa.client.repeats import Daily, Monthly, MultipleWeeks, Repeat, Weekly
from airflow_qa_provider.vendors.monitorqa.schedules import ScheduleLookup, schedule_facts

Arguments = Mapping[str, Any]

_PAGE_SIZE = 100


@dataclass(frozen=True)
class NameLookup:
    """Objects by their name, or what else people know them by.

    Names need not be unique. What is new is told by comparison with what was there before the request; where nobody
    looked, an object of that name is reported, and taken over only if there can be no other.

    ``facts``: one for each of ``fields``.

    :param noun: The object in words.
    :param rows: Returns all objects.
    :param fields: Fact to field of a row.
    :param unique: Whether MonitorQA has no two of them.
    """

    noun: str
    rows: Callable[[MonitorQAClient], Iterable[Mapping[str, Any]]]
    fields: Mapping[str, str]
    unique: bool = False

    compares: ClassVar[bool] = True

    def find(self, client: MonitorQAClient, search: Search) -> list[Candidate]:
        """Return the objects that match.

        :param client: The client.
        :param search: What to look for.
        """
        sure = self.unique or search.compared or search.since is None
        return [
            Candidate(str(row["id"]), Phase.ACTIVE, f"{self.noun} {row['id']} ({row.get('name')!r})", sure)
            for row in self.rows(client)
            if all(_same(row.get(field), search.facts[fact]) for fact, field in self.fields.items())
        ]


def _same(shown: Any, wanted: str | int) -> bool:
    if not isinstance(wanted, str):
        return bool(shown == wanted)
    text = str(shown or "").strip()
    # addresses are the same in any case, names are not
    return text.casefold() == wanted.casefold() if "@" in wanted else text == wanted


def _audit(arguments: Arguments) -> dict[str, Any]:
    dates = rules.period(arguments.get("start_date"), rules.present(arguments.get("end_date"), "end_date"))
    return {
        **{name: rules.required(arguments.get(name), name) for name in ("name", "template_id", "audit_object_id")},
        "start": dates["startDate"],
        "end": dates["endDate"],
        "floating": False,
        "assignee_id": arguments.get("assignee_id"),
    }


def _texts(*names: str) -> Callable[[Arguments], dict[str, Any]]:
    def facts(arguments: Arguments) -> dict[str, Any]:
        return {name: rules.required(arguments.get(name), name) for name in names}

    return facts


def _role(arguments: Arguments) -> dict[str, Any]:
    number = rules.choice(RoleType, arguments.get("role_type", ""), "role_type")
    return {"name": rules.required(arguments.get("name"), "name"), "role_type": number}


def _score_system(arguments: Arguments) -> dict[str, Any]:
    number = rules.choice(ScoreSystemType, arguments.get("score_system_type", ""), "score_system_type")
    return {"name": rules.required(arguments.get("name"), "name"), "score_system_type": number}


def _schedule(repeat_of: Callable[[Arguments], Repeat]) -> Natural:
    def facts(arguments: Arguments) -> dict[str, Any]:
        return schedule_facts(repeat_of(arguments), arguments)

    return Natural("monitorqa.schedule", "schedule", facts, ScheduleLookup())


def _by_name(
    kind: str,
    noun: str,
    rows: Callable[[MonitorQAClient], Iterable[Mapping[str, Any]]],
    facts: Callable[[Arguments], dict[str, Any]] | None = None,
    *,
    unique: bool = False,
    **fields: str,
) -> Natural:
    """Return an entry for objects that are known by their name, or by the fields that are given."""
    return Natural(
        f"monitorqa.{kind}",
        noun,
        facts or _texts(*(fields or {"name": "name"})),
        NameLookup(noun, rows, fields or {"name": "name"}, unique),
    )


NATURALS: dict[str, Natural] = {
    "audits.create": Natural("monitorqa.audit", "audit", _audit, AuditLookup()),
    "schedules.create_daily": _schedule(lambda given: Daily(given.get("repeat_every", ""))),
    "schedules.create_weekly": _schedule(
        lambda given: Weekly(given.get("days_of_week", ()), given.get("repeat_every", ""))
    ),
    "schedules.create_multiple_weeks": _schedule(
        lambda given: MultipleWeeks(
            given.get("repeat_every", ""), given.get("start_day", ""), given.get("duration", "")
        )
    ),
    "schedules.create_monthly": _schedule(
        lambda given: Monthly(given.get("repeat_every", ""), given.get("start_rule", ""), given.get("end_rule", ""))
    ),
    "audit_objects.create": _by_name("audit_object", "audit object", lambda client: client.audit_objects.list()),
    "audit_object_attributes.create": _by_name(
        "attribute", "attribute", lambda client: client.audit_object_attributes.list()
    ),
    "users.create": _by_name("user", "user", lambda client: client.users.list(), unique=True, email="email"),
    "roles.create": _by_name(
        "role", "role", lambda client: client.roles.list(), _role, name="name", role_type="roleType"
    ),
    "score_systems.create": _by_name(
        "score_system",
        "score system",
        # all of them: how the vendor's own search compares is not documented
        lambda client: client.score_systems.list(page_size=_PAGE_SIZE),
        _score_system,
        name="name",
        score_system_type="scoreSystemType",
    ),
}
"""Operation to what the journal has to know of it."""
