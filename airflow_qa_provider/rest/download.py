"""A file on its way from a vendor."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator

import requests
from typing_extensions import Self
from urllib3.exceptions import HTTPError

from airflow_qa_provider.exceptions import QAConnectionLostError, QAError, QATimeoutError
from airflow_qa_provider.rest.answer import announced_length
from airflow_qa_provider.rest.disposition import suggested_name

CHUNK_BYTES = 256 * 1024
"""Read and written at a time: larger chunks fall out of the processor's cache, and take longer."""

_MOST_RESUMES = 10
_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)", re.ASCII)

log = logging.getLogger(__name__)


class Download:
    """An open download: facts of its headers, then its bytes, once.

    :param response: The streaming answer.
    :param translate: Turns an error of ``requests``, met in an answer, into one of this package.
    :param again: Asks for the same file with further headers; ``None`` where a part of it cannot be asked for.
    """

    def __init__(
        self,
        response: requests.Response,
        translate: Callable[[Exception, requests.Response], QAError],
        again: Callable[[dict[str, str]], requests.Response] | None = None,
    ) -> None:
        self._response = response
        self._translate = translate
        self._again = again
        self._total = self.length
        self._etag = response.headers.get("ETag", "").strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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

        A stream that breaks off is taken up where it did, if the server gives parts of files and says that it is still
        the same file.

        :param size: Largest chunk in bytes.
        :raises QATransportError: The connection broke, less than 60 KiB a minute came, or fewer bytes than announced.
        """
        got = resumed_at = resumes = 0
        chunks = self._response.iter_content(size)
        while True:
            try:
                chunk = next(chunks, None)
            except (OSError, ValueError, HTTPError) as error:
                broke = self._translate(error, self._response)
                resumes += 1
                if got == resumed_at or resumes > _MOST_RESUMES or not self._goes_on(broke, got):
                    raise broke from None
                resumed_at, chunks = got, self._response.iter_content(size)
                continue
            if chunk is None:
                return
            got += len(chunk)
            yield chunk

    def _goes_on(self, broke: QAError, got: int) -> bool:
        """Ask for the rest of the file; say whether it comes."""
        # a weak tag says that the file means the same, not that it has the same bytes
        is_tagged = self._etag.startswith('"') and self._response.headers.get("Accept-Ranges", "bytes") != "none"
        if self._again is None or not is_tagged or not isinstance(broke, (QAConnectionLostError, QATimeoutError)):
            return False
        self._response.close()
        try:
            rest = self._again({"Range": f"bytes={got}-", "If-Range": self._etag})
        except QAError as error:
            log.info("The rest of the file was not given: %s", error)
            return False
        if not self._is_rest(rest, got):
            rest.close()
            return False
        log.info("%s Going on at byte %s", broke, f"{got:,}")
        self._response = rest
        return True

    def _is_rest(self, answer: requests.Response, got: int) -> bool:
        part = _RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
        is_same = answer.headers.get("ETag", self._etag).strip() == self._etag
        if answer.status_code != 206 or part is None or int(part[1]) != got or not is_same:
            return False
        return self._total is None or part[2] in ("*", str(self._total))

    def close(self) -> None:
        """Give the connection back, or drop it when bytes are left."""
        self._response.close()
