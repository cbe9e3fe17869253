"""What the vendor's webhooks tell about."""

from __future__ import annotations

from enum import Enum

AUDIT, ACTION, TEMPLATE = range(3)


class Event(Enum):
    """Event names on the wire; TEMPLATE_DELETED is left out: no endpoint deletes a template."""

    AUDIT_ASSIGNED = "AUDIT_ASSIGNED"
    AUDIT_COMPLETED = "AUDIT_COMPLETED"
    AUDIT_DELETED = "AUDIT_DELETED"
    AUDIT_EXPIRED = "AUDIT_EXPIRED"
    AUDIT_RESCHEDULED = "AUDIT_RESCHEDULED"
    ACTION_CREATED = "CORRECTIVE_ACTION_CREATED"
    ACTION_ASSIGNED = "CORRECTIVE_ACTION_ASSIGNED"
    ACTION_SUBMITTED = "CORRECTIVE_ACTION_SUBMITTED"
    ACTION_APPROVED = "CORRECTIVE_ACTION_APPROVED"
    ACTION_REJECTED = "CORRECTIVE_ACTION_REJECTED"
    ACTION_DELETED = "CORRECTIVE_ACTION_DELETED"
    ACTION_EXPIRED = "CORRECTIVE_ACTION_EXPIRED"
    ACTION_UPDATED = "CORRECTIVE_ACTION_UPDATED"
    TEMPLATE_CREATED = "TEMPLATE_CREATED"

    @property
    def command_type(self) -> int:
        """The webhook log's word for the kind: 0 Audit, 1 Corrective Action, 2 Audit Template."""
        return {"AUDIT": AUDIT, "CORRECTIVE": ACTION, "TEMPLATE": TEMPLATE}[self.value.partition("_")[0]]
