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


class JsonAnswer:
    """An answer, read into JSON.

    :param answer: What a client method returned.
    :param secret_names: Names of values that are secrets, beside those that are called so.
    :raises TypeError: There is something in it that is no data.
    """

    def __init__(self, answer: Any, secret_names: Collection[str] = ()) -> None:
        self._secret_names = secret_names
        self._masked: set[str] = set()
        self.value = self._read(answer, "")

    @property
    def masked(self) -> list[str]:
        """Names of the values that were masked because they are, or carry, secrets."""
        return sorted(self._masked)

    def _read(self, value: Any, name: str) -> Any:
        if isinstance(value, Enum):
            return self._read(value.value, name)
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, str):
            return self._text(value, name)
        if isinstance(value, Mapping):
            return {str(key): self._read(one, str(key)) for key, one in value.items()}
        if isinstance(value, (list, tuple, Set, Paged)):
            return [self._read(one, name) for one in value]
        if isinstance(value, (datetime, date, time)):
            return value.isoformat()
        if isinstance(value, (Decimal, UUID)):
            return str(value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._record(value)
        raise TypeError(type(value).__name__)

    def _text(self, value: str, name: str) -> str:
        # a URL may carry its own key, such as that of a download which needs no other
        shown = redact(value) if value.startswith(("https://", "http://")) else value
        if value and (SECRET_NAME.search(name) or name in self._secret_names):
            shown = MASK
        if shown != value:
            self._masked.add(name or "the answer")
        return shown

    def _record(self, value: Any) -> dict[str, Any]:
        # what is not shown in repr is not for others' eyes
        hidden = {field.name for field in dataclasses.fields(value) if not field.repr}
        self._masked |= hidden
        return {
            field.name: MASK if field.name in hidden else self._read(getattr(value, field.name), field.name)
            for field in dataclasses.fields(value)
        }
