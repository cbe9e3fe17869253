"""Reading values as people and templates write them: one meaning of "given", "true" and "a list" for all vendors.

Templates make texts, so every reader takes the text of a value beside the value itself. ``None``, ``""`` and the text
``"None"``, which is what a template leaves of a value that is not there, count as not given.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from enum import Enum
from typing import Any, TypeVar

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.clean_json import parsed
from airflow_qa_provider.rest.durations import LONGEST, LONGEST_IN_SECONDS, duration_of
from airflow_qa_provider.rest.parameters import camel_case, fields_of
from airflow_qa_provider.rest.timestamps import to_utc
from airflow_qa_provider.rest.written import is_python, is_structure, is_written

E = TypeVar("E", bound=Enum)

_LARGEST = 2**63
_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
_REPR = re.compile(r"<[^<>]* object at 0x[0-9a-f]+>|<(Task|Mapped)\(.*|<(class|function|bound method) .*", re.DOTALL)
_ID_HINT = (
    "Give one id. Of a task that returns it, give the task or its .output, of a @task function what its call returns; "
    "of several ids, expand over them"
)


def is_given(value: object) -> bool:
    """Tell whether a value is there: not ``None``, and not what a template makes of one that is not."""
    return value is not None and not (isinstance(value, str) and value.strip() in ("", "None"))


class Fields:
    """Reads the values of a vendor's fields. Every refusal names the field, the value and what would do.

    All methods raise :class:`~airflow_qa_provider.exceptions.QAValidationError` for a value that cannot be read; those
    named ``optional_...`` return ``None`` for one that is not given.

    :param vendor: Vendor in lower case, for the messages.
    :param spelled: How the vendor writes names that we write with underscores.
    """

    def __init__(self, vendor: str | None = None, spelled: Callable[[str], str] = camel_case) -> None:
        self.vendor = vendor
        self.spelled = spelled

    def refused(self, problem: str, hint: str | None = None) -> QAValidationError:
        """Return the error for a value that cannot be sent.

        :param problem: What is wrong; names the field.
        :param hint: What to give in its place.
        """
        return QAValidationError(problem, vendor=self.vendor, outcome="Nothing was sent", hint=hint)

    def missing(self, value: object, field: str) -> QAValidationError:
        """Return the error for a value that must be given.

        :param value: What stands in its place.
        :param field: Name of the field.
        """
        hint = "If it comes from another task, look at what that task returned" if value is not None else None
        return self.refused(f"{field} is required, got {value!r}", hint)

    def wire(self, family: type, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of a family's fields under the vendor's names; those that are not given are left out.

        :param family: A ``TypedDict``, see :mod:`airflow_qa_provider.rest.parameters`.
        :param values: Our names to values.
        """
        fields = fields_of(family)
        self.known(values, [one.name for one in fields], "this operation")
        sent: dict[str, Any] = {}
        for one in fields:
            value = values.get(one.name)
            there = is_given(value) or (one.read.keeps_empty and value == "")
            if one.required and not there:
                raise self.missing(value, one.name)
            if there:
                read = getattr(self, one.read.how)(value=value, field=one.name, **one.read.options)
                sent[self.spelled(one.name) if one.wire is None else one.wire] = read
        sent.pop("", None)
        return sent

    def page(self, page_size: object, limit: object, usual: int | None = None) -> tuple[int | None, int | None]:
        """Return rows per request and most rows in all, ``None`` where there is no such number.

        :param page_size: Rows per request.
        :param limit: Most rows in all.
        :param usual: Rows per request when none are given.
        """
        size = self.optional_whole(page_size, "page_size", 1)
        return (usual if size is None else size), self.optional_whole(limit, "limit", 0)

    def secret(self, value: object, field: str) -> str:
        """Return a secret as it is, spaces included; no refusal shows it."""
        if not isinstance(value, str) or not is_given(value):
            raise self.refused(f"{field} must be a non-empty text", "Its value is not shown here: it is a secret")
        return value

    def text(self, value: object, field: str) -> str:
        """Return a text that must be given, without the spaces around it; a number is taken for its digits."""
        if not is_given(value):
            raise self.missing(value, field)
        return self._plain(value, field, "a text").strip()

    def free_text(self, value: object, field: str, longest: int | None = None) -> str:
        """Return a text as it is, which may be empty.

        :param value: The text.
        :param field: Name of the field.
        :param longest: Most characters that the vendor documents.
        """
        text = self._plain(value, field, "a text")
        if longest is not None and len(text) > longest:
            raise self.refused(f"{field} has {len(text)} characters, at most {longest} are taken: {text[:40]!r}...")
        return text

    def optional_text(self, value: object, field: str, *, longest: int | None = None) -> str | None:
        """Return a text as it is; ``""`` stays, for it may mean to clear a field. See :meth:`free_text`."""
        if value is None or (isinstance(value, str) and value.strip() == "None"):
            return None
        return self.free_text(value, field, longest)

    def id(self, value: object, field: str) -> str:
        """Return an id that must be given: a text or a whole number, never a mapping, a list or an object's repr."""
        plain = isinstance(value, (str, int)) and not isinstance(value, (bool, Enum))
        text = self.text(value, field) if plain or not is_given(value) else ""
        if not plain or _REPR.fullmatch(text) or is_structure(text):
            raise self.refused(f"{field} must be an id, got {value!r}"[:300], _ID_HINT)
        return text

    def optional_id(self, value: object, field: str) -> str | None:
        """Return an id."""
        return self.id(value, field) if is_given(value) else None

    def ids(self, value: object, field: str) -> list[str]:
        """Return ids, at least one; a single one counts as a list of one."""
        listed = self.optional_ids(value, field)
        if not listed:
            raise self.refused(f"{field} names no id, got {value!r}", f'Give ids such as ["{field}-1"]')
        return listed

    def optional_ids(self, value: object, field: str) -> list[str] | None:
        """Return ids; an empty list stays one."""
        listed = self.optional_list(value, field)
        return None if listed is None else [self.id(one, field) for one in listed]

    def words(self, value: object, field: str) -> list[str]:
        """Return words, at least one; a text may hold several, separated by commas."""
        listed = self.optional_words(value, field)
        if not listed:
            raise self.refused(f"{field} names nothing, got {value!r}", 'Give one word, or ["one", "two"]')
        return listed

    def optional_words(self, value: object, field: str) -> list[str] | None:
        """Return words; a text may hold several, separated by commas, or be JSON."""
        if isinstance(value, str) and is_written(value):
            value = self.structure(value, field)
        if isinstance(value, str) and is_given(value):
            value = [word for word in value.split(",") if word.strip()]
        listed = self.optional_list(value, field)
        return None if listed is None else [self.text(one, field) for one in listed]

    def flag(self, value: object, field: str) -> bool:
        """Return a truth value: a boolean, or a text that says true or false."""
        read = self.optional_flag(value, field)
        if read is None:
            raise self.missing(value, field)
        return read

    def optional_flag(self, value: object, field: str) -> bool | None:
        """Return a truth value."""
        if isinstance(value, bool):
            return value
        if not is_given(value):
            return None
        word = str(value).strip().lower() if isinstance(value, (str, int)) else ""
        if word not in (*_TRUE, *_FALSE):
            raise self.refused(f"{field} must be true or false, got {value!r}"[:300], f"Give {field}=true, or false")
        return word in _TRUE

    def whole(self, value: object, field: str, low: int | None = None, high: int | None = None, unit: str = "") -> int:
        """Return a whole number, also from a text of digits.

        :param value: The number.
        :param field: Name of the field.
        :param low: Least value.
        :param high: Greatest value.
        :param unit: Unit, for the message.
        """
        number = self._number(value, field)
        if number is None or number != int(number) or abs(number) >= _LARGEST or not _within(number, low, high):
            least = "" if low is None else f" from {low} to {high}" if high is not None else f" of at least {low}"
            kind = f"a whole number{f' of {unit}' if unit else ''}{least}"
            raise self.refused(f"{field} must be {kind}, got {value!r}"[:300], f"Give {field}={low or 1}")
        return int(number)

    def optional_whole(self, value: object, field: str, low: int | None = None, high: int | None = None) -> int | None:
        """Return a whole number, as :meth:`whole` does."""
        return self.whole(value, field, low, high) if is_given(value) else None

    def number(self, value: object, field: str) -> float:
        """Return a finite number, also from a text."""
        number = self._number(value, field)
        if number is None:
            raise self.refused(f"{field} must be a number, got {value!r}"[:300], f"Give {field}=1.5")
        return number

    def choice(self, value: object, words: Iterable[str], field: str) -> str:
        """Return one of the known words in its own spelling; case, spaces, hyphens and underscores do not matter."""
        known = {_letters(word): word for word in words}
        found = known.get(_letters(str(value))) if is_given(value) else None
        if found is None:
            raise self.refused(f"{field} must be one of {', '.join(known.values())}, got {value!r}")
        return found

    def optional_choice(self, value: object, words: Iterable[str], field: str) -> str | None:
        """Return one of the known words, as :meth:`choice` does."""
        return self.choice(value, words, field) if is_given(value) else None

    def member(self, kind: type[E], value: object, field: str) -> E:
        """Return the member of an enumeration: by itself, its name or its value, whatever the case."""
        if isinstance(value, kind):
            return value
        known = {_letters(str(one.value)): one for one in kind} | {_letters(one.name): one for one in kind}
        found = known.get(_letters(str(value))) if is_given(value) and not isinstance(value, bool) else None
        if found is None:
            numbered = [f"{one.value} ({one.name.lower()})" if _is_number(one) else str(one.value) for one in kind]
            raise self.refused(f"{field} must be one of {', '.join(numbered)}, got {value!r}")
        return found

    def mapping(self, value: object, field: str) -> dict[str, Any]:
        """Return an object of names and values, as :meth:`optional_object` does."""
        read = self.optional_object(value, field)
        if read is None:
            raise self.missing(value, field)
        return read

    def mappings(self, value: object, field: str) -> list[dict[str, Any]]:
        """Return a list of objects, which may be empty; JSON text of one, or a single object."""
        listed = self.optional_list(value, field)
        if listed is None:
            raise self.missing(value, field)
        return [self.mapping(one, f"{field}[{index}]") for index, one in enumerate(listed)]

    def value_of(self, kind: type[Enum], value: object, field: str) -> Any:
        """Return the value of the member of an enumeration, see :meth:`member`."""
        return self.member(kind, value, field).value

    def optional_object(self, value: object, field: str) -> dict[str, Any] | None:
        """Return an object of names and values: a mapping, or JSON text of one; only what JSON can carry."""
        read = self.structure(value, field)
        if read is None:
            return None
        if not isinstance(read, Mapping) or not all(isinstance(name, str) for name in read):
            raise self.refused(
                f"{field} must be an object of names and values, got {value!r}"[:300],
                'Give a dict such as {"name": "value"}; a template that makes one needs the filter tojson',
            )
        try:
            json.dumps(read, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise self.refused(f"{field} cannot be sent as JSON: {error}", "Give texts, numbers, lists") from None
        return dict(read)

    def optional_list(self, value: object, field: str) -> list[Any] | None:
        """Return a list: any iterable, JSON text of a list, or a single value, which counts as a list of one.

        Sets come sorted, so that they are the same in every process.
        """
        if isinstance(value, str) and not value.lstrip().startswith(("[", "(")):
            return [value] if is_given(value) else None
        read = self.structure(value, field)
        if read is None:
            return None
        if isinstance(read, AbstractSet):
            return sorted(read, key=str)
        if isinstance(read, (str, bytes, Mapping)) or not isinstance(read, Iterable):
            return [read]
        return list(read)

    def structure(self, value: object, field: str) -> Any:
        """Return a structured value; a text is read as JSON, and what Python prints of one is refused.

        :param value: A native value, or text.
        :param field: Name of the field.
        """
        if not isinstance(value, str):
            return value
        if not is_given(value):
            return None
        try:
            return parsed(value)
        except ValueError:
            wrong = "is what Python prints, and not JSON" if is_python(value.strip()) else "is not JSON"
            raise self.refused(
                f"{field} {wrong}: {value!r}"[:300],
                f"Use the filter tojson in the template: {{{{ {field} | tojson }}}}",
            ) from None

    def moment(self, value: object, field: str) -> datetime:
        """Return an aware moment in UTC, from an aware ``datetime`` or ISO 8601 with a zone."""
        read = self.when(value, field)
        if not isinstance(read, datetime):
            raise self.refused(f"{field} must be a date and time such as 2026-01-31T18:00:00Z, got {value!r}")
        return read

    def when(self, value: object, field: str) -> datetime | timedelta:
        """Return a moment in UTC, or a ``timedelta`` that counts from one that is known later.

        A ``timedelta`` may also be written as ``P1D``, ``PT8H``, ``1 day, 0:00:00``, or as seconds.
        """
        read = self.optional_when(value, field)
        if read is None:
            raise self.missing(value, field)
        return read

    def optional_when(self, value: object, field: str) -> datetime | timedelta | None:
        """Return a moment or a ``timedelta``, as :meth:`when` does."""
        if not is_given(value):
            return None
        span = duration_of(value)
        if span is not None:
            if abs(span) > (LONGEST if isinstance(value, (timedelta, str)) else LONGEST_IN_SECONDS):
                # seconds since 1970 would be half a century from now
                hint = "Give a date such as 2026-01-31T18:00:00Z, timedelta(days=1), or P1D"
                raise self.refused(f"{field} is too long for a duration, got {value!r}"[:300], hint)
            return span
        if isinstance(value, str) or (isinstance(value, date) and isinstance(value, datetime)):
            try:
                return to_utc(value, field)
            except QAValidationError as error:
                error.vendor = self.vendor
                error.hint = error.hint or "Durations are written as P1D, PT8H, seconds, or timedelta(days=1)"
                raise
        raise self.refused(
            f"{field} must be a moment or a duration, got {value!r}",
            "Give 2026-01-31T18:00:00Z, an aware datetime, timedelta(days=1), P1D, or seconds",
        )

    def duration(self, value: object, field: str) -> timedelta:
        """Return a positive duration: a ``timedelta``, ``P1D``, ``PT8H``, or seconds."""
        span = duration_of(value)
        if span is None or span <= timedelta(0):
            raise self.refused(f"{field} must be a positive number of seconds, got {value!r}", "Give 60, or PT1M")
        if span > LONGEST:
            raise self.refused(f"{field} must be 100 years at most, got {value!r}", "Give timedelta(days=365)")
        return span

    def in_order(self, start: Any, end: Any, start_field: str, end_field: str) -> None:
        """Check that a period ends after it starts, where both are given."""
        if start is not None and end is not None and start >= end:
            raise self.refused(f"{end_field} {end!s} must be after {start_field} {start!s}")

    def known(self, given: Collection[str], names: Collection[str], what: str) -> None:
        """Check that something has no fields that are not documented.

        :param given: Names of its fields.
        :param names: The documented ones.
        :param what: What has them, for the message.
        """
        unknown = sorted(set(given) - set(names))
        if unknown:
            near = get_close_matches(unknown[0], names, 1)
            raise self.refused(
                f"{', '.join(unknown)}: {what} has no such field; it has {', '.join(sorted(names))}",
                f"Did you mean {near[0]}?" if near else None,
            )

    def _plain(self, value: object, field: str, what: str) -> str:
        if isinstance(value, str) and not isinstance(value, Enum):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, (bool, Enum)) and _is_finite(value):
            return str(value)
        raise self.refused(f"{field} must be {what}, got {value!r}"[:300])

    def _number(self, value: object, field: str) -> float | int | None:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            return None
        try:
            number = value if isinstance(value, (int, float)) else _as_number(value.strip())
        except ValueError:
            return None
        return number if _is_finite(number) else None


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _as_number(text: str) -> int | float:
    if not text.isascii() or "_" in text:
        raise ValueError(text)
    try:
        return int(text)
    except ValueError:
        return float(text)


def _within(number: float, low: int | None, high: int | None) -> bool:
    return (low is None or number >= low) and (high is None or number <= high)


def _letters(text: str) -> str:
    return re.sub(r"[\s_-]", "", text).lower()


def _is_number(member: Enum) -> bool:
    return isinstance(member.value, int) and not isinstance(member.value, bool)
