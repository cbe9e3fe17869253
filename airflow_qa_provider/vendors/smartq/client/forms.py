"""Bodies in the two encodings that smartQ takes: PHP's bracketed form fields, and multipart for a file."""

from __future__ import annotations

import math
import mimetypes
import os
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from urllib3.fields import RequestField

from airflow_qa_provider.exceptions import QAFileError
from airflow_qa_provider.vendors.smartq.client.rules import check

_CHUNK_BYTES = 256 * 1024


def form(name: str, fields: Mapping[str, Any]) -> dict[str, str]:
    """Return form fields in PHP's brackets, as ``http_build_query`` of the docs' examples writes them.

    :param name: Name of the outer array, such as ``ticket``.
    :param fields: Wire name to value. ``None`` is left out, booleans become 1 and 0, lists ``ticket[users][0]``,
        objects ``field[options][min]``.
    """
    return dict(_pairs(name, fields))


def scalar(value: Any, name: str = "a value") -> str:
    """Spell one value: booleans as 1 and 0.

    :param value: A text, number or boolean.
    :param name: Name of the field, for the message.
    :raises QAValidationError: A number that cannot be written, such as NaN.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise check.refused(f"{name} must be a finite number, got {value!r}")
    return str(int(value)) if isinstance(value, bool) else str(value)


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if isinstance(value, Mapping):
        inner = list(value.items())
    elif isinstance(value, (list, tuple)):
        inner = list(enumerate(value))
    else:
        yield name, scalar(value, name)
        return
    for key, item in inner:
        yield from _pairs(f"{name}[{key}]", item)


class FileBody:
    """A ``multipart/form-data`` body of one open file, read while it is sent and never held in memory.

    Each iteration starts at the file's position at construction, so a request can be sent again.

    :param file: A file that is open for reading bytes and can seek.
    :param file_name: Name to send; the base name of the file's own by default.
    :param content_type: Media type; guessed from the name by default.
    :param fields: Further form fields, sent before the file.
    :raises QAValidationError: The file is closed, a text file, cannot seek, or has no name.
    """

    def __init__(
        self, file: BinaryIO, *, file_name: str | None, content_type: str | None, fields: Mapping[str, str]
    ) -> None:
        self._file = file
        self._start, self._size = _span(file)
        name = check.text(file_name or os.path.basename(str(getattr(file, "name", ""))), "file_name")
        kind = content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        boundary = secrets.token_hex(16)
        part = RequestField("file", b"", filename=name)
        part.make_multipart(content_type=kind)
        texts = [RequestField.from_tuples(key, value) for key, value in fields.items()]
        for text in texts:
            text.make_multipart()
        before = [f"--{boundary}\r\n{text.render_headers()}{text.data!s}\r\n" for text in texts]
        self._head = "".join([*before, f"--{boundary}\r\n{part.render_headers()}"]).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self.content_type = f"multipart/form-data; boundary={boundary}"

    def __len__(self) -> int:
        """Size of the body in bytes, which is announced to the vendor."""
        return len(self._head) + self._size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        """Yield the body.

        :raises QAFileError: The file became shorter while it was read.
        """
        yield self._head
        self._file.seek(self._start)
        left = self._size
        while left:
            chunk = self._file.read(min(_CHUNK_BYTES, left))
            if not chunk:
                raise QAFileError(
                    f"the file ended {left} of {self._size} bytes early",
                    vendor="smartq",
                    operation="files.upload",
                    outcome="The upload was broken off; smartQ got an incomplete request",
                    hint="Something shortened the file while it was sent",
                )
            left -= len(chunk)
            yield chunk
        yield self._tail


def _span(file: BinaryIO) -> tuple[int, int]:
    try:
        is_bytes = isinstance(file.read(0), bytes)
        start = file.tell()
        size = file.seek(0, os.SEEK_END) - start
        file.seek(start)
    except (AttributeError, OSError, ValueError):
        raise check.refused("file must be open for reading and able to seek, for its size is announced") from None
    if not is_bytes:
        raise check.refused("file must be opened in binary mode")
    return start, size
