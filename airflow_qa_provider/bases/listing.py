"""The base of operators that return what a list holds, for others to branch on and to expand over.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.providers.common.compat.sdk import BaseOperator

from airflow_qa_provider.bases.records import ReadingTask
from airflow_qa_provider.bases.task import one_execution

if TYPE_CHECKING:
    from airflow_qa_provider.exceptions import QAError
    from airflow_qa_provider.kinds.listing import Listing
    from airflow_qa_provider.records.reading import Reading

DEFAULT_LIMIT = 1000
"""Most rows of a list that go into an XCom when no limit is given."""


class ListOperator(ReadingTask, BaseOperator):
    """Reads a list of a vendor, and returns the ids of its rows, as ``expand`` takes them.

    The rows themselves are the XCom ``rows``. Nothing found is an empty list, and no failure. More rows than ``limit``
    are an error, for what is left out would be missed by nobody.

    :param filters: Names of the list's filters to values, beside those that have an argument; a text is read as JSON.
        (templated)
    :param column: Column whose values are returned in place of the ids, each once; rows without one are left out.
        (templated)
    :param limit: Most rows; Airflow itself expands over 1,024 at most by default. (templated)

    :cvar records: Name of the list; or values of the attribute ``state`` to names of lists.
    :cvar filter_fields: Names of the attributes that leave rows out.
    """

    tells = ("rows",)
    returns = "list of ids"
    records: ClassVar[str | Mapping[str, str]]
    filter_fields: ClassVar[tuple[str, ...]] = ()

    template_fields: Sequence[str] = ("filters", "column", "limit")
    template_fields_renderers: ClassVar[dict[str, str]] = {"filters": "json"}

    def __init__(
        self,
        *,
        filters: Mapping[str, Any] | str | None = None,
        column: str | None = None,
        limit: int | str = DEFAULT_LIMIT,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters = filters
        self.column = column
        self.limit = limit

    @one_execution
    def execute(self, context: Any) -> list[str]:
        """Read the list.

        :param context: Airflow's task context.
        """
        from airflow_qa_provider.kinds.given import Given

        given = Given({"limit": self.limit, "column": self.column}, self.vendor)
        limit, column = given.whole("limit", 1), self._checked_column(given)
        own = {name: getattr(self, name) for name in self.filter_fields}
        with self.connected() as opened:
            own = opened.with_defaults(own, [name for name in self.connection_fields if name in own])
            named = {name: value for name, value in own.items() if value is not None}
            reading = self.reading(self._name(), self.filters, named=named)
            ids, rows = self._read(opened.client, reading, limit, column)
        self.log.info("%d rows of %s", len(rows), reading.listing.name)
        self.tell(context, {"rows": rows})
        return ids

    def _name(self) -> str:
        from airflow_qa_provider.kinds.given import Given

        if isinstance(self.records, str):
            return self.records
        return self.records[Given({"state": getattr(self, "state", None)}, self.vendor).choice("state", self.records)]

    def _checked_column(self, given: Any) -> str | None:
        return str(given.text("column")) if given.has("column") else None

    def _read(
        self, client: Any, reading: Reading, limit: int, column: str | None
    ) -> tuple[list[str], list[Mapping[str, Any]]]:
        from itertools import islice

        from airflow_qa_provider.records.cleaning import Cleaner

        listing, cleaner = reading.listing, Cleaner(reading.listing.secrets)
        ids: dict[str, None] = {}
        rows: list[Mapping[str, Any]] = []
        for row in islice(reading.rows(client), limit + 1):
            if len(rows) == limit:
                raise cut(client, listing.operation, limit, listing.name, type(self).__name__.partition("List")[0])
            shown = cleaner.row(row)
            value = listing.id_of(client, row) if column is None else _text(shown.get(column))
            if value is not None:
                ids[value] = None
            rows.append(shown)
        if column is not None and rows and not any(column in row for row in rows):
            raise self._no_column(column, listing, rows[0])
        return list(ids), rows

    def _no_column(self, column: str, listing: Listing, row: Mapping[str, Any]) -> QAError:
        from airflow_qa_provider.exceptions import QAValidationError

        return QAValidationError(
            f"no row of {listing.name} has {column}",
            vendor=self.vendor,
            operation=listing.operation,
            outcome="Nothing was changed",
            hint=f"The rows have {', '.join(row)}",
        )


def cut(client: Any, operation: str, limit: int, records: str | None, prefix: str) -> QAError:
    """Return the error for a list that has more rows than go into an XCom.

    :param client: The vendor's client.
    :param operation: Client operation that lists the rows.
    :param limit: Most rows.
    :param records: What the operator that stores lists calls it; ``None`` where it does not know it.
    :param prefix: How the names of the vendor's operators begin.
    """
    from airflow_qa_provider.exceptions import QANotSupportedError

    stored = f'{prefix}RecordsToObjectStorageOperator(records="{records}") stores it whole'
    return QANotSupportedError(
        f"the list has more than {limit:,} rows",
        vendor=client.vendor,
        operation=operation,
        outcome="None of them is returned, for the rest would be missed by nobody",
        hint=f"Narrow it, or give a higher limit; {stored if records else 'lists this long are no XComs'}. "
        "A retry will fail the same way",
    )


def _text(value: Any) -> str | None:
    return None if value in (None, "") or isinstance(value, (dict, list)) else str(value)
