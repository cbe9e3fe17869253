"""Audit objects of MonitorQA, brought to what somebody else's list of places and things says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QANotFoundError, QAValidationError
from airflow_qa_provider.kinds.change import Change, Shown
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.monitorqa.client.objects import MAX_NOTES, GeoAddress
from airflow_qa_provider.vendors.monitorqa.client.rules import check
from airflow_qa_provider.vendors.monitorqa.named import NamedFields, lookup_by_name

_NOUN = "audit object"
_AT_A_TIME = 8
_ATTRIBUTE = "attributes."

Options = Mapping[str, tuple[str, Mapping[str, str]]]
"""Name of an attribute to its id, and to the ids of its options by their names."""


@dataclass(frozen=True, kw_only=True)
class UpsertAuditObject(Change):
    """An audit object that is to be there (source: "Create a new audit object", "Update an audit object").

    It is known by its id, where that is given, and by its name otherwise.

    :param audit_object_id: Id of an object that is there.
    :param name: Name; left as it is when unset.
    :param notes: What the auditor sees, ``""`` for nothing; left as it is when unset.
    :param geo_address: Where it is, as it is sent; left as it is when unset.
    :param attributes: Name of an attribute to the names of all its options that the object is to have; other attributes
        stay as they are.
    """

    creates: ClassVar[bool] = True

    audit_object_id: str | None = None
    name: str | None = None
    notes: str | None = None
    geo_address: Mapping[str, str] | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        object_id = given.optional_id("audit_object_id")
        return cls(
            audit_object_id=object_id,
            name=None if object_id and not given.has("name") else given.text("name"),
            notes=given.optional_text("notes", longest=MAX_NOTES),
            geo_address=_address(given.optional_object("geo_address")),
            attributes={
                name: tuple(sorted(check.optional_words(value, f"attributes.{name}") or ()))
                for name, value in (given.optional_object("attributes") or {}).items()
            },
        )

    @property
    @override
    def object_id(self) -> str:
        return self.audit_object_id or str(self.name)

    @override
    def wanted(self, client: MonitorQAClient) -> Shown:
        plain = {"name": self.name, "notes": self.notes, "geo_address": self.geo_address}
        given = {name: value for name, value in plain.items() if value is not None}
        if self.attributes:
            _check_known(self.attributes, _options_of(client))
        return {**given, **{f"{_ATTRIBUTE}{name}": list(options) for name, options in self.attributes.items()}}

    @override
    def current(self, client: MonitorQAClient) -> Shown | None:
        return ShownObjects(client, [self])(self)

    @override
    def id_shown(self, current: Shown) -> str:
        return str(current["id"])

    @override
    def create(self, client: MonitorQAClient, wanted: Shown) -> Shown:
        fields = {name: wanted.get(name) for name in ("name", "notes", "geo_address")}
        made = client.audit_objects.create(**fields)  # type: ignore[arg-type]
        return {**_nothing(wanted), **_of_fields(fields), "id": made}

    @override
    def send(self, client: MonitorQAClient, wanted: Shown, current: Shown | None) -> None:
        shown = current or {}
        object_id = shown["id"]
        fields = {name: wanted.get(name, shown.get(name)) for name in ("name", "notes", "geo_address")}
        if any(fields[name] != shown.get(name) for name in fields):
            # MonitorQA may replace all of them: those that are not given go as they are
            fields["notes"] = None if fields["notes"] == shown.get("notes") == "" else fields["notes"]
            client.audit_objects.update(object_id, **fields)
        options = _options_of(client) if self.attributes else {}
        more, less = [], []
        for name in self.attributes:
            there, asked = set(shown[f"{_ATTRIBUTE}{name}"]), set(self.attributes[name])
            more += _pairs(options, name, asked - there)
            less += _pairs(options, name, there - asked)
        if more:
            client.audit_objects.assign_attributes(object_id, more)
        if less:
            client.audit_objects.unassign_attributes(object_id, less)


class ShownObjects:
    """What MonitorQA shows of the objects of many changes: one list, and the details of those that have to be compared.

    :param client: The client.
    :param changes: The changes.
    """

    def __init__(self, client: MonitorQAClient, changes: Collection[UpsertAuditObject]) -> None:
        self._names: dict[str, str] = {}
        self._ids: dict[str, list[str]] = {}
        for row in client.audit_objects.list():
            self._names[str(row["id"])] = str(row.get("name"))
            self._ids.setdefault(str(row.get("name")).strip(), []).append(str(row["id"]))
        self._taken: dict[str, str] = {}
        found = {object_id for one in changes for object_id in self._found(one) if self._asks_more(one, object_id)}
        with ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="audit-objects") as pool:
            self._details = dict(pool.map(lambda one: (one, _details(client, one)), sorted(found)))

    def __call__(self, change: UpsertAuditObject) -> Shown | None:
        """Return what is shown of the object of a change, ``None`` when there is none.

        :param change: The change.
        :raises QAValidationError: It cannot be told which object is meant, or another row means the same one.
        """
        found = self._found(change)
        if not found:
            if change.audit_object_id:
                raise check.refused(
                    f"there is no audit object {change.audit_object_id}", "Leave the id out to make one"
                )
            return None
        if len(found) > 1:
            raise check.refused(
                f"{len(found)} audit objects are called {change.name!r}: {', '.join(found)}",
                "Give the audit_object_id of one of them",
            )
        object_id = found[0]
        if self._taken.setdefault(object_id, change.object_id) != change.object_id:
            raise check.refused(f"{self._taken[object_id]!r} is the same audit object, {object_id}")
        details = self._details.get(object_id, {"name": self._names[object_id]})
        return None if details is None else _shown(object_id, details, change)

    def _found(self, change: UpsertAuditObject) -> list[str]:
        if change.audit_object_id:
            return [one for one in (change.audit_object_id,) if one in self._names]
        return self._ids.get(str(change.name), [])

    def _asks_more(self, change: UpsertAuditObject, object_id: str) -> bool:
        """Tell whether the list alone does not show all that is asked for, or that a change has to send again."""
        more = change.notes is not None or change.geo_address is not None or bool(change.attributes)
        return more or (change.name is not None and change.name != self._names[object_id])


def _details(client: MonitorQAClient, object_id: str) -> Mapping[str, Any] | None:
    try:
        return client.audit_objects.get(object_id)
    except QANotFoundError:  # deleted since the list was read
        return None


def _shown(object_id: str, details: Mapping[str, Any], change: UpsertAuditObject) -> Shown:
    assigned: dict[str, list[str]] = {name: [] for name in change.attributes}
    for one in details.get("attributes") or ():
        assigned.setdefault(str(one.get("attributeName")), []).append(str(one.get("optionName")))
    address = details.get("geoAddress")
    fields = {
        "name": details.get("name"),
        "notes": details.get("notes"),
        "geo_address": None if not address else {name: str(address.get(name)) for name in _ADDRESS},
    }
    return {
        **_of_fields(fields),
        "id": object_id,
        **{f"{_ATTRIBUTE}{name}": sorted(options) for name, options in assigned.items()},
    }


def _nothing(wanted: Shown) -> dict[str, Any]:
    """Return what a new object has of options: none."""
    return {name: [] for name in wanted if name.startswith(_ATTRIBUTE)}


def _of_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    # no notes and empty ones are the same to whoever reads them
    return {**fields, "notes": fields["notes"] or ""}


_ADDRESS = ("lat", "lng", "name", "address")


def _address(given: Mapping[str, Any] | None) -> Mapping[str, str] | None:
    if given is None or all(value is None for value in given.values()):  # a row whose cells are empty
        return None
    return check.record(GeoAddress, given, "geo_address").wire()


_KNOWN: WeakKeyDictionary[MonitorQAClient, Options] = WeakKeyDictionary()


def _options_of(client: MonitorQAClient) -> Options:
    """Return the attributes of the account, as they were when this client asked first."""
    if client not in _KNOWN:
        _KNOWN[client] = {
            str(one["name"]): (str(one["id"]), {str(option["name"]): str(option["id"]) for option in one["options"]})
            for one in client.audit_object_attributes.list()
        }
    return _KNOWN[client]


def _check_known(attributes: Mapping[str, Iterable[str]], options: Options) -> None:
    """See that there are such options: MonitorQA says nothing of those that there are not.

    :raises QAValidationError: One is not there.
    """
    for name, wanted in attributes.items():
        if name not in options:
            raise _unknown(f"there is no attribute {name!r}", name, options)
        for option in wanted:
            if option not in options[name][1]:
                raise _unknown(f"the attribute {name!r} has no option {option!r}", option, options[name][1])


def _unknown(problem: str, name: str, known: Iterable[str]) -> QAValidationError:
    names = list(known)
    near = get_close_matches(name, names, 1)
    # in the message itself, for of many rows no hint is shown
    return check.refused(f"{problem}; {f'did you mean {near[0]!r}' if near else f'there are {names}'}")


def _pairs(options: Options, attribute: str, names: Iterable[str]) -> list[dict[str, str]]:
    attribute_id, known = options[attribute]
    return [{"attributeId": attribute_id, "optionId": known[name]} for name in sorted(names) if name in known]


AUDIT_OBJECT = Kind(
    name="monitorqa.audit_object",
    noun=_NOUN,
    lookup=lookup_by_name(_NOUN, lambda client: client.audit_objects.list()),
    made_by={"audit_objects.create": NamedFields.read},
    changes={"upsert": UpsertAuditObject},
    overview=ShownObjects,
)
