"""Role Permissions Reference of the vendor docs."""

from __future__ import annotations

ADMIN, AUDITOR, AUDITEE, OBSERVER = range(4)
MANAGE_TEMPLATES = "auditTemplates.manage"

_ADMIN = """
    audits.do audits.assign audits.manage audits.schedule audits.createInstant audits.viewResults
    correctiveActions.manage correctiveActions.approve correctiveActions.assign correctiveActions.do
    correctiveActions.view auditObjects.manage auditTemplates.manage users.manage tags.manage roles.manage
    scoreSystems.manage billing.manage generalSetup.manage auditObjects.accessNonParticipant issueTypes.manage
    issues.delete issues.edit issues.changeStatus issues.view reports.viewSummary reports.viewAuditPerformance
    reports.viewAuditorPerformance reports.viewAuditObjectPerformance reports.viewItemAnalysis
    dataExports.accessCustom
"""
_AUDITOR = """
    audits.do audits.assign audits.createInstant audits.viewResults correctiveActions.approve
    correctiveActions.assign correctiveActions.do correctiveActions.view auditObjects.accessNonParticipant
    issues.edit issues.changeStatus issues.view reports.viewSummary reports.viewAuditPerformance
    reports.viewAuditorPerformance reports.viewAuditObjectPerformance reports.viewItemAnalysis
"""
_AUDITEE = """
    audits.viewResults correctiveActions.do correctiveActions.view auditObjects.accessNonParticipant
"""
_OBSERVER = """
    audits.viewResults correctiveActions.view auditObjects.accessNonParticipant issues.view reports.viewSummary
    reports.viewAuditPerformance reports.viewAuditorPerformance reports.viewAuditObjectPerformance
    reports.viewItemAnalysis
"""
PERMISSIONS = {
    role: tuple(names.split())
    for role, names in ((ADMIN, _ADMIN), (AUDITOR, _AUDITOR), (AUDITEE, _AUDITEE), (OBSERVER, _OBSERVER))
}
