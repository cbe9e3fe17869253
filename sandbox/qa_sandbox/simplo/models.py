"""Simplo's request bodies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from qa_sandbox.simplo.dates import parse_date
from qa_sandbox.simplo.records import ReportState

MAX_ID = (1 << 63) - 1


def _as_text(value: Any) -> Any:
    # Numbers that the vendor sends as text; both ways are taken.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


DbInt = Annotated[int, Field(ge=0, le=MAX_ID)]
Day = Annotated[datetime, BeforeValidator(parse_date), WithJsonSchema({"type": "string", "format": "date-time"})]
SettingType = Annotated[Literal["1", "2"], BeforeValidator(_as_text)]
TextNumber = Annotated[str, BeforeValidator(_as_text), Field(pattern="^[0-9]{1,4}$")]


class UpdateReport(BaseModel):
    """Update report, PUT: both members are required, the number even to change the state."""

    state: ReportState
    invoice_number: DbInt


class PatchReport(BaseModel):
    """Update report, PATCH: any member can be left out."""

    state: ReportState = ReportState.NEW
    invoice_number: DbInt = 0


class Approval(BaseModel):
    """Approve Report; without a hash the answer is 403 rather than 422."""

    hash: str = ""


class PatchSetting(BaseModel):
    """Members of a report setting. The vendor's body is not public; these are the members of its answers."""

    name: Annotated[str, Field(min_length=1, max_length=255)] = ""
    client_id: DbInt = 0
    responsible_user_id: DbInt | None = None
    type: SettingType = "2"
    is_live: bool = True
    task_filter: TextNumber = "1"
    is_bug_field_hidden_for_client: bool = False
    one_time_from: Day | None = None
    one_time_to: Day | None = None
    regular_start: Day | None = None
    regular_interval: Annotated[int, Field(ge=1, le=120)] | None = None
    project_ids: list[DbInt] = []


class StoreSetting(PatchSetting):
    """Create or replace a report setting: a name and a client at least."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    client_id: DbInt
