"""What all bulk writes have in common: the requests in flight, and the errors that end the sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from airflow_qa_provider.bulk.items import Item
from airflow_qa_provider.bulk.notes import BulkNotes
from airflow_qa_provider.bulk.sending import Sending
from airflow_qa_provider.exceptions import (
    QAAuthenticationError,
    QAConfigurationError,
    QAConnectError,
    QAError,
    QAPermissionError,
    QARateLimitError,
    QATLSError,
)
from airflow_qa_provider.kinds.kind import Kind

# the next row would get the same answer
_ABOUT_ALL = (
    QAAuthenticationError,
    QAPermissionError,
    QAConfigurationError,
    QAConnectError,
    QATLSError,
    QARateLimitError,
)
_ENOUGH_IN_A_ROW = 10


@dataclass
class BulkJob:
    """Base of the bulk writes.

    :param kind: The kind of object.
    :param client: The vendor's client.
    :param notes: What earlier attempts have done.
    :param sending: The requests in flight.
    :param most: How many there are at a time.
    :param stops: Whether the first row that the vendor refuses ends it.
    :param preview: Whether nothing may be sent.
    """

    kind: Kind
    client: Any
    notes: BulkNotes
    sending: Sending[Item]
    most: int
    stops: bool
    preview: bool = False
    _in_a_row: int = field(default=0, init=False)

    def run(self, items: Sequence[Item]) -> None:
        """Write all rows that can be read, and note in each what became of it.

        :param items: The rows.
        :raises QAError: The vendor could not be asked, or would answer all rows alike; what was done is noted.
        """
        self.notes.read()
        self.client.transport.widen(self.most)
        self.write([item for item in items if item.readable])

    def write(self, items: Sequence[Item]) -> None:
        """Write rows.

        :param items: Those that can be read.
        """
        raise NotImplementedError

    def count_success(self) -> None:
        """Note that the vendor is well."""
        self._in_a_row = 0

    def count_failure(self, error: QAError) -> None:
        """End the sending where the other rows would fare no better, or are not to be tried.

        :param error: Why a row failed.
        :raises QAError: It ends.
        """
        self._in_a_row += 0 if error.permanent else 1
        vendor_is_ill = self._in_a_row >= max(_ENOUGH_IN_A_ROW, self.most)
        if isinstance(error, _ABOUT_ALL) or vendor_is_ill or (self.stops and error.permanent):
            raise error
