"""What an installation of Simplo IS holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class ReportState(IntEnum):
    """Enumerator report_state. 1 and 2 are in the vendor's examples; 3 and 4 are invented."""

    NEW = 1
    SENT = 2
    APPROVED = 3
    INVOICED = 4


@dataclass(frozen=True)
class User:
    id: int
    name: str
    email: str


@dataclass(frozen=True)
class Client:
    """A customer; the rate is CZK per hour."""

    id: int
    name: str
    rate: int


@dataclass(frozen=True)
class Project:
    """A project of a client; ``work`` names what can be done, a bug starts with ``!``."""

    id: int
    name: str
    client: Client
    work: tuple[str, ...]


@dataclass
class ReportSetting:
    """
    What reports are made from.

    :param type: ``1`` one-time, ``2`` regular; sent as text
    :param regular_interval: months
    :param next_from: start of the next period to be reported; None when there is none
    """

    id: int
    name: str
    client_id: int
    responsible_user_id: int
    type: str
    is_live: bool
    task_filter: str
    is_bug_field_hidden_for_client: bool
    one_time_from: datetime | None
    one_time_to: datetime | None
    regular_start: datetime | None
    regular_interval: int | None
    project_ids: tuple[int, ...]
    created_at: datetime
    updated_at: datetime
    next_from: datetime | None = None

    @property
    def is_regular(self) -> bool:
        return self.type == "2"


@dataclass(frozen=True)
class ReportTask:
    """A line of a report; times are minutes, the price is CZK."""

    id: int
    report_id: int
    name: str
    is_bug: bool
    estimated_time: int
    reported_time: int
    to_invoice_time: int
    to_invoice_price: float
    status_id: int
    task_id: int
    note: str | None
    created_at: datetime
    updated_at: datetime


@dataclass
class Report:
    """The work of one period, to be sent, approved and invoiced."""

    id: int
    name: str
    report_setting_id: int
    tasks: tuple[ReportTask, ...]
    from_at: datetime
    to_at: datetime
    created_at: datetime
    updated_at: datetime
    hash: str
    is_active: bool = True
    state: ReportState = ReportState.NEW
    approved_at: datetime | None = None
    sent_at: datetime | None = None
    invoiced_at: datetime | None = None
    approved_by_user_id: int | None = None
    sent_by_user_id: int | None = None
    invoiced_by_user_id: int | None = None
    invoice_number: int | None = None

    @property
    def to_invoice_price(self) -> float:
        return round(sum(task.to_invoice_price for task in self.tasks), 2)

    @property
    def edit_allowed(self) -> bool:
        return self.state < ReportState.APPROVED

    def move_to(self, state: ReportState, now: datetime, user_id: int | None) -> None:
        """Change the state and note when it was reached first."""
        self.state, self.updated_at = state, now
        if state is ReportState.SENT and self.sent_at is None:
            self.sent_at, self.sent_by_user_id = now, user_id
        elif state is ReportState.APPROVED and self.approved_at is None:
            self.approved_at, self.approved_by_user_id = now, user_id
        elif state is ReportState.INVOICED and self.invoiced_at is None:
            self.invoiced_at, self.invoiced_by_user_id = now, user_id


@dataclass(frozen=True)
class Invoice:
    """An invoice in the external invoicing service."""

    number: int
    report_id: int
    amount: float
    issued_at: datetime
