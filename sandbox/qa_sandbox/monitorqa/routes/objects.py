"""Audit objects and their attributes."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from qa_sandbox.monitorqa.errors import RESPONSES
from qa_sandbox.monitorqa.routes.common import EMPTY, Caller, Id
from qa_sandbox.monitorqa.wire import objects as wire
from qa_sandbox.monitorqa.wire.base import Created, Ids, Ref

attributes = APIRouter(prefix="/audit/objects/attributes", tags=["Audit object attributes"], responses=RESPONSES)
objects = APIRouter(prefix="/audit", tags=["Audit objects"], responses=RESPONSES)


@attributes.get("/all", summary="Get Audit Object Attributes List")
async def list_attributes(company: Caller) -> list[wire.AttributeDetails]:
    return [wire.AttributeDetails.model_validate(attribute) for attribute in company.objects.attributes]


@attributes.get("/{id}", summary="Get Audit Object Attribute Details")
async def get_attribute(company: Caller, attribute_id: Id) -> wire.AttributeDetails:
    return wire.AttributeDetails.model_validate(company.objects.attributes.get(attribute_id))


@attributes.post("", summary="Create Audit Object Attribute")
async def create_attribute(company: Caller, wanted: wire.CreateAttribute) -> Created:
    return Created(id=company.objects.create_attribute(wanted).id)


@attributes.put("/{id}", summary="Update Audit Object Attribute", **EMPTY)
async def update_attribute(company: Caller, attribute_id: Id, wanted: wire.UpdateAttribute) -> Response:
    company.objects.update_attribute(attribute_id, wanted)
    return Response()


@attributes.delete("", summary="Delete Audit Object Attribute", **EMPTY)
async def delete_attributes(company: Caller, wanted: Ids) -> Response:
    company.objects.delete_attributes(wanted.ids)
    return Response()


@objects.get("/objects", summary="Get list of audit objects")
async def list_objects(company: Caller) -> list[Ref]:
    return [Ref.model_validate(site) for site in company.objects.sites]


@objects.post("/objects", summary="Create a new audit object")
async def create_object(company: Caller, wanted: wire.AuditObjectBody) -> Created:
    return Created(id=company.objects.create(wanted).id)


@objects.delete("/objects", summary="Delete audit objects", **EMPTY)
async def delete_objects(company: Caller, wanted: Ids) -> Response:
    company.objects.delete(wanted.ids)
    return Response()


# The vendor has the singular here, and here alone.
@objects.get("/object/{id}", summary="Get an audit object details")
async def get_object(company: Caller, object_id: Id) -> wire.AuditObjectDetails:
    return wire.object_details(company, company.objects.sites.get(object_id))


@objects.put("/objects/{id}", summary="Update an audit object", **EMPTY)
async def update_object(company: Caller, object_id: Id, wanted: wire.AuditObjectBody) -> Response:
    company.objects.update(object_id, wanted)
    return Response()


@objects.post("/objects/{id}/attributes", summary="Assign Attributes to Audit Object", **EMPTY)
async def assign_attributes(company: Caller, object_id: Id, wanted: wire.Assignments) -> Response:
    company.objects.assign(object_id, wanted.attributes)
    return Response()


@objects.delete("/objects/{id}/attributes", summary="Delete Attributes Assignments from Audit Object", **EMPTY)
async def unassign_attributes(company: Caller, object_id: Id, wanted: wire.Assignments) -> Response:
    company.objects.unassign(object_id, wanted.attributes)
    return Response()
