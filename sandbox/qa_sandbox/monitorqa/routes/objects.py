"""Audit objects and their attributes."""

from __future__ import annotations

from qa_sandbox.monitorqa.routes.common import Caller, Id, Resource
from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.state.objects import Objects
from qa_sandbox.monitorqa.wire import objects as wire
from qa_sandbox.monitorqa.wire.base import Ref


def _objects(company: Company) -> Objects:
    return company.objects


attributes = Resource("Audit object attributes", "/audit/objects/attributes", _objects)
attributes.list("/all", "Get Audit Object Attributes List", wire.AttributeDetails, lambda objects: objects.attributes)
attributes.get(
    "/{id}",
    "Get Audit Object Attribute Details",
    wire.AttributeDetails,
    lambda objects, one: objects.attributes.get(one),
)
attributes.create("", "Create Audit Object Attribute", wire.CreateAttribute, Objects.create_attribute)
attributes.change("PUT", "/{id}", "Update Audit Object Attribute", wire.UpdateAttribute, Objects.update_attribute)
attributes.change_all("DELETE", "", "Delete Audit Object Attribute", Objects.delete_attributes)

objects = Resource("Audit objects", "/audit", _objects)
objects.list("/objects", "Get list of audit objects", Ref, lambda objects: objects.sites)
objects.create("/objects", "Create a new audit object", wire.AuditObjectBody, Objects.create)
objects.change_all("DELETE", "/objects", "Delete audit objects", Objects.delete)


# The vendor has the singular here, and here alone.
@objects.router.get("/object/{id}", summary="Get an audit object details")
async def get_object(company: Caller, object_id: Id) -> wire.AuditObjectDetails:
    return wire.object_details(company, company.objects.sites.get(object_id))


_ATTRIBUTES = "/objects/{id}/attributes"
_UNASSIGN = "Delete Attributes Assignments from Audit Object"
objects.change("PUT", "/objects/{id}", "Update an audit object", wire.AuditObjectBody, Objects.update)
objects.change("POST", _ATTRIBUTES, "Assign Attributes to Audit Object", wire.Assignments, Objects.assign)
objects.change("DELETE", _ATTRIBUTES, _UNASSIGN, wire.Assignments, Objects.unassign)
