"""Corrective actions."""

from __future__ import annotations

from collections.abc import Iterable

from qa_sandbox.monitorqa.state.action import Action, Status
from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.views.audits import tags_of
from qa_sandbox.monitorqa.views.refs import NOBODY, object_ref, user_ref, user_refs
from qa_sandbox.monitorqa.wire import actions as wire
from qa_sandbox.monitorqa.wire.base import Ref


def pending_row(company: Company, action: Action) -> wire.ActionRow:
    return wire.ActionRow.model_validate(_row(company, action))


def expired_row(company: Company, action: Action) -> wire.ExpiredAction:
    decided = {"expired_by": _decided_by(company, action), "expired_at_utc": action.decided_at}
    return wire.ExpiredAction.model_validate({**_row(company, action), **decided})


def completed_row(company: Company, action: Action) -> wire.CompletedAction:
    decided = {"approved_by": _decided_by(company, action), "approved_at_utc": action.decided_at}
    return wire.CompletedAction.model_validate({**_row(company, action), **decided})


def details(company: Company, action: Action) -> wire.ActionDetails:
    audit = company.audits.all.named(action.audit_id)
    approved, expired = action.status is Status.APPROVED, action.status is Status.EXPIRED
    decided = _decided_by(company, action) if action.decided_at else None
    return wire.ActionDetails(
        id=action.id,
        name=action.name,
        number=action.number,
        description=action.description,
        question=action.question,
        status=action.status,
        priority=action.priority,
        answer=wire.ActionAnswer(name="Failed", points=0, text=action.finding, number=action.item + 1, is_failed=True),
        approved_at_utc=action.decided_at if approved else None,
        approved_by=decided if approved else None,
        assigned_users=user_refs(company, action.assignee_ids),
        audit=wire.ActionAudit(id=audit.id, name=audit.name, iana_time_zone=company.profile.time_zone),
        audit_item_id=action.item_id,
        audit_object=object_ref(company, audit.object_id),
        created_at_utc=action.created_at,
        created_by=user_ref(company, action.creator_id),
        due_date_utc=action.due_at,
        expired_at_utc=action.decided_at if expired else None,
        expired_by=decided if expired else None,
        information=_information(company, action),
        tags=tags_of(company, action),
        files=_files(company, action.file_ids),
    )


def _row(company: Company, action: Action) -> dict[str, object]:
    audit = company.audits.all.named(action.audit_id)
    return {
        "id": action.id,
        "assigned_users": user_refs(company, action.assignee_ids),
        "audit": wire.ListedAudit(
            id=audit.id, name=audit.name, iana_time_zone=company.profile.time_zone, number=audit.number
        ),
        "created_by": user_ref(company, action.creator_id),
        "audit_object": object_ref(company, audit.object_id),
        "status": action.status,
        "priority": action.priority,
        "created_at_utc": action.created_at,
        "due_date_utc": action.due_at,
        "name": action.name,
        "number": action.number,
    }


def _decided_by(company: Company, action: Action) -> Ref:
    if action.decided_by is None:
        return Ref(id=NOBODY, name="System Auto-Expire")
    return user_ref(company, action.decided_by)


def _information(company: Company, action: Action) -> wire.Information | None:
    done = action.submission
    if done is None:
        return None
    return wire.Information(text=done.text, photos_ids=done.photo_ids, files=_files(company, done.file_ids))


def _files(company: Company, file_ids: Iterable[str]) -> list[wire.FileInfo]:
    return [wire.FileInfo.model_validate(company.files.all.named(file_id)) for file_id in file_ids]
