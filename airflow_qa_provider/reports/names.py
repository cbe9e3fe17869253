"""File names out of texts that others wrote."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME_BYTES = 200
"""Longest name in bytes of UTF-8: file systems take 255, and temporary names need room for a prefix and a suffix."""

_LONGEST_SUFFIX = 16
# "/" and "\" separate folders, ":" starts streams and drives, the brackets and stars are patterns to object storages,
# "#", "?" and "%" mean something in a URI
_FORBIDDEN = re.compile(r"""[/\\:*?"<>|\[\]#%]+""")
# besides control characters: what reverses the reading direction can disguise a suffix
_HIDDEN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=$|\.| )")


def safe_name(text: str, default: str = "report") -> str:
    """Return a file name that is one path component on every file system.

    Unicode is kept, in normal form C. Separators and characters with a meaning to shells, URIs or file systems become
    ``-``; control characters, hidden direction marks, leading dots, and dots or spaces at the end go. Names that
    Windows reserves get a leading ``_``. Two texts can give the same name: put an id into it where that matters.

    :param text: Any text, such as a vendor's file name or a report's title.
    :param default: What to return when nothing is left.
    :return: A name of 1 to :data:`MAX_NAME_BYTES` bytes; a short suffix survives the cut.
    """
    text = unicodedata.normalize("NFC", text)
    text = "".join(" " if unicodedata.category(sign) in _UNPRINTABLE else sign for sign in _HIDDEN.sub("", text))
    text = _FORBIDDEN.sub("-", text)
    text = " ".join(text.split()).lstrip(". ").rstrip(". ")
    if not text.strip("-_. "):
        text = default
    if _RESERVED.match(text):
        text = f"_{text}"
    return _cut(text)


_UNPRINTABLE = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})


def _cut(name: str) -> str:
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > _LONGEST_SUFFIX:
        stem, dot, suffix = name, "", ""
    room = MAX_NAME_BYTES - len(f"{dot}{suffix}".encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + dot + suffix
