"""Answers of clients as JSON for an XCom, without secrets."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Set
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.redaction import MASK, SECRET_NAME, redact


def as_json(answer: Any, secret_names: Collection[str] = ()) -> tuple[Any, list[str]]:
    """Return an answer as JSON, and the names of the values that were masked because they are, or carry, secrets.

    :param answer: What a client method returned.
    :param secret_names: Names of values that are secrets, beside those that are called so.
    :raises TypeError: There is something in it that is no data.
    """
    masked: set[str] = set()

    def read(value: Any, name: str) -> Any:
        if isinstance(value, Enum):
            return read(value.value, name)
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, str):
            return text(value, name)
        if isinstance(value, Mapping):
            return {str(key): read(one, str(key)) for key, one in value.items()}
        if isinstance(value, (list, tuple, Set, Paged)):
            return [read(one, name) for one in value]
        if isinstance(value, (datetime, date, time)):
            return value.isoformat()
        if isinstance(value, (Decimal, UUID)):
            return str(value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return record(value)
        raise TypeError(type(value).__name__)

    def text(value: str, name: str) -> str:
        # a URL may carry its own key, such as that of a download which needs no other
        shown = redact(value) if value.startswith(("https://", "http://")) else value
        if value and (SECRET_NAME.search(name) or name in secret_names):
            shown = MASK
        if shown != value:
            masked.add(name or "the answer")
        return shown

    def record(value: Any) -> dict[str, Any]:
        # what is not shown in repr is not for others' eyes
        hidden = {field.name for field in dataclasses.fields(value) if not field.repr}
        masked.update(hidden)
        return {
            field.name: MASK if field.name in hidden else read(getattr(value, field.name), field.name)
            for field in dataclasses.fields(value)
        }

    return read(answer, ""), sorted(masked)
