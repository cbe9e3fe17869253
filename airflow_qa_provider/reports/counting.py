"""How many pages or rows a report has, for its manifest; never a reason to fail, and never a guess."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import IO, Any

from airflow_qa_provider.reports.jsonscan import JsonScan

log = logging.getLogger(__name__)

LIMIT_BYTES = 64 * 1024 * 1024
LIMIT_SECONDS = 20.0
_CHUNK_BYTES = 256 * 1024
_PAGES_PER_LOOK = 100
_MOST_ENTRIES = 1_000_000
_CLAIM_BYTES = 64
_ENTRIES = re.compile(rb"/(?:Size|N)\s{1,9}\d{5,9}|/Index\s{0,9}\[[\d\s]{5,60}|\bxref\s{1,9}\d{1,9}\s{1,9}\d{5,9}")


class NotCountedError(Exception):
    """Says why there is no count."""


def count(open_file: Callable[[], IO[bytes]], format_name: str, size: int, *, limit: int = LIMIT_BYTES) -> int | None:
    """Count the pages or rows of a report, where that leaves no doubt.

    PDF: pages. XLSX: rows with content within the filter of the one visible sheet that has one, or else below the first
    row of the one visible sheet that has content. CSV: records with content below the first one, when all have the same
    number of fields. JSON: items of a list, or of the list under ``items`` or ``data``. Other formats have no count.

    :param open_file: Opens the file for reading, binary and seekable; only called when there is something to count.
    :param format_name: Such as ``pdf``.
    :param size: Its size in bytes.
    :param limit: Largest size in bytes that is looked into.
    :return: The number; ``None``, with the reason in the log, when it is not certain, when the file is too large, takes
        longer than :data:`LIMIT_SECONDS` or cannot be read, or when the extra ``inspect`` is missing.
    """
    counter = _COUNTERS.get(format_name)
    if counter is None:
        return None
    try:
        if size > limit:
            raise NotCountedError(f"it has {size:,} bytes, the limit is {limit:,}")
        with open_file() as file:
            return counter(file, _time_limit(LIMIT_SECONDS))
    except ImportError as error:
        log.info("No count for the %s: %s; install airflow-qa-provider[inspect]", format_name.upper(), error)
    except Exception as error:  # a count is a convenience: whatever a parser stumbles over, the file is good
        log.info("No count for the %s: %s", format_name.upper(), str(error) or type(error).__name__)
    return None


def _time_limit(seconds: float) -> Callable[[], None]:
    """Return a check that raises as soon as a count takes too long."""
    end = time.monotonic() + seconds

    def check() -> None:
        if time.monotonic() > end:
            raise NotCountedError(f"counting took longer than {seconds:g} s")

    return check


def _pdf_pages(file: IO[bytes], check: Callable[[], None]) -> int:
    from pypdf import PdfReader

    if _entries_of(file, check) > _MOST_ENTRIES:
        raise NotCountedError("its index has too many entries")
    reader = PdfReader(file)
    if reader.is_encrypted:
        # most locked reports can be read by everybody and are locked against changes
        reader.decrypt("")
    pages, looked_at = 0, 0
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.root_object["/Pages"]]
    while waiting:
        node = waiting.pop().get_object()
        looked_at += 1
        if looked_at % _PAGES_PER_LOOK == 0:
            check()
        if "/Kids" not in node:
            pages += 1
            continue
        for kid in node["/Kids"]:
            place = (kid.idnum, kid.generation)
            if place in seen:
                raise NotCountedError("its tree of pages runs in a circle")
            seen.add(place)
            waiting.append(kid)
    if pages == 0:
        raise NotCountedError("it has no pages")
    return pages


def _entries_of(file: IO[bytes], check: Callable[[], None]) -> int:
    """Return how many entries the indexes of a PDF claim to have: they are read before any page, without a limit."""
    found, rest = 0, b""
    file.seek(0)
    while chunk := file.read(_CHUNK_BYTES):
        check()
        text = rest + chunk
        for claim in _ENTRIES.finditer(text):
            found += sum(int(number) for number in re.findall(rb"\d{5,9}", claim[0]))
        rest = text[-_CLAIM_BYTES:] if not _ENTRIES.search(text, len(text) - _CLAIM_BYTES) else b""
    file.seek(0)
    return found


def _xlsx_rows(file: IO[bytes], check: Callable[[], None]) -> int:
    from airflow_qa_provider.reports.workbooks import rows

    return rows(file, check)


def _csv_rows(file: IO[bytes], check: Callable[[], None]) -> int:
    from airflow_qa_provider.reports.tables import TableCount

    table = TableCount()
    while chunk := file.read(_CHUNK_BYTES):
        check()
        table.feed(chunk)
    return table.close()


def _json_items(file: IO[bytes], check: Callable[[], None]) -> int:
    scan = JsonScan()
    while chunk := file.read(_CHUNK_BYTES):
        check()
        scan.feed(chunk)
    scan.close()
    if scan.items is None:
        raise NotCountedError("it holds no list of items")
    return scan.items


_COUNTERS: dict[str, Callable[[IO[bytes], Callable[[], None]], int]] = {
    "pdf": _pdf_pages,
    "xlsx": _xlsx_rows,
    "csv": _csv_rows,
    "json": _json_items,
}
