"""Audit objects and schedules."""

from __future__ import annotations

from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.state.objects import Site
from qa_sandbox.monitorqa.state.people import Group
from qa_sandbox.monitorqa.state.schedules import Schedule
from qa_sandbox.monitorqa.state.shelf import Shelf
from qa_sandbox.monitorqa.views.refs import object_ref, template_ref, user_refs
from qa_sandbox.monitorqa.wire import objects as wire
from qa_sandbox.monitorqa.wire.base import Ref
from qa_sandbox.monitorqa.wire.schedules import ScheduleDetails, ScheduleRow


def object_details(company: Company, site: Site) -> wire.AuditObjectDetails:
    users, objects = company.people.users, company.objects
    present = [user_id for user_id in site.participant_user_ids if users.find(user_id)]
    return wire.AuditObjectDetails(
        id=site.id,
        name=site.name,
        notes=site.notes,
        participant_user_groups=[_group_ref(company.people.groups, one) for one in site.participant_group_ids],
        participant_users=user_refs(company, present),
        audit_object_group_ids=[group.id for group in objects.groups if site.id in group.member_ids],
        attributes=[_attribute(company, *pair) for pair in site.assigned],
        geo_address=site.geo_address,
    )


def schedule_row(company: Company, schedule: Schedule) -> ScheduleRow:
    return ScheduleRow.model_validate(_schedule(company, schedule))


def schedule_details(company: Company, schedule: Schedule) -> ScheduleDetails:
    more = {"auditor_hint": schedule.hint, "assignees": user_refs(company, schedule.assignee_ids)}
    return ScheduleDetails.model_validate({**_schedule(company, schedule), **more})


def _schedule(company: Company, schedule: Schedule) -> dict[str, object]:
    return {
        "id": schedule.id,
        "name": schedule.name,
        "repeat_pattern": schedule.repeat_pattern,
        "active": schedule.is_active(company.now),
        "stop_by_date": schedule.stop_by,
        "start_from_date": schedule.start_from,
        "template": template_ref(company, schedule.template_id),
        "repeat": schedule.repeat,
        "audit_objects": [object_ref(company, object_id) for object_id in schedule.object_ids],
        "audit_object_groups": [_group_ref(company.objects.groups, group_id) for group_id in schedule.group_ids],
    }


def _group_ref(groups: Shelf[Group], group_id: str) -> Ref:
    return Ref.model_validate(groups.named(group_id))


def _attribute(company: Company, attribute_id: str, option_id: str) -> wire.ObjectAttribute:
    attribute, option = company.objects.attributes.get(attribute_id), company.objects.option(attribute_id, option_id)
    return wire.ObjectAttribute(
        attribute_id=attribute.id,
        attribute_name=attribute.name,
        option_id=option_id,
        option_name=option.name if option else "",
    )
