"""Make a real PDF or XLSX as big as asked for; it stays a valid file that every reader opens."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from qa_sandbox.files.report_file import CONTENT_TYPES, ReportFile, filler

_FIXED_DATE = (2026, 1, 1, 0, 0, 0)
_PADDING_PART = "docProps/padding.bin"


def padded_pdf(name: str, document: bytes, size: int | None, seed: int) -> ReportFile:
    """
    Append an incremental update with one unused stream object, so that offsets and cross-references stay right.

    :param size: wanted size in bytes; None or less than the natural size leaves the file as it is
    """
    if size is None or size <= len(document):
        return ReportFile.from_bytes(name, document)
    overhead = sum(len(piece) for piece in _incremental_update(document, 0))
    length = size - len(document) - overhead
    if length < 0:
        return ReportFile.from_bytes(name, document)
    head, tail = _incremental_update(document, length)

    def chunks() -> Iterator[bytes]:
        yield document + head
        yield from filler(length, seed)
        yield tail

    return ReportFile(name, CONTENT_TYPES["pdf"], size, chunks)


def _incremental_update(document: bytes, length: int) -> tuple[bytes, bytes]:
    # Numbers that depend on the length have a fixed width, so that the overhead does not.
    trailer = document[document.rindex(b"trailer") :]
    objects = int(_find(rb"/Size (\d+)", trailer))
    previous = int(_find(rb"startxref\s+(\d+)", trailer))
    kept = b"\n".join(
        match.group(0) for match in re.finditer(rb"/(?:Root|Info) \d+ 0 R|/ID ?\[.*?\]", trailer, re.DOTALL)
    )
    head = b"\n%d 0 obj\n<< /Length %10d >>\nstream\n" % (objects, length)
    xref_at = len(document) + len(head) + length + len(b"\nendstream\nendobj\n")
    tail = b"\nendstream\nendobj\nxref\n%d 1\n%010d 00000 n \ntrailer\n<<\n/Size %d\n/Prev %d\n%s\n>>\n" % (
        objects,
        len(document) + 1,
        objects + 1,
        previous,
        kept,
    )
    return head, tail + b"startxref\n%10d\n%%%%EOF\n" % xref_at


def _find(pattern: bytes, text: bytes) -> bytes:
    match = re.search(pattern, text)
    if match is None:
        raise ValueError(f"Not a PDF with a classic cross-reference table: {pattern!r} is missing.")
    return match.group(1)


class _Sink:
    """A write-only file whose content is taken out as it comes."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        return None

    def take(self) -> bytes:
        taken = b"".join(self.pieces)
        self.pieces.clear()
        return taken


def padded_xlsx(name: str, workbook: bytes, size: int | None, seed: int) -> ReportFile:
    """Add one stored part that no sheet refers to, and make the file's bytes independent of when it is made."""
    natural = b"".join(_repacked(workbook, None, seed))
    overhead = sum(len(piece) for piece in _repacked(workbook, 0, seed))
    if size is None or size < overhead:
        return ReportFile.from_bytes(name, natural)
    padding = size - overhead
    return ReportFile(name, CONTENT_TYPES["xlsx"], size, lambda: _repacked(workbook, padding, seed))


def _repacked(workbook: bytes, padding: int | None, seed: int) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(sink, "w") as target:  # type: ignore[call-overload]
        for item in source.infolist():
            entry = zipfile.ZipInfo(item.filename, _FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, _settled(item.filename, source.read(item)))
        yield sink.take()
        if padding is not None:
            with target.open(zipfile.ZipInfo(_PADDING_PART, _FIXED_DATE), "w") as part:
                for block in filler(padding, seed):
                    part.write(block)
                    yield sink.take()
    yield sink.take()


def _settled(part: str, content: bytes) -> bytes:
    if part == "docProps/core.xml":
        stamp = b"2026-01-01T00:00:00Z"
        return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
    if part == "[Content_Types].xml":
        # Every part of an XLSX must have a declared type, or Excel offers to repair the file.
        declared = b'<Default Extension="bin" ContentType="application/octet-stream"/>'
        return re.sub(rb"(<Types[^>]*>)", rb"\g<1>" + declared, content, count=1)
    return content
