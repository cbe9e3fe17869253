"""Numbers that stand for something at MonitorQA, by name.

Arguments of these types also take the bare number, and the name or number as a text (``"monday"``, ``"1"``).
"""

from __future__ import annotations

from enum import IntEnum


class ReportType(IntEnum):
    """How much a PDF report tells (source: "Get audit pdf report")."""

    REGULAR = 0
    SUMMARY = 1
    FULL = 2


class AuditItemType(IntEnum):
    """What an item of an audit report is, its ``itemType`` (source: "Get audit report")."""

    ROOT = 0
    SECTION = 1
    ITEM = 2
    CONDITIONAL_ITEM = 3
    CONDITION = 4


class RepeatPattern(IntEnum):
    """How a schedule repeats (source: "Get schedule details")."""

    ONE_TIME = 0
    DAILY = 1
    MULTIPLE_WEEKS = 2
    MONTHLY = 3
    WEEKLY = 4


class DayOfWeek(IntEnum):
    """Days as MonitorQA counts them: the week starts on Sunday (source: "Create weekly schedule")."""

    SUNDAY = 0
    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6


class CorrectiveActionStatus(IntEnum):
    """State of a corrective action (source: "Get corrective action details")."""

    OPEN = 0
    APPROVED = 1
    REJECTED = 2
    SUBMITTED = 3
    EXPIRED = 4


class CorrectiveActionPriority(IntEnum):
    """Urgency of a corrective action (source: "Get corrective action details")."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2


class RoleType(IntEnum):
    """Kind of a role; it decides which permissions the role can have (source: "Get Roles list")."""

    ADMIN = 0
    AUDITOR = 1
    AUDITEE = 2
    OBSERVER = 3


class UsagePurpose(IntEnum):
    """What a company audits (source: "Create company")."""

    LOCATIONS = 0
    STORES = 1
    SITES = 2
    MACHINES = 3
    PLANTS = 4
    VEHICLES = 5
    OTHER = 6
    PROCESSES = 7


class ScoreSystemType(IntEnum):
    """How a score is counted (source: "Create score system")."""

    PROPORTION_TO_MAX_SCORE_POINTS = 0
    COUNT_NOT_APPLICABLE_AS_POSITIVE = 1
