"""Audit objects of MonitorQA: the places and things that are audited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.parameters import FreeText, Id, Ids, Read, Text, Wire
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Row, Rows
from airflow_qa_provider.vendors.monitorqa.client.rules import check

MAX_NOTES = 800


@dataclass(frozen=True)
class GeoAddress:
    """Where an audit object is; MonitorQA wants all four members or none.

    :param lat: Latitude in degrees.
    :param lng: Longitude in degrees.
    :param name: Name of the place.
    :param address: Street address.
    """

    lat: str | float
    lng: str | float
    name: str
    address: str

    def wire(self) -> dict[str, str]:
        """Return the address as MonitorQA takes it: texts only."""
        members = {"lat": self.lat, "lng": self.lng, "name": self.name, "address": self.address}
        return {name: check.text(value, f"geo_address.{name}") for name, value in members.items()}


@dataclass(frozen=True)
class AttributeOption:
    """One option of an attribute, as it is assigned to an audit object.

    :param attribute_id: Id of the attribute.
    :param option_id: Id of the option within the attribute.
    """

    attribute_id: str
    option_id: str

    def wire(self, field: str) -> dict[str, str]:
        """Return the pair as MonitorQA takes it.

        :param field: Name of the argument, for messages.
        """
        return {
            "attributeId": check.id(self.attribute_id, f"{field}.attribute_id"),
            "optionId": check.id(self.option_id, f"{field}.option_id"),
        }


class ObjectFields(TypedDict, total=False):
    """What an audit object has. The docs do not say whether what is left out of a change is kept.

    :param name: Name of the object.
    :param notes: What the auditor sees during an audit, at most 800 characters.
    :param geo_address: Where it is, all four members: a :class:`GeoAddress`, or an object.
    """

    name: Required[Text]
    notes: Annotated[FreeText | None, Read("free_text", keeps_empty=True, longest=MAX_NOTES)]
    geo_address: Annotated[GeoAddress | Mapping[str, Any] | str | None, Read("record", kind=GeoAddress), Wire("")]


class AuditObjects(MonitorQAResource):
    """Locations, machines, vehicles, or whatever a company audits."""

    def list(self) -> Rows:
        """Return all audit objects as ``{"id", "name"}`` (source: "Get list of audit objects")."""
        return self._rows("audit_objects.list")

    def get(self, audit_object_id: Id) -> Row:
        """Return an audit object (source: "Get an audit object details").

        :param audit_object_id: Id of the object.
        :return: ``{"id", "name", "notes", "participantUsers", "participantUserGroups", "auditObjectGroupIds",
            "attributes", "geoAddress"}``.
        """
        return self._record("audit_objects.get", {"id": audit_object_id})

    def create(self, **audit_object: Unpack[ObjectFields]) -> str:
        """Create an audit object and return its id (source: "Create a new audit object").

        :param audit_object: Fields of :class:`ObjectFields`.
        :raises QAResponseError: The answer has no id: look for the object with :meth:`list` before you repeat this.
        """
        return self._create("audit_objects.create", _fields(audit_object), "audit_objects.list")

    def update(self, audit_object_id: Id, **audit_object: Unpack[ObjectFields]) -> None:
        """Replace name, notes and address of an audit object (source: "Update an audit object").

        :param audit_object_id: Id of the object.
        :param audit_object: Fields of :class:`ObjectFields`; give what is to stay.
        """
        self._client.call("audit_objects.update", {"id": audit_object_id}, body=_fields(audit_object))

    def delete(self, audit_object_ids: Ids) -> None:
        """Delete audit objects (source: "Delete audit objects").

        :param audit_object_ids: Ids of the objects.
        """
        self._delete("audit_objects.delete", audit_object_ids, "audit_object_ids")

    def assign_attributes(
        self, audit_object_id: Id, attributes: Iterable[AttributeOption | Mapping[str, Any]] | str
    ) -> None:
        """Give an audit object options of attributes (source: "Assign Attributes to Audit Object").

        What it has already is ignored. Options that do not exist are **not assigned and not reported**: look with
        :meth:`get` where it matters.

        :param audit_object_id: Id of the object.
        :param attributes: The options, at least one; also as the vendor's JSON, ``{"attributeId", "optionId"}``.
        """
        self._client.call("audit_objects.assign_attributes", {"id": audit_object_id}, body=_assignments(attributes))

    def unassign_attributes(
        self, audit_object_id: Id, attributes: Iterable[AttributeOption | Mapping[str, Any]] | str
    ) -> None:
        """Take options of attributes from an audit object (source: "Delete Attributes Assignments from Audit Object").

        The other options stay. Ids that do not exist are ignored and not reported.

        :param audit_object_id: Id of the object.
        :param attributes: The options, at least one; also as the vendor's JSON, ``{"attributeId", "optionId"}``.
        """
        self._client.call("audit_objects.unassign_attributes", {"id": audit_object_id}, body=_assignments(attributes))


def _fields(audit_object: Mapping[str, Any]) -> dict[str, Any]:
    address = audit_object.get("geo_address")
    wired = check.record(GeoAddress, address, "geo_address").wire() if is_given(address) else None
    return {**check.wire(ObjectFields, audit_object), **({} if wired is None else {"geoAddress": wired})}


def _assignments(attributes: Iterable[AttributeOption | Mapping[str, Any]] | str) -> dict[str, Any]:
    listed = check.optional_list(attributes, "attributes")
    if not listed:
        raise check.refused("attributes names no option")
    pairs = []
    for number, value in enumerate(listed):
        field = f"attributes[{number}]"
        # the names are in the answers of audit_objects.get, whose rows are accepted as they are
        pairs.append(check.record(AttributeOption, value, field, ("attributeName", "optionName")).wire(field))
    return {"attributes": pairs}
