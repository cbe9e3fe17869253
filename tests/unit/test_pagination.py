"""Lazy lists: how many pages are asked for, and when a list ends."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_qa_provider.rest.paging import Page, Paged


class Vendor:
    """A list of numbered rows that counts how it is asked."""

    def __init__(self, rows: int, page_size: int = 2, *, total: int | None = None, endless: bool = False) -> None:
        self.rows = [{"id": number} for number in range(rows)]
        self.page_size = page_size
        self.total = total
        self.endless = endless
        self.asked: list[Any] = []

    def page(self, number: Any) -> Page:
        self.asked.append(number)
        start = (number - 1) * self.page_size
        items = self.rows[start : start + self.page_size]
        more = self.endless or start + self.page_size < len(self.rows)
        return Page(items, number + 1 if more else None, self.total)


def ids(rows: Any) -> list[int]:
    return [row["id"] for row in rows]


@pytest.mark.parametrize(("rows", "pages"), [(0, [1]), (1, [1]), (2, [1]), (3, [1, 2]), (4, [1, 2]), (5, [1, 2, 3])])
def test_every_row_comes_once_and_no_page_twice(rows: int, pages: list[int]) -> None:
    vendor = Vendor(rows)

    assert ids(Paged(vendor.page, 1)) == list(range(rows))
    assert vendor.asked == pages


def test_a_vendor_without_an_end_mark_ends_with_an_empty_page() -> None:
    vendor = Vendor(4, endless=True)

    assert ids(Paged(vendor.page, 1)) == [0, 1, 2, 3]
    assert vendor.asked == [1, 2, 3]


def test_nothing_is_asked_before_a_row_is_wanted() -> None:
    vendor = Vendor(6)
    rows = iter(Paged(vendor.page, 1))
    assert vendor.asked == []

    assert [next(rows)["id"], next(rows)["id"]] == [0, 1]
    assert vendor.asked == [1]
    assert next(rows)["id"] == 2
    assert vendor.asked == [1, 2]


@pytest.mark.parametrize(("limit", "pages"), [(0, []), (1, [1]), (2, [1]), (3, [1, 2]), (99, [1, 2, 3])])
def test_a_limit_asks_for_no_page_too_many(limit: int, pages: list[int]) -> None:
    vendor = Vendor(6)

    assert ids(Paged(vendor.page, 1, limit)) == list(range(min(limit, 6)))
    assert vendor.asked == pages


@pytest.mark.parametrize("answers", [["a", "a"], ["a", "b", "a"], ["a", "b", "b"]])
def test_a_vendor_that_repeats_itself_does_not_loop(answers: list[str]) -> None:
    asked: list[int] = []

    def page(number: int) -> Page:
        asked.append(number)
        return Page([{"id": answers[min(number, len(answers) - 1)]}], number + 1)

    assert ids(Paged(page, 0)) == list(dict.fromkeys(answers))
    assert len(asked) == len(answers)


def test_equal_rows_on_unequal_pages_are_kept() -> None:
    pages = [Page([{"id": 1}, {"id": 1}], 1), Page([{"id": 1}, {"id": 2}], None)]

    assert ids(Paged(lambda number: pages[number], 0)) == [1, 1, 1, 2]


def test_a_list_can_be_read_again() -> None:
    vendor = Vendor(3)
    rows = Paged(vendor.page, 1)

    assert ids(rows) == ids(rows) == [0, 1, 2]
    assert vendor.asked == [1, 2, 1, 2]


def test_the_total_costs_one_page_which_is_then_used() -> None:
    vendor = Vendor(3, total=3)
    rows = Paged(vendor.page, 1)

    assert (rows.total, rows.total) == (3, 3)
    assert vendor.asked == [1]
    assert ids(rows) == [0, 1, 2]
    assert vendor.asked == [1, 2]
    assert rows.total == 3
    assert vendor.asked == [1, 2]


def test_a_total_that_the_vendor_does_not_tell_is_asked_for_once() -> None:
    vendor = Vendor(3)
    rows = Paged(vendor.page, 1)

    assert (rows.total, rows.total) == (None, None)
    assert vendor.asked == [1]
