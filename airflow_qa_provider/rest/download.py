"""A file on its way from a vendor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import collapse_rfc2231_value
from types import TracebackType

import requests
from typing_extensions import Self
from urllib3.exceptions import HTTPError

from airflow_qa_provider.rest.answer import announced_length
from airflow_qa_provider.rest.clean_json import clean_text

CHUNK_BYTES = 1024 * 1024


class Download:
    """An open download: facts of its headers, then its bytes, once.

    :param response: The streaming answer.
    :param translate: Turns an error of ``requests`` into one of this package.
    """

    def __init__(self, response: requests.Response, translate: Callable[[Exception], Exception]) -> None:
        self._response = response
        self._translate = translate

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def content_type(self) -> str:
        """Media type without parameters, lower case; empty when the vendor sent none."""
        return self._response.headers.get("Content-Type", "").split(";")[0].strip().lower()

    @property
    def length(self) -> int | None:
        """Announced length in bytes, ``None`` when the vendor announced none or compressed the transfer anyway."""
        if self._response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            return None
        return announced_length(self._response.headers)

    @property
    def file_name(self) -> str | None:
        """File name that the vendor suggests, as sent: clean it before use."""
        return suggested_name(self._response.headers.get("Content-Disposition", ""))

    def chunks(self, size: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Yield the bytes.

        :param size: Largest chunk in bytes.
        :raises QATransportError: The connection broke, less than 60 KiB a minute came, or fewer bytes than announced.
        """
        chunks = self._response.iter_content(size)
        while True:
            try:
                chunk = next(chunks, None)
            except (OSError, ValueError, HTTPError) as error:
                raise self._translate(error) from None
            if chunk is None:
                return
            yield chunk

    def close(self) -> None:
        """Give the connection back, or drop it when bytes are left."""
        self._response.close()


def suggested_name(disposition: str) -> str | None:
    """Return the file name in a ``Content-Disposition``, ``None`` when it has none.

    :param disposition: The header; one name in it may have several spellings, of which ``filename*`` goes first.
    """
    message = Message()
    message["Content-Disposition"] = " ".join(disposition.split())
    found = [value for name, value in message.get_params([], "content-disposition") if name.lower() == "filename"]
    if not found:
        return None
    # the standard library puts the extended spellings last
    name = collapse_rfc2231_value(found[-1])
    if isinstance(found[-1], str):
        name = _plain(name)
    return clean_text(name).strip().strip('"') or None


def _plain(name: str) -> str:
    """Read a name that was sent in UTF-8 or as an encoded word, where neither is allowed."""
    with suppress(UnicodeError):
        name = name.encode("latin-1").decode()
    try:
        return str(make_header(decode_header(name))) if name.startswith("=?") else name
    except (HeaderParseError, LookupError, UnicodeError):
        return name
