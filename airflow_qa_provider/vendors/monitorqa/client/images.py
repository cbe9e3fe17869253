"""Pictures on their way to MonitorQA, which takes PNG and JPEG."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

from airflow_qa_provider.vendors.monitorqa.client.rules import check

_SIGNATURES = {b"\x89PNG\r\n\x1a\n": ("image/png", "png"), b"\xff\xd8\xff": ("image/jpeg", "jpg")}


@runtime_checkable
class ReadablePath(Protocol):
    """A path that can be read, such as ``pathlib.Path`` or Airflow's ``ObjectStoragePath``."""

    @property
    def name(self) -> str:
        """Name of the file."""

    def read_bytes(self) -> bytes:
        """Return the content."""


Image = bytes | str | ReadablePath | BinaryIO
"""Bytes, an open binary file, or the path of a file."""


def image_part(image: Image, file_name: str | None, stem: str) -> tuple[str, bytes, str]:
    """Return file name, content and content type of a multipart part.

    The type is read from the content: MonitorQA refuses a part without one of ``image/png`` and ``image/jpeg``.

    :param image: The picture.
    :param file_name: File name to send.
    :param stem: Name without extension for a picture that has no name.
    :raises QAValidationError: The file cannot be read, or is neither PNG nor JPEG.
    """
    path = Path(check.text(image, "image")) if isinstance(image, str) else image
    try:
        content = _content(path)
    except OSError as error:
        raise check.refused(f"image {image!s} cannot be read: {error.strerror or error}") from None
    kind = next((kind for start, kind in _SIGNATURES.items() if content.startswith(start)), None)
    if kind is None:
        raise check.refused(f"image is neither PNG nor JPEG: its {len(content)} bytes start with {content[:8]!r}")
    named = path.name if isinstance(path, ReadablePath) else f"{stem}.{kind[1]}"
    return check.optional_id(file_name, "file_name") or named, content, kind[0]


def _content(image: bytes | ReadablePath | BinaryIO) -> bytes:
    if isinstance(image, bytes):
        return image
    if not isinstance(image, ReadablePath) and not hasattr(image, "read"):
        raise check.refused(f"image must be bytes, an open file or a path, got {image!r}"[:300], 'Give "logo.png"')
    content = image.read_bytes() if isinstance(image, ReadablePath) else image.read()
    if not isinstance(content, bytes):
        raise check.refused("image must be opened in binary mode")
    return content
