"""A file that is streamed: its size is known beforehand, its bytes are made on the way."""

from __future__ import annotations

import asyncio
import random
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from starlette.responses import StreamingResponse

CHUNK_BYTES = 256 * 1024

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "log": "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class ReportFile:
    """
    One file.

    :param name: file name for ``Content-Disposition``
    :param size: exact number of bytes that ``chunks`` yields
    :param chunks: yields the bytes; every call starts anew and gives the same bytes
    """

    name: str
    content_type: str
    size: int
    chunks: Callable[[], Iterator[bytes]]

    @classmethod
    def from_bytes(cls, name: str, data: bytes) -> ReportFile:
        """Wrap bytes that are in memory; the type follows from the name's ending."""
        content_type = CONTENT_TYPES[name.rpartition(".")[2].lower()]
        return cls(name, content_type, len(data), lambda: iter((data,)))

    def response(self) -> StreamingResponse:
        headers = {"content-length": str(self.size), "content-disposition": f'attachment; filename="{self.name}"'}
        return StreamingResponse(self._stream(), media_type=self.content_type, headers=headers)

    async def _stream(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks():
            yield chunk
            # A fast reader never makes send() wait, so give other requests their turn here.
            await asyncio.sleep(0)


async def answer_with(make: Callable[[], ReportFile]) -> StreamingResponse:
    """Answer with a file that takes a while to make: in a thread of its own, so that others are answered meanwhile."""
    return (await asyncio.to_thread(make)).response()


def file_name(title: str, ending: str) -> str:
    """Turn a title into a plain ASCII file name."""
    ascii_title = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = "".join(char if char.isalnum() else " " for char in ascii_title).split()
    return f"{'-'.join(words)[:80] or 'report'}.{ending}"


@lru_cache(maxsize=4)
def _noise(seed: int) -> bytes:
    return random.Random(seed).randbytes(CHUNK_BYTES)


def filler(size: int, seed: int) -> Iterator[bytes]:
    """Yield bytes that do not compress, the same ones for the same seed, without holding them all."""
    block = _noise(seed)
    whole, rest = divmod(size, len(block))
    for _ in range(whole):
        yield block
    if rest:
        yield block[:rest]
