"""Permissions that MonitorQA's roles can have (source: "Role Permissions Reference")."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.vendors.monitorqa.client.enums import RoleType
from airflow_qa_provider.vendors.monitorqa.client.rules import check


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADMIN_PERMISSIONS = _words(
    """
    audits.do audits.assign audits.manage audits.schedule audits.createInstant audits.viewResults
    correctiveActions.manage correctiveActions.approve correctiveActions.assign correctiveActions.do
    correctiveActions.view auditObjects.manage auditTemplates.manage users.manage tags.manage roles.manage
    scoreSystems.manage billing.manage generalSetup.manage auditObjects.accessNonParticipant issueTypes.manage
    issues.delete issues.edit issues.changeStatus issues.view reports.viewSummary reports.viewAuditPerformance
    reports.viewAuditorPerformance reports.viewAuditObjectPerformance reports.viewItemAnalysis
    dataExports.accessCustom
    """
)

AUDITOR_PERMISSIONS = _words(
    """
    audits.do audits.assign audits.createInstant audits.viewResults correctiveActions.approve
    correctiveActions.assign correctiveActions.do correctiveActions.view auditObjects.accessNonParticipant
    issues.edit issues.changeStatus issues.view reports.viewSummary reports.viewAuditPerformance
    reports.viewAuditorPerformance reports.viewAuditObjectPerformance reports.viewItemAnalysis
    """
)

AUDITEE_PERMISSIONS = _words(
    """
    audits.viewResults correctiveActions.do correctiveActions.view auditObjects.accessNonParticipant
    """
)

OBSERVER_PERMISSIONS = _words(
    """
    audits.viewResults correctiveActions.view auditObjects.accessNonParticipant issues.view reports.viewSummary
    reports.viewAuditPerformance reports.viewAuditorPerformance reports.viewAuditObjectPerformance
    reports.viewItemAnalysis
    """
)

PERMISSIONS = {
    RoleType.ADMIN: ADMIN_PERMISSIONS,
    RoleType.AUDITOR: AUDITOR_PERMISSIONS,
    RoleType.AUDITEE: AUDITEE_PERMISSIONS,
    RoleType.OBSERVER: OBSERVER_PERMISSIONS,
}
"""What each type of role can have; admins can have all that there is."""


def checked_permissions(permissions: Iterable[str] | str, role_type: int) -> list[str]:
    """Return permissions as a list when a role of the type can have all of them.

    :param permissions: The permissions; a text may hold several, separated by commas, or be JSON.
    :param role_type: Number of the role type.
    :raises QAValidationError: One is unknown, or not for this type; the message says which and what comes close.
    """
    kind = RoleType(role_type)
    if not is_given(permissions):
        raise check.missing(permissions, "permissions")
    listed = check.optional_words(permissions, "permissions") or []
    for permission in listed:
        if permission not in PERMISSIONS[kind]:
            raise check.refused(_problem(permission, kind), f"See PERMISSIONS[RoleType.{kind.name}]")
    return listed


def _problem(permission: object, kind: RoleType) -> str:
    if permission in ADMIN_PERMISSIONS:
        holders = ", ".join(other.name.lower() for other in RoleType if permission in PERMISSIONS[other])
        return f"permissions has {permission!r}, which a role of type {kind.name.lower()} cannot have, only: {holders}"
    close = difflib.get_close_matches(str(permission), PERMISSIONS[kind], n=1)
    meant = f"; did you mean {close[0]!r}?" if close else ""
    return f"permissions has {permission!r}, which MonitorQA does not know{meant}"
