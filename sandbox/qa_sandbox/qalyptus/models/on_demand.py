"""Qalyptus request bodies."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

Value = str | int | Annotated[float, Field(allow_inf_nan=False)] | bool


class FieldSelection(BaseModel):
    """Values of one Qlik field. The members are those of Qalyptus Server v1; Cloud documents none."""

    fieldName: str | None = None
    selectedCount: int | None = None
    selectedValues: list[Value] | None = None
    isNumeric: bool | None = None

    def values(self) -> tuple[str, ...]:
        """Return the selected values as text."""
        return tuple(str(value) for value in self.selectedValues or ())


class OnDemand(BaseModel):
    selections: list[FieldSelection] | None = None
    appId: str | None = None
    bookmarkId: str | None = None
