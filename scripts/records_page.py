"""Writes docs/lists.md from the vendors' listings; with --check, only tells whether it is current."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from airflow_qa_provider.kinds.kind import Vendor
from airflow_qa_provider.kinds.listing import Listing
from airflow_qa_provider.vendors import BUILT_IN, vendor_named

PAGE = Path(__file__).resolve().parent.parent / "docs" / "lists.md"
INCREMENTS = {
    "vendor": "by the vendor: it sends only rows with `{changed}` in the time",
    "rows": "by `{changed}`: the whole list is read, and the rows of the time are kept",
    "none": "none: rows show no date of their change, so the list is exported whole",
}


def page() -> str:
    """Return the page."""
    lines = [
        "# Lists",
        "",
        "Every list that [the records operators](records.md) store, with its columns. This page is made by",
        "`make lists-page`.",
    ]
    for vendor in map(vendor_named, BUILT_IN):
        lines += ["", f"## {vendor.title}", ""]
        lines += ["| `records` | read by | new rows | told by | filters |", "| --- | --- | --- | --- | --- |"]
        lines += [summary(vendor, one) for one in vendor.listings]
        for one in vendor.listings:
            lines += ["", *details(one)]
    return "\n".join(lines) + "\n"


def summary(vendor: Vendor, one: Listing) -> str:
    """Return the row of a list."""
    key = "" if not (one.key or one.key_of) else f"`{one.key}`"
    dated = vendor.listing(one.under) if one.dated_above else one
    increment = INCREMENTS[dated.increment].format(changed=dated.changed)
    if dated is not one:
        increment = f"those of `{one.under}`: {increment}"
    filters = [*(vendor.listing(one.under).filters if one.under else ()), *one.filters]
    named = ", ".join(f"`{name}`" for name in dict.fromkeys(each.name for each in filters))
    scope = f" of a `{', '.join(one.scope)}`" if one.scope else ""
    below = f", for each row of `{one.under}`" if one.under else ""
    return f"| `{one.name}` | `{one.operation}`{scope}{below} | {increment} | {key} | {named} |"


def details(one: Listing) -> Iterator[str]:
    """Return the columns of a list."""
    where = "The docs do not show its rows; these were seen elsewhere, or are inferred" if one.guessed else ""
    yield f"### {one.name}"
    yield ""
    yield " ".join(part for part in (f'Source: "{one.title}".', f"{where}." if where else "") if part)
    if one.secrets:
        yield f"Never a column: {', '.join(f'`{name}`' for name in one.secrets)}."
    yield ""
    yield "| field | type | column of a table |"
    yield "| --- | --- | --- |"
    for column in one.columns:
        yield f"| `{column.name}` | {column.type.value} | `{column.name.replace('.', '_')}` |"


def main() -> int:
    """Write or check the page."""
    if "--check" in sys.argv[1:]:
        if PAGE.is_file() and PAGE.read_text() == page():
            return 0
        print(f"{PAGE.name} is not what the listings say: run `make lists-page`", file=sys.stderr)
        return 1
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
