"""When rows that were not taken stop the others, and fail the task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from airflow_qa_provider.bulk.items import NOT_TAKEN, Item, listed, refused_rows
from airflow_qa_provider.exceptions import QARowsError
from airflow_qa_provider.rest.fields import Fields, is_given


@dataclass(frozen=True)
class RowPolicy:
    """What an author wants of rows that are not taken.

    :param stops: Whether the first one ends the sending; a row that cannot be read, before it begins.
    :param share: Share of all rows above which the task fails; it fails in any case when it is all of them.
    """

    stops: bool
    share: float

    @classmethod
    def of(cls, on_row_error: Any, fail_on: Any) -> RowPolicy:
        """Read the arguments.

        :param on_row_error: ``fail`` or ``continue``; by default ``continue`` where ``fail_on`` is given.
        :param fail_on: ``any``, ``all``, or a share from 0 to 1.
        :raises QAValidationError: One of them cannot be read, or they contradict each other.
        """
        check = Fields()
        word = check.optional_choice(on_row_error, ("fail", "continue"), "on_row_error")
        if not is_given(fail_on):
            return cls(word != "continue", 1.0 if word == "continue" else 0.0)
        if word == "fail":
            raise check.refused("on_row_error='fail' fails with the first row, and leaves nothing to fail_on")
        if str(fail_on).strip().lower() in ("any", "all"):
            return cls(stops=False, share=0.0 if str(fail_on).strip().lower() == "any" else 1.0)
        share = check.number(fail_on, "fail_on")
        if not 0 <= share <= 1:
            raise check.refused(f"fail_on must be any, all, or a share from 0 to 1, got {fail_on!r}")
        return cls(stops=False, share=share)

    def check_read(self, items: Sequence[Item]) -> None:
        """See to the rows that cannot be read, before the first request.

        :param items: All rows.
        :raises QAValidationError: They stop the others, or there are so many of them that the task fails.
        """
        bad = [item for item in items if not item.readable]
        if bad and (self.stops or self._is_too_many(len(bad), len(items))):
            raise refused_rows(bad, len(items))

    def check_sent(self, items: Sequence[Item], *, last: bool, vendor: str) -> None:
        """See to the rows that were not taken, after the last request.

        :param items: All rows.
        :param last: Whether there is no other attempt.
        :param vendor: Vendor in lower case.
        :raises QARowsError: There is something for a retry to do, or too many rows were not taken.
        """
        missing = [item for item in items if item.outcome in NOT_TAKEN]
        again = [item for item in missing if item.error is None or not item.error.permanent]
        if not (again and not last) and not self._is_too_many(len(missing), len(items)):
            return
        error = QARowsError(
            f"{len(missing)} of {len(items)} rows were not taken: {listed(missing)}",
            vendor=vendor,
            outcome=f"The other {len(items) - len(missing)} are as they should be",
            hint=f"A retry sends {len(again)} of them again" if again else "Correct them; a retry gets the same answer",
        )
        error.permanent = not again
        raise error

    def _is_too_many(self, count: int, total: int) -> bool:
        return count > 0 and (count > self.share * total or count == total)
