"""Ids with names."""

from __future__ import annotations

from collections.abc import Iterable

from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.wire.base import Ref

NOBODY = "00000000-0000-0000-0000-000000000000"


def user_ref(company: Company, user_id: str) -> Ref:
    """Return id and name of a user, deleted or not."""
    return Ref.model_validate(company.people.users.named(user_id))


def user_refs(company: Company, user_ids: Iterable[str]) -> list[Ref]:
    """Return ids and names of users, deleted or not."""
    return [user_ref(company, user_id) for user_id in user_ids]


def object_ref(company: Company, object_id: str) -> Ref:
    """Return id and name of an audit object, deleted or not."""
    return Ref.model_validate(company.objects.sites.named(object_id))


def template_ref(company: Company, template_id: str) -> Ref:
    """Return id and name of a template."""
    return Ref.model_validate(company.templates.templates.named(template_id))
