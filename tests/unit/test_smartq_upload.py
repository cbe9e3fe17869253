"""Uploads of the smartQ client: read in pieces while they are sent, and again when the request is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from airflow_qa_provider.exceptions import QAFileError, QAValidationError
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.client.forms import FileBody
from tests.contract.recorder import Answer, RecordingServer

MEGABYTE = 1024 * 1024
OPTIONS = {"login": "ann@example.com", "client_id": "c11e27", "authentication": "basic"}


class Watched(io.BytesIO):
    """Remembers the largest piece that was read of it."""

    largest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.largest = max(self.largest, len(piece))
        return piece


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    with RecordingServer() as running:
        yield running


def upload(server: RecordingServer, file: BinaryIO, retries: int = 0, **arguments: Any) -> dict[str, Any]:
    settings = ClientSettings(base_url=server.url, token="secret-word", retries=retries, options=OPTIONS)
    with SmartQClient(settings) as client:
        return client.files.upload(1, 2, 3, file=file, **arguments)


def test_a_large_file_is_never_read_whole(server: RecordingServer) -> None:
    server.expect([Answer(body=b'{"error":null,"data":{"id":"8"}}')])
    file = Watched(b"x" * (3 * MEGABYTE + 1))
    assert upload(server, file, file_name="a.bin") == {"id": "8"}
    (request,) = server.requests
    (part,) = request.parts()
    assert part["content"] == file.getvalue()
    assert int(request.headers["content-length"]) == len(request.body)
    assert 0 < file.largest <= MEGABYTE
    assert not file.closed


def test_a_file_is_sent_from_where_it_stands_under_its_own_name(server: RecordingServer, tmp_path: Path) -> None:
    path = tmp_path / 'zpráva "1".csv'
    path.write_bytes(b"head;rest")
    server.expect([Answer(body=b'{"error":null,"data":{"id":"8"}}')])
    with path.open("rb") as file:
        file.seek(5)
        upload(server, file)
    (part,) = server.requests[0].parts()
    assert part["content"] == b"rest"
    assert part["content_type"] == "text/csv"
    # quotes are escaped as browsers do it
    assert 'filename="zpráva %221%22.csv"'.encode() in server.requests[0].body


def test_a_repeated_request_sends_the_file_again(server: RecordingServer) -> None:
    server.expect(
        [Answer(429, {"Retry-After": "0"}), Answer(body=b'{"error":null,"data":{"id":"8"}}')],
    )
    upload(server, io.BytesIO(b"body"), retries=1, file_name="a.bin")
    assert [request.parts()[0]["content"] for request in server.requests] == [b"body", b"body"]


def test_a_file_that_became_shorter_breaks_the_upload_off(server: RecordingServer) -> None:
    server.expect([Answer()])

    class Shrinking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if size:
                self.truncate(3)
            return super().read(size)

    with pytest.raises(QAFileError, match="the file ended 7 of 10 bytes early") as caught:
        upload(server, Shrinking(b"0123456789"), file_name="a.bin")
    assert "incomplete request" in str(caught.value)


def test_a_file_that_grows_is_sent_as_it_was_announced() -> None:
    file = io.BytesIO(b"0123456789")
    body = FileBody(file, file_name="a.bin", content_type=None, fields={})
    assert file.tell() == 0
    file.seek(0, io.SEEK_END)
    file.write(b"more")
    sent = b"".join(body)
    assert len(sent) == len(body)
    assert b"more" not in sent


class Pipe(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return 0


@pytest.mark.parametrize(
    ("file", "says"),
    [
        pytest.param(Pipe(), "able to seek", id="pipe"),
        pytest.param(object(), "must be open for reading", id="no file"),
        pytest.param(io.StringIO("text"), "binary mode", id="text"),
    ],
)
def test_what_cannot_be_sent_is_refused(file: Any, says: str) -> None:
    with pytest.raises(QAValidationError, match=says):
        FileBody(cast(BinaryIO, file), file_name="a.bin", content_type=None, fields={})


def test_a_closed_file_is_refused() -> None:
    file = io.BytesIO(b"x")
    file.close()
    with pytest.raises(QAValidationError, match="must be open for reading"):
        FileBody(file, file_name="a.bin", content_type=None, fields={})
