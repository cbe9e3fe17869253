"""Audit objects of MonitorQA: the places and things that are audited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.vendors.monitorqa.client import rules
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Row, Rows


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
        return {name: rules.required(value, f"geo_address.{name}") for name, value in members.items()}


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
            "attributeId": rules.required(self.attribute_id, f"{field}.attribute_id"),
            "optionId": rules.required(self.option_id, f"{field}.option_id"),
        }


class AuditObjects(MonitorQAResource):
    """Locations, machines, vehicles, or whatever a company audits."""

    def list(self) -> Rows:
        """Return all audit objects as ``{"id", "name"}`` (source: "Get list of audit objects").

        :raises QAApiError: The vendor refused.
        """
        return self._rows("audit_objects.list")

    def get(self, audit_object_id: str) -> Row:
        """Return an audit object (source: "Get an audit object details").

        :param audit_object_id: Id of the object.
        :return: ``{"id", "name", "notes", "participantUsers", "participantUserGroups", "auditObjectGroupIds",
            "attributes", "geoAddress"}``.
        :raises QANotFoundError: There is no such object.
        """
        return self._record("audit_objects.get", {"id": audit_object_id})

    def create(
        self, *, name: str, notes: str | None = None, geo_address: GeoAddress | Mapping[str, Any] | None = None
    ) -> str:
        """Create an audit object and return its id (source: "Create a new audit object").

        :param name: Name of the object.
        :param notes: What the auditor sees during an audit, at most 800 characters.
        :param geo_address: Where it is, all four members.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QAResponseError: The answer has no id: look for the object with :meth:`list` before you repeat this.
        """
        return self._create("audit_objects.create", _fields(name, notes, geo_address), "audit_objects.list")

    def update(
        self,
        audit_object_id: str,
        *,
        name: str,
        notes: str | None = None,
        geo_address: GeoAddress | Mapping[str, Any] | None = None,
    ) -> None:
        """Replace name, notes and address of an audit object (source: "Update an audit object").

        The docs do not say whether notes and address that are left out are kept or cleared: give what is to stay.

        :param audit_object_id: Id of the object.
        :param name: New name.
        :param notes: What the auditor sees during an audit, at most 800 characters.
        :param geo_address: Where it is, all four members.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QANotFoundError: There is no such object.
        """
        self._client.call("audit_objects.update", {"id": audit_object_id}, body=_fields(name, notes, geo_address))

    def delete(self, audit_object_ids: Iterable[str] | str) -> None:
        """Delete audit objects (source: "Delete audit objects").

        :param audit_object_ids: Ids of the objects.
        :raises QAValidationError: There is no id.
        """
        self._delete("audit_objects.delete", audit_object_ids, "audit_object_ids")

    def assign_attributes(
        self, audit_object_id: str, attributes: Iterable[AttributeOption | Mapping[str, Any]]
    ) -> None:
        """Give an audit object options of attributes (source: "Assign Attributes to Audit Object").

        What it has already is ignored. Options that do not exist are **not assigned and not reported**: look with
        :meth:`get` where it matters.

        :param audit_object_id: Id of the object.
        :param attributes: The options, at least one; also as the vendor's JSON, ``{"attributeId", "optionId"}``.
        :raises QAValidationError: There is none, or one lacks an id.
        :raises QANotFoundError: There is no such object.
        """
        self._client.call("audit_objects.assign_attributes", {"id": audit_object_id}, body=_assignments(attributes))

    def unassign_attributes(
        self, audit_object_id: str, attributes: Iterable[AttributeOption | Mapping[str, Any]]
    ) -> None:
        """Take options of attributes from an audit object (source: "Delete Attributes Assignments from Audit Object").

        The other options stay. Ids that do not exist are ignored and not reported.

        :param audit_object_id: Id of the object.
        :param attributes: The options, at least one; also as the vendor's JSON, ``{"attributeId", "optionId"}``.
        :raises QAValidationError: There is none, or one lacks an id.
        :raises QANotFoundError: There is no such object.
        """
        self._client.call("audit_objects.unassign_attributes", {"id": audit_object_id}, body=_assignments(attributes))


def _fields(name: str, notes: str | None, geo_address: GeoAddress | Mapping[str, Any] | None) -> dict[str, Any]:
    return given(
        name=rules.required(name, "name"),
        notes=rules.at_most(notes, rules.MAX_NOTES, "notes"),
        geoAddress=None if geo_address is None else rules.read(GeoAddress, geo_address, "geo_address").wire(),
    )


def _assignments(attributes: Iterable[AttributeOption | Mapping[str, Any]]) -> dict[str, Any]:
    listed = [attributes] if isinstance(attributes, (AttributeOption, Mapping)) else list(attributes)
    if not listed:
        raise rules.refused("attributes names no option")
    pairs = []
    for number, value in enumerate(listed):
        field = f"attributes[{number}]"
        # the names are in the answers of audit_objects.get, whose rows are accepted as they are
        pairs.append(rules.read(AttributeOption, value, field, ("attributeName", "optionName")).wire(field))
    return {"attributes": pairs}
