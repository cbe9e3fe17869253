"""Lazy lists: how many pages are asked for, and when a list ends."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from airflow_qa_provider.rest.paging import Page, Paged, positions_after


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


def test_a_vendor_that_repeats_itself_and_goes_on_counting_does_not_loop() -> None:
    asked: list[Any] = []

    def fetch(position: Any) -> Page:
        asked.append(position)
        assert len(asked) < 10, "it goes on and on"
        return Page([{"id": "a", "age": len(asked)}, {"id": "b", "age": len(asked)}], len(asked))

    assert [row["id"] for row in Paged(fetch)] == ["a", "b"]
    assert len(asked) == 2


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


class Counting(Vendor):
    """A vendor that says how many rows there are, and waits until as many pages are asked for as it is told."""

    def __init__(self, rows: int, together: int = 1, *, counted: int | None = None) -> None:
        super().__init__(rows, total=rows if counted is None else counted)
        self._met = threading.Barrier(together, timeout=20)

    def page(self, number: Any) -> Page:
        page = super().page(number)
        if number > 1:
            self._met.wait()
        return replace(page, ahead=positions_after(number, len(page.items), page.total))


def test_pages_that_are_known_are_asked_for_together_and_come_in_order() -> None:
    vendor = Counting(14, together=3)

    assert ids(Paged(vendor.page, 1).several_at_a_time(3)) == list(range(14))
    assert sorted(vendor.asked) == [1, 2, 3, 4, 5, 6, 7]


def test_a_list_that_has_grown_is_read_to_its_end() -> None:
    vendor = Counting(7, counted=4)
    assert ids(Paged(vendor.page, 1).several_at_a_time(3)) == list(range(7))


@pytest.mark.parametrize("counted", [10**18, 60])
def test_a_wrong_count_costs_a_few_pages_only(counted: int) -> None:
    vendor = Counting(6, counted=counted)

    assert ids(Paged(vendor.page, 1).several_at_a_time(4)) == list(range(6))
    assert len(vendor.asked) < 12


def test_who_stops_early_stops_the_rest() -> None:
    vendor = Counting(200)
    rows = iter(Paged(vendor.page, 1).several_at_a_time(4))
    next(rows)
    assert vendor.asked == [1]
    assert [next(rows)["id"], next(rows)["id"]] == [1, 2]
    del rows
    assert len(vendor.asked) < 12


def test_an_error_of_a_page_is_the_error_of_the_list() -> None:
    class Broken(Counting):
        def page(self, number: Any) -> Page:
            if number == 3:
                raise ValueError("page 3")
            return super().page(number)

    rows = iter(Paged(Broken(20).page, 1).several_at_a_time(2))
    with pytest.raises(ValueError, match="page 3"):
        list(rows)


@pytest.mark.parametrize(
    ("number", "rows", "total", "after"),
    [(1, 2, 5, [2, 3]), (1, 2, 4, [2]), (1, 2, 2, []), (1, 0, 9, []), (1, 2, None, []), (2, 2, 9, []), (1, 2, "9", [])],
)
def test_which_pages_follow(number: int, rows: int, total: Any, after: list[int]) -> None:
    assert list(positions_after(number, rows, total)) == after
