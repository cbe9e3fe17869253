"""Reading the fields of Simplo IS, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_qa_provider.rest.fields import Fields, is_given


class SimploFields(Fields):
    """Reads what Simplo IS takes: timestamps with an offset, names that the docs list, the hash of a report."""

    def __init__(self) -> None:
        super().__init__("simplo", spelled=str)

    def timestamp(self, value: object, field: str) -> str:
        """Write a moment as Simplo IS does: ``yyyy-MM-ddTHH:mm:ss+0000``, the offset without a colon; in UTC."""
        return f"{self.moment(value, field):%Y-%m-%dT%H:%M:%S%z}"

    def names(self, value: object, field: str, allowed: Iterable[str] | None, before: str = "") -> list[str]:
        """Return names of fields, none when they are not given.

        :param value: The names; a text may hold several, separated by commas.
        :param field: Name of the argument, for the message.
        :param allowed: Names that the docs allow; ``None`` where the docs cannot be read.
        :param before: A sign that may stand before a name.
        """
        listed = self.optional_words(value, field) or []
        possible = listed if allowed is None else tuple(allowed)
        for name in listed:
            if allowed is not None and name.removeprefix(before) not in possible:
                raise self.refused(f"{field} cannot be {name!r}; possible are {', '.join(possible) or 'none'}")
        return listed

    def word_or_number(self, value: object, field: str) -> int | str:
        """Return a value of which the docs do not say whether it is a number or a text, as it is."""
        return value if isinstance(value, int) and not isinstance(value, bool) else self.text(value, field)

    def report_hash(self, value: object, field: str = "report_hash") -> str:
        """Return the hash of a report. It opens the report to anyone, so no message repeats it."""
        if not isinstance(value, str) or not is_given(value):
            problem = f"{field} must be the hash property of the report, a non-empty string"
            raise self.refused(problem, "reports.get returns it")
        return value


check = SimploFields()
"""Reads the values of all fields."""
