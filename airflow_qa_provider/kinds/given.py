"""The rendered arguments of a task, read by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, TypeVar

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.fields import Fields, is_given

E = TypeVar("E", bound=Enum)


class Given:
    """Reads the arguments of a task or call by their names; each method is that of
    :class:`~airflow_qa_provider.rest.fields.Fields` with the same name.

    :param arguments: Name to value, as templates left it.
    :param vendor: Vendor in lower case, for the messages.
    :param names: Name in a kind's fields to name in the arguments, where they differ.
    """

    def __init__(
        self, arguments: Mapping[str, Any], vendor: str | None = None, names: Mapping[str, str] | None = None
    ) -> None:
        self.check = Fields(vendor)
        self.arguments = arguments
        self._names = names or {}

    def name(self, name: str) -> str:
        """Return what the author calls a field."""
        return self._names.get(name, name)

    def raw(self, name: str) -> Any:
        """Return a value as it is, ``None`` when there is none."""
        return self.arguments.get(self.name(name))

    def has(self, name: str) -> bool:
        """Tell whether a value is given."""
        return is_given(self.raw(name))

    def refused(self, problem: str, hint: str | None = None) -> QAValidationError:
        """Return the error for arguments that do not go together."""
        return self.check.refused(problem, hint)

    def text(self, name: str) -> str:
        """Return a text that must be given."""
        return self.check.text(self.raw(name), self.name(name))

    def optional_text(self, name: str, *, longest: int | None = None) -> str | None:
        """Return a text."""
        return self.check.optional_text(self.raw(name), self.name(name), longest=longest)

    def id(self, name: str) -> str:
        """Return an id that must be given."""
        return self.check.id(self.raw(name), self.name(name))

    def optional_id(self, name: str) -> str | None:
        """Return an id."""
        return self.check.optional_id(self.raw(name), self.name(name))

    def ids(self, name: str) -> tuple[str, ...]:
        """Return ids, at least one."""
        return tuple(self.check.ids(self.raw(name), self.name(name)))

    def optional_ids(self, name: str) -> tuple[str, ...] | None:
        """Return ids, perhaps none."""
        listed = self.check.optional_ids(self.raw(name), self.name(name))
        return None if listed is None else tuple(listed)

    def words(self, name: str) -> tuple[str, ...]:
        """Return words, at least one."""
        return tuple(self.check.words(self.raw(name), self.name(name)))

    def optional_words(self, name: str) -> tuple[str, ...] | None:
        """Return words, perhaps none."""
        listed = self.check.optional_words(self.raw(name), self.name(name))
        return None if listed is None else tuple(listed)

    def flag(self, name: str, default: bool | None = None) -> bool:
        """Return a truth value, the default when none is given."""
        if default is not None and not self.has(name):
            return default
        return self.check.flag(self.raw(name), self.name(name))

    def optional_flag(self, name: str) -> bool | None:
        """Return a truth value."""
        return self.check.optional_flag(self.raw(name), self.name(name))

    def whole(self, name: str, low: int | None = None, high: int | None = None) -> int:
        """Return a whole number that must be given."""
        return self.check.whole(self.raw(name), self.name(name), low, high)

    def choice(self, name: str, words: Iterable[str], default: str | None = None) -> str:
        """Return one of the known words, the default when none is given."""
        if default is not None and not self.has(name):
            return default
        return self.check.choice(self.raw(name), words, self.name(name))

    def optional_choice(self, name: str, words: Iterable[str]) -> str | None:
        """Return one of the known words."""
        return self.check.optional_choice(self.raw(name), words, self.name(name))

    def member(self, name: str, kind: type[E]) -> E:
        """Return the member of an enumeration."""
        return self.check.member(kind, self.raw(name), self.name(name))

    def optional_member(self, name: str, kind: type[E]) -> E | None:
        """Return the member of an enumeration."""
        return self.member(name, kind) if self.has(name) else None

    def optional_object(self, name: str) -> dict[str, Any] | None:
        """Return an object of names and values."""
        return self.check.optional_object(self.raw(name), self.name(name))

    def when(self, name: str) -> datetime | timedelta:
        """Return a moment or a duration that must be given."""
        return self.check.when(self.raw(name), self.name(name))

    def optional_when(self, name: str) -> datetime | timedelta | None:
        """Return a moment or a duration."""
        return self.check.optional_when(self.raw(name), self.name(name))
