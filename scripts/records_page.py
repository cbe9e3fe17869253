"""Writes docs/lists.md from the listings, docs/stored_files.md from the transfers; or, with --check, compares."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from airflow_qa_provider.bases.transferring import ReportToObjectStorageOperator
from airflow_qa_provider.kinds.kind import Vendor
from airflow_qa_provider.kinds.listing import Listing
from airflow_qa_provider.vendors import BUILT_IN, vendor_named

DOCS = Path(__file__).resolve().parent.parent / "docs"
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
    picked_by = "vendor" if dated.since else "rows" if dated.changed else "none"
    increment = INCREMENTS[picked_by].format(changed=dated.changed)
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


def files_page() -> str:
    """Return the page of the files."""
    lines = [
        "# Stored files",
        "",
        "Every file that the vendors give, with the transfer that stores it. What they have in common is in",
        "[Files and delivery](files.md). This page is made by `make lists-page`. All of them take these arguments, and",
        "those that stand with each.",
        "",
        *arguments(ReportToObjectStorageOperator),
    ]
    for vendor in map(vendor_named, BUILT_IN):
        lines += ["", f"## {vendor.title}"]
        for face in transfers(vendor.name):
            lines += ["", *face_lines(vendor.name, face)]
    return "\n".join(lines) + "\n"


def transfers(vendor: str) -> list[type]:
    """Return the transfers of files of a vendor."""
    module = import_module(f"airflow_qa_provider.transfers.{vendor}")
    return [
        face
        for face in vars(module).values()
        if isinstance(face, type)
        and issubclass(face, ReportToObjectStorageOperator)
        and face.__module__ == module.__name__
    ]


def face_lines(vendor: str, face: type) -> Iterator[str]:
    """Return what a transfer stores, and its arguments."""
    text = inspect.cleandoc(face.__doc__ or "").partition("\n:param ")[0]
    yield f"### {face.__name__}"
    yield ""
    yield f"`from airflow_qa_provider.transfers.{vendor} import {face.__name__}`"
    yield ""
    yield markdown(text.strip())
    yield ""
    yield from arguments(face)


def arguments(face: type) -> Iterator[str]:
    """Return the table of the arguments that a docstring names."""
    yield "| argument | |"
    yield "| --- | --- |"
    for one in inspect.cleandoc(face.__doc__ or "").split("\n:param ")[1:]:
        name, _, meaning = one.partition("\n\n")[0].partition(":")
        if name != "kwargs":
            yield f"| `{name}` | {markdown(' '.join(meaning.split())).replace('|', '&#124;')} |"


def markdown(text: str) -> str:
    """Return a docstring's text as Markdown."""
    text = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", text)
    return text.replace("``", "`")


def main() -> int:
    """Write or check the pages."""
    pages = {DOCS / "lists.md": page(), DOCS / "stored_files.md": files_page()}
    if "--check" in sys.argv[1:]:
        old = [path.name for path, text in pages.items() if not path.is_file() or path.read_text() != text]
        if old:
            print(f"{' and '.join(old)}: not as the records say; run `make lists-page`", file=sys.stderr)
        return 1 if old else 0
    for path, text in pages.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
