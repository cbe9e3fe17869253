"""Reading the fields of smartQ, before anything is sent."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from airflow_qa_provider.rest.fields import Fields, is_given
from airflow_qa_provider.rest.parameters import Id as Id
from airflow_qa_provider.rest.written import is_written

_WALL_CLOCK = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?")


class SmartQFields(Fields):
    """Reads what smartQ takes: dates without a zone, and words with commas between them.

    :param timezone: The account's zone, see :class:`~airflow_qa_provider.vendors.smartq.client.dialect.Dialect`.
    """

    def __init__(self, timezone: str = "UTC") -> None:
        super().__init__("smartq", spelled=str)
        self.timezone = timezone

    def ids(self, value: object, field: str) -> list[str]:
        """Return ids, at least one: a form cannot carry an empty list."""
        if is_given(value) and not self.optional_ids(value, field):
            raise self.refused(f"{field} is an empty list, which a form cannot carry; leave it out to change nothing")
        return super().ids(value, field)

    def comma_separated(self, value: object, field: str) -> str:
        """Return words separated by commas; a text goes as it is, unless it is a JSON list."""
        if isinstance(value, str) and not is_written(value):
            return value
        words = self.optional_words(value, field) or []
        for word in words:
            if "," in word:
                raise self.refused(f"{field}: {word!r} has a comma, which would make two of it")
        return ",".join(words)

    def timestamp(self, value: object, field: str) -> str:
        """Return a moment as smartQ writes it: ``YYYY-MM-DD HH:MM:SS``, without a zone.

        The docs print the format as ``2017=12-31 08:30:00``; the ``=`` is taken for a typing error.

        :param value: An aware ``datetime`` or ISO 8601 with a zone, which is brought to the account's zone; or a text
            in smartQ's own form, with or without the time, which goes as it is.
        :param field: Name of the argument, for the message.
        :raises QAValidationError: Not a date, or neither a zone nor smartQ's form.
        """
        if isinstance(value, str) and _WALL_CLOCK.fullmatch(value.strip()):
            try:
                datetime.fromisoformat(value.strip())
            except ValueError:
                raise self.refused(f"{field} must be a date, got {value!r}", "Give 2026-01-31 18:00:00") from None
            return value.strip()
        return self.moment(value, field).astimezone(ZoneInfo(self.timezone)).strftime("%Y-%m-%d %H:%M:%S")

    def switch(self, value: object, field: str) -> int:
        """Return a boolean as smartQ's queries carry it, 1 or 0."""
        return int(self.flag(value, field))


check = SmartQFields()
"""Reads the values of all fields but dates, which belong to a zone: see ``client.check``."""
