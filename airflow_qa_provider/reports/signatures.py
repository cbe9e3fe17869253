"""What a file shows of itself in its first bytes, whatever it was said to be."""

from __future__ import annotations

import codecs
import re

ZIP_MAGIC = b"PK\x03\x04"
EMPTY_ZIP_MAGIC = b"PK\x05\x06"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_KNOWN = (
    (b"%PDF-", "a PDF"),
    (ZIP_MAGIC, "a ZIP archive (Office files are such)"),
    (EMPTY_ZIP_MAGIC, "an empty ZIP archive"),
    (OLE_MAGIC, "an Office file of the old format, or one with a password"),
    (b"\x1f\x8b", "a file compressed with gzip"),
    (b"BZh", "a file compressed with bzip2"),
    (b"\xfd7zXZ\x00", "a file compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "a file compressed with Zstandard"),
    (b"\x04\x22\x4d\x18", "a file compressed with LZ4"),
    (b"\x1f\x9d", "a file compressed with compress"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript document"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# control characters that no text has, neither as a separator nor at its end: a fourteenth of what is compressed
_NO_TEXT = bytes([*range(0x04, 0x09), *range(0x0E, 0x1A), 0x7F])
_MOST_NO_TEXT = 0.03

# comments and an XML declaration may come first; one pass, whatever the page
_PROLOGUE = re.compile(rb"(?is)(?:<\?xml[^>]*>\s*|<!--(?:(?!-->).)*-->\s*)*")
_TAG = re.compile(rb"(?is)<(!doctype\s+html|[a-z][a-z0-9]*)\b(\s[^<>]{0,2000}|/)?>?")
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)(?:[\s/][^<>]{0,8000})?>")
_BREAKS = frozenset({b"br", b"hr"})
_WHOLE_PAGE = frozenset({b"html", b"head", b"body"})
_WITHOUT_END = frozenset({b"br", b"hr", b"img", b"input", b"link", b"meta", b"p"})
_PARTS = frozenset(
    b"a article b base center div em fieldset font footer form frameset h1 h2 h3 h4 h5 h6 header i iframe label li "
    b"main nav noscript ol pre script section small span strong style table tbody td th title tr u ul".split()
)
_AFTER_A_NAME = (b",", b";", b"\t", b"|", b'"', b"\r", b"\n")
_AFTER_A_COLUMN = (b",", b";", b"\t", b"|", b'"')


def signature(head: bytes, *, text: bool = False) -> str | None:
    """Return what a file is by its first bytes, ``None`` when they are no sign of anything.

    :param head: The beginning of the file.
    :param text: Whether it should be text: a table may have a first column called ``PAR1``.
    """
    for magic, title in _KNOWN:
        if head.startswith(magic) and not (text and head[len(magic) :].startswith(_AFTER_A_NAME)):
            return title
    return None


def is_binary(head: bytes) -> bool:
    """Tell whether something that should be text holds NUL bytes or many control characters, and is not UTF-16."""
    if head.startswith(_UTF16):
        return False
    if b"\0" not in head:
        return len(head) - len(head.translate(None, _NO_TEXT)) > max(3, _MOST_NO_TEXT * len(head))
    # UTF-16 without its mark: of common text, every other byte is NUL and the others are not
    even, odd, half = head[0::2].count(0), head[1::2].count(0), len(head) / 2
    return max(even, odd) < 0.6 * half or min(even, odd) > 0.1 * half


def as_text(head: bytes) -> bytes:
    """Return the beginning of a text in UTF-8, without its byte-order mark and the blanks before it.

    :param head: The beginning of the file, in UTF-8 (or a relative of ASCII) or UTF-16 with its mark.
    """
    if head.startswith(_UTF16):
        head = head[: len(head) // 2 * 2].decode("utf-16", errors="replace").encode(errors="replace")
    return head.removeprefix(codecs.BOM_UTF8).lstrip()


def is_xml(text: bytes) -> bool:
    """Tell whether a whole text is an XML document, also without a declaration: one element from its start to its end.

    :param text: What :func:`as_text` returned.
    """
    root = _ROOT.match(text)
    if text.startswith(b"<?xml") or root is None:
        return text.startswith(b"<?xml")
    end = text.rstrip()
    return end.endswith(b"</" + root[1] + b">") or (end.endswith(b"/>") and root.end() == len(end))


def is_html(text: bytes) -> bool:
    """Tell whether a text is a page or a piece of HTML.

    A table whose first column is called ``<title>`` is none: there a separator follows, and the element has no end.

    :param text: What :func:`as_text` returned.
    """
    rest = text[_PROLOGUE.match(text).end() :]  # type: ignore[union-attr]
    tag = _TAG.match(rest)
    if tag is None:
        return False
    name, attributes = tag[1].lower(), tag[2]
    if name.startswith(b"!doctype"):
        return True
    after = rest[tag.end() :].lstrip(b" ")
    if not attributes and after.startswith(_AFTER_A_COLUMN):
        return False
    if name in _WHOLE_PAGE or name in _BREAKS or (attributes and name in _WITHOUT_END | _PARTS):
        return True
    if name in _WITHOUT_END:
        return bool(after.strip()) and not after.startswith((b"\r", b"\n"))
    return name in _PARTS and b"</" + name in rest.lower()
