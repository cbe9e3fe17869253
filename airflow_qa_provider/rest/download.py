"""A file on its way from a vendor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType

import requests
from typing_extensions import Self
from urllib3.exceptions import HTTPError

from airflow_qa_provider.rest.answer import announced_length
from airflow_qa_provider.rest.disposition import suggested_name

CHUNK_BYTES = 256 * 1024
"""Read and written at a time: larger chunks fall out of the processor's cache, and take longer."""


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
        """File name that the vendor suggests, without folders and control characters; ``None`` for none to use."""
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
