"""Files that hold files: ZIP archives with the Office formats among them, and the older OLE containers."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

END_RECORD = struct.Struct("<4s4H2LH")
END_MAGIC = b"PK\x05\x06"
# the end record of a ZIP archive may be followed by a comment of this length
TAIL_BYTES = END_RECORD.size + 0xFFFF

CHECKED_BYTES = 256 * 1024 * 1024
"""Of an archive, expanded, what is read to compare checksums: about a second."""

_MEMBERS, _DIRECTORY_BYTES = 20_000, 8 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_TYPES_BYTES = 4 * 1024 * 1024
_ENCRYPTED = 0x1
_MAIN_PART = re.compile(rb"""ContentType\s*=\s*["']([^"']*\.main(?:\+xml)?)["']""")


class BrokenArchiveError(Exception):
    """Says what is wrong with an archive."""


class TooManyMembersError(Exception):
    """The directory of an archive would fill the memory."""


def open_archive(file: IO[bytes]) -> zipfile.ZipFile:
    """Return an archive, once its directory is found to be of reasonable size.

    :param file: The archive, seekable.
    :raises TooManyMembersError: It is not.
    :raises BrokenArchiveError: The directory cannot be read.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL_BYTES))
    tail = file.read()
    start = tail.rfind(END_MAGIC)
    if 0 <= start <= len(tail) - END_RECORD.size:
        *_, members, length, _, _ = END_RECORD.unpack_from(tail, start)
        # 0xFFFF and 0xFFFFFFFF stand for ZIP64, which only larger archives need
        if members > _MEMBERS or length > _DIRECTORY_BYTES:
            raise TooManyMembersError(f"its directory has {members:,} members in {length:,} bytes")
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise BrokenArchiveError(f"its directory cannot be read ({error})") from None


def member_names(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the members by name as Office compares them: forward slashes, lower case, none in front."""
    return {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in archive.infolist()}


def is_bounded(info: zipfile.ZipInfo) -> bool:
    """Tell whether a member can be read in pieces: not encrypted, and of a method that Python expands bit by bit.

    Of bzip2 and LZMA it expands whatever four kilobytes hold at once, which can be 90 MB.
    """
    return not info.flag_bits & _ENCRYPTED and info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def check_members(archive: zipfile.ZipFile) -> None:
    """Read the members, as far as :data:`CHECKED_BYTES` reach, and compare their checksums.

    :param archive: The archive.
    :raises BrokenArchiveError: One does not match, or cannot be expanded.
    """
    room = CHECKED_BYTES
    for info in archive.infolist():
        if not is_bounded(info):
            continue
        try:
            for piece in _pieces(archive, info):
                room -= len(piece)
                if room < 0:
                    return
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            # some archivers write a name differently in the two places where it stands
            if "in directory" not in str(error):
                raise BrokenArchiveError(f"its member {info.filename!r:.100} is damaged") from None


def main_types(archive: zipfile.ZipFile) -> list[str]:
    """Return the types of the main parts that an Office file declares, such as ``spreadsheetml.sheet.main+xml``."""
    declared = member_names(archive).get("[content_types].xml")
    if declared is None or not is_bounded(declared) or declared.file_size > _TYPES_BYTES:
        return []
    try:
        content = b"".join(_pieces(archive, declared))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
        return []
    return [found.decode(errors="replace") for found in _MAIN_PART.findall(content)]


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as member:
        yield from iter(lambda: member.read(_CHUNK_BYTES), b"")


# OLE containers: a header, a table of sectors, a directory of streams (MS-CFB)

_OLE_HEADER_BYTES, _OLE_ENTRY_BYTES = 512, 128
_OLE_LAST = 0xFFFFFFFA
_OLE_DIRECTORY_SECTORS = 1024


def stream_names(file: IO[bytes]) -> set[str]:
    """Return the names of the streams in an OLE container.

    :param file: The container, seekable.
    :raises BrokenArchiveError: Its directory cannot be followed to its end.
    """
    file.seek(0)
    header = file.read(_OLE_HEADER_BYTES)
    if len(header) < _OLE_HEADER_BYTES:
        raise BrokenArchiveError("its header is cut off")
    shift = struct.unpack_from("<H", header, 30)[0]
    if shift not in (9, 12):
        raise BrokenArchiveError("its header makes no sense")
    tables = [number for number in struct.unpack_from("<109L", header, 76) if number < _OLE_LAST]
    sector = struct.unpack_from("<L", header, 48)[0]
    names: set[str] = set()
    for _ in range(_OLE_DIRECTORY_SECTORS):
        if sector >= _OLE_LAST:
            return names
        content = _ole_sector(file, sector, shift)
        for start in range(0, len(content), _OLE_ENTRY_BYTES):
            length = struct.unpack_from("<H", content, start + 64)[0]
            names.add(content[start : start + max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace"))
        per_table = (1 << shift) // 4
        if sector // per_table >= len(tables):
            # the table of sectors goes on elsewhere, in files of more than 6.8 MB: what is known so far must do
            return names
        table = _ole_sector(file, tables[sector // per_table], shift)
        sector = struct.unpack_from("<L", table, sector % per_table * 4)[0]
    return names


def _ole_sector(file: IO[bytes], number: int, shift: int) -> bytes:
    size = 1 << shift
    file.seek((number + 1) * size)
    content = file.read(size)
    if len(content) < size:
        raise BrokenArchiveError("a piece of it is missing")
    return content
