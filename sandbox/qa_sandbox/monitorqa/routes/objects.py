"""Audit objects and their attributes."""

from __future__ import annotations

from qa_sandbox.monitorqa.routes.common import Resource
from qa_sandbox.monitorqa.state.objects import Objects
from qa_sandbox.monitorqa.wire import objects as wire
from qa_sandbox.monitorqa.wire.base import Ref

attributes = Resource("Audit object attributes", "/audit/objects/attributes", "objects", "attributes")
attributes.list("/all", "Get Audit Object Attributes List", wire.AttributeDetails)
attributes.get("/{id}", "Get Audit Object Attribute Details", wire.AttributeDetails)
attributes.create("", "Create Audit Object Attribute", wire.CreateAttribute, Objects.create_attribute)
attributes.change("PUT", "/{id}", "Update Audit Object Attribute", wire.UpdateAttribute, Objects.update_attribute)
attributes.change_all("DELETE", "", "Delete Audit Object Attribute", Objects.delete_attributes)

objects = Resource("Audit objects", "/audit", "objects", "sites")
objects.list("/objects", "Get list of audit objects", Ref)
objects.create("/objects", "Create a new audit object", wire.AuditObjectBody, Objects.create)
objects.change_all("DELETE", "/objects", "Delete audit objects", Objects.delete)
# The vendor has the singular here, and here alone.
objects.get("/object/{id}", "Get an audit object details", wire.AuditObjectDetails, wire.object_details)
_ATTRIBUTES = "/objects/{id}/attributes"
_UNASSIGN = "Delete Attributes Assignments from Audit Object"
objects.change("PUT", "/objects/{id}", "Update an audit object", wire.AuditObjectBody, Objects.update)
objects.change("POST", _ATTRIBUTES, "Assign Attributes to Audit Object", wire.Assignments, Objects.assign)
objects.change("DELETE", _ATTRIBUTES, _UNASSIGN, wire.Assignments, Objects.unassign)
