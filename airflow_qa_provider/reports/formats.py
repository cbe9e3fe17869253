"""Report formats: their names, media types, suffixes, and the marks by which a file shows what it is."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.reports.signatures import EMPTY_ZIP_MAGIC, OLE_MAGIC, ZIP_MAGIC

_OPEN_XML = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class FileFormat:
    """One kind of report file.

    :param name: Lower-case name, such as ``pdf``.
    :param media_type: Media type for the manifest.
    :param magic: Byte strings of which one must start the file; empty for text.
    :param end: Bytes that must come near the end of the file.
    :param main_part: Main part of an Office file, such as ``xl/workbook.xml``.
    :param main_type: How its content type ends, which sets it apart from relatives with macros or in binary.
    :param streams: Of an older Office file, streams of which it must have one.
    :param other_media_types: What else vendors call it.
    :param other_names: What else people call it.
    """

    name: str
    media_type: str
    magic: tuple[bytes, ...] = ()
    end: bytes | None = None
    main_part: str = ""
    main_type: str = ""
    streams: frozenset[str] = frozenset()
    other_media_types: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        """File suffix, with the dot."""
        return f".{self.name}"

    @property
    def title(self) -> str:
        """Name for messages."""
        return self.name.upper()

    @property
    def is_zip(self) -> bool:
        """Whether the file is a ZIP archive."""
        return ZIP_MAGIC in self.magic

    @property
    def is_text(self) -> bool:
        """Whether the file is text, which shows what it is by nothing but its content."""
        return not self.magic


def _office(name: str, kind: str, main_part: str) -> FileFormat:
    return FileFormat(
        name, f"{_OPEN_XML}{kind}", (ZIP_MAGIC,), main_part=main_part, main_type=f"{_OPEN_XML}{kind}.main+xml"
    )


def _old_office(name: str, kind: str, *streams: str) -> FileFormat:
    return FileFormat(name, f"application/{kind}", (OLE_MAGIC,), streams=frozenset(streams))


_FORMATS = (
    FileFormat("pdf", "application/pdf", (b"%PDF-",), b"%%EOF", other_media_types=("application/x-pdf",)),
    _office("xlsx", "spreadsheetml.sheet", "xl/workbook.xml"),
    _office("docx", "wordprocessingml.document", "word/document.xml"),
    _office("pptx", "presentationml.presentation", "ppt/presentation.xml"),
    _old_office("xls", "vnd.ms-excel", "Workbook", "Book"),
    _old_office("doc", "msword", "WordDocument"),
    _old_office("ppt", "vnd.ms-powerpoint", "PowerPoint Document"),
    FileFormat("csv", "text/csv", other_media_types=("application/csv", "text/x-csv")),
    FileFormat("jsonl", "application/x-ndjson", other_names=("ndjson",)),
    FileFormat("parquet", "application/vnd.apache.parquet", (b"PAR1",), b"PAR1"),
    FileFormat("html", "text/html", other_media_types=("application/xhtml+xml",), other_names=("htm",)),
    FileFormat("json", "application/json", other_media_types=("text/json",)),
    FileFormat("txt", "text/plain", other_names=("text", "log")),
    FileFormat("png", "image/png", (b"\x89PNG\r\n\x1a\n",), b"IEND"),
    FileFormat("jpeg", "image/jpeg", (b"\xff\xd8\xff",), b"\xff\xd9", other_names=("jpg",)),
    FileFormat("tiff", "image/tiff", (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"), other_names=("tif",)),
    FileFormat("bmp", "image/bmp", (b"BM",), other_media_types=("image/x-ms-bmp",)),
    FileFormat(
        "zip", "application/zip", (ZIP_MAGIC, EMPTY_ZIP_MAGIC), other_media_types=("application/x-zip-compressed",)
    ),
)

_BY_NAME = {name: entry for entry in _FORMATS for name in (entry.name, *entry.other_names)}
# vendors' servers use these for anything
_VAGUE = frozenset({"text/plain", "application/zip", "application/x-zip-compressed", "application/vnd.ms-excel"})
_BY_MEDIA_TYPE = {
    kind: entry for entry in _FORMATS for kind in (entry.media_type, *entry.other_media_types) if kind not in _VAGUE
}


def file_format(name: str, field: str = "expected_format") -> FileFormat:
    """Return a format by its name.

    :param name: Such as ``pdf``, ``Xlsx`` or ``jpg``.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: Not a known format.
    """
    found = known_format(name)
    if found is None:
        known = ", ".join(sorted(_BY_NAME))
        raise QAValidationError(f"{field} must be one of {known}, got {name!r}", outcome="Nothing was sent")
    return found


def known_format(name: object) -> FileFormat | None:
    """Return a format by its name, ``None`` when it is not known.

    :param name: Such as ``pdf``, ``Xlsx`` or ``jpg``.
    """
    return _BY_NAME.get(str(name or "").strip().lower().lstrip("."))


def format_of_name(file_name: str | None) -> FileFormat | None:
    """Return the format that a file name's suffix stands for, ``None`` for another or no suffix."""
    _, dot, suffix = (file_name or "").strip().rpartition(".")
    return _BY_NAME.get(suffix.lower()) if dot else None


def format_of_headers(content_type: str, file_name: str | None) -> FileFormat | None:
    """Return the format that the headers of a download announce, ``None`` when they leave it open.

    :param content_type: Media type without parameters, lower case.
    :param file_name: File name that the vendor suggests.
    """
    return _BY_MEDIA_TYPE.get(content_type) or format_of_name(file_name)
