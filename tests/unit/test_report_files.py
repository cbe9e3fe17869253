"""A report becomes a stored file, or nothing: downloads over real sockets into local and remote-like storage."""

from __future__ import annotations

import errno
import gzip
import hashlib
import logging
import os
import signal
import socket
import stat
import struct
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import ObjectStoragePath
from airflow.sdk.execution_time.timeout import timeout
from airflow.sdk.io import store as airflow_stores
from fsspec import AbstractFileSystem
from fsspec.spec import AbstractBufferedFile

from airflow_qa_provider.exceptions import (
    QAConnectionLostError,
    QAFileError,
    QANotFoundError,
    QAServerError,
    QATimeoutError,
    QAValidationError,
)
from airflow_qa_provider.reports import counting, store
from airflow_qa_provider.reports.manifest import Manifest
from airflow_qa_provider.reports.staging import StopSwitch
from airflow_qa_provider.reports.store import store_report
from airflow_qa_provider.reports.target import Target
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient

KEY = "abcd-efgh-ijkl-mnop"
PDF = b"%PDF-1.7\n" + b"x" * 2_500_000 + b"\n%%EOF\n"
OLD = b"%PDF-1.7\nthe older one\n%%EOF\n"
LOGIN_PAGE = b"<!doctype html><title>Sign in</title><form></form>"

Step = Callable[["Vendor", BaseHTTPRequestHandler], None]


class Vendor:
    """An HTTP server that does one step of its script per request, and the last one for all that follow."""

    def __init__(self, *script: Step) -> None:
        self.script = list(script)
        self.asked = 0
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                step = vendor.script[min(vendor.asked, len(vendor.script) - 1)]
                vendor.asked += 1
                self.close_connection = True
                step(vendor, self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        settings = ClientSettings(
            f"http://127.0.0.1:{self._server.server_port}", KEY, retries=0, connect_timeout=5, read_timeout=5
        )
        self.client = MonitorQAClient(settings)

    def __enter__(self) -> Vendor:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._server.shutdown()
        self._server.server_close()

    def open(self) -> Download:
        return self.client.audits.download_report_pdf("a1")


def answers(body: bytes, content_type: str = "application/pdf", status: int = 200, **headers: str) -> Step:
    """Send all of it."""

    def step(_: Vendor, handler: BaseHTTPRequestHandler) -> None:
        head(handler, len(body), content_type, status, **headers)
        handler.wfile.write(body)

    return step


def head(
    handler: BaseHTTPRequestHandler,
    length: int | None,
    content_type: str = "application/pdf",
    status: int = 200,
    **headers: str,
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    if length is not None:
        handler.send_header("Content-Length", str(length))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def truncated(_: Vendor, handler: BaseHTTPRequestHandler) -> None:
    """Announce everything, send half, close in good order."""
    head(handler, len(PDF))
    handler.wfile.write(PDF[: len(PDF) // 2])


def reset(_: Vendor, handler: BaseHTTPRequestHandler) -> None:
    """Send half, then drop the connection with a TCP reset."""
    head(handler, len(PDF))
    handler.wfile.write(PDF[: len(PDF) // 2])
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def silent(vendor: Vendor, handler: BaseHTTPRequestHandler) -> None:
    """Send half, then nothing more until the reader hangs up."""
    head(handler, len(PDF))
    handler.wfile.write(PDF[: len(PDF) // 2])
    handler.wfile.flush()
    handler.connection.settimeout(20)
    handler.connection.recv(1)


def cut_chunks(_: Vendor, handler: BaseHTTPRequestHandler) -> None:
    """Send one chunk of a chunked answer, and no end."""
    head(handler, None, Transfer_Encoding="chunked")
    handler.wfile.write(b"%x\r\n%b\r\n" % (len(PDF), PDF))


def half_without_length(_: Vendor, handler: BaseHTTPRequestHandler) -> None:
    """Send half, with nothing that could tell the reader that it is half."""
    head(handler, None, Connection="close")
    handler.wfile.write(PDF[: len(PDF) // 2])


def during(event: Callable[[], None]) -> Step:
    """Let something happen in mid-stream, then send the rest."""

    def step(_: Vendor, handler: BaseHTTPRequestHandler) -> None:
        head(handler, len(PDF))
        handler.wfile.write(PDF[:1_500_000])
        handler.wfile.flush()
        event()
        handler.wfile.write(PDF[1_500_000:])

    return step


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_FIRST_PAUSE", 0.001)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "reports"


def fetch(vendor: Vendor, target: Any, **options: Any) -> Manifest:
    """Store the answer of the vendor."""
    options = {
        "vendor": "monitorqa",
        "source": {"audit_id": "a1"},
        "operation": "audits.download_report_pdf",
        **options,
    }
    return store_report(vendor.open, target, **options)


def interrupted(folder: Path, number: int) -> Step:
    """Send a signal to this process once a part of the file has arrived."""

    def interrupt() -> None:
        until(lambda: any(name.endswith(".part") and content for name, content in files(folder).items()))
        os.kill(os.getpid(), number)

    return during(interrupt)


def until(condition: Callable[[], Any], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not come"
        time.sleep(0.005)


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, hidden ones too."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# What is stored


def test_a_file_is_stored_whole_and_described(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, store.__name__)
    before = datetime.now(timezone.utc).replace(microsecond=0)
    with Vendor(answers(PDF, "application/octet-stream")) as vendor:
        manifest = fetch(vendor, f"{folder}/deep/audit.pdf", link="https://app.example.com/a1")

    digest = hashlib.sha256(PDF).hexdigest()
    assert files(folder) == {"deep/audit.pdf": PDF}
    assert before <= datetime.fromisoformat(manifest.pop("fetched_at")) <= datetime.now(timezone.utc)
    assert manifest == {
        "uri": f"file://{folder}/deep/audit.pdf",
        "conn_id": None,
        "name": "audit.pdf",
        "bytes": len(PDF),
        "sha256": digest,
        "content_type": "application/pdf",
        "pages": None,
        "rows": None,
        "vendor": "monitorqa",
        "source": {"audit_id": "a1"},
        "link": "https://app.example.com/a1",
    }
    assert ObjectStoragePath(manifest["uri"]).read_bytes() == PDF
    (line,) = [record.getMessage() for record in caplog.records if record.name == store.__name__]
    assert line.startswith(f"Stored audit.pdf: {len(PDF):,} bytes, sha256 {digest}, ")


def test_a_relative_target_gets_an_absolute_uri(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    monkeypatch.chdir(folder)
    with Vendor(answers(PDF)) as vendor:
        manifest = fetch(vendor, "out/audit.pdf")

    assert manifest["uri"] == f"file://{folder}/out/audit.pdf"
    assert files(folder) == {"out/audit.pdf": PDF}


def test_pages_and_rows_are_in_the_manifest(folder: Path) -> None:
    from pypdf import PdfWriter

    writer, pdf = PdfWriter(), BytesIO()
    writer.add_blank_page(100, 100)
    writer.write(pdf)
    with Vendor(answers(pdf.getvalue()), answers(b"a;b\n1;2\n3;4\n", "text/csv")) as vendor:
        assert fetch(vendor, f"{folder}/a.pdf")["pages"] == 1
        assert fetch(vendor, f"{folder}/a.csv")["rows"] == 2


def test_a_compressed_transfer_is_stored_as_the_file_that_it_holds(folder: Path) -> None:
    with Vendor(answers(gzip.compress(PDF), Content_Encoding="gzip")) as vendor:
        manifest = fetch(vendor, f"{folder}/a.pdf")

    assert manifest["bytes"] == len(PDF)
    assert files(folder) == {"a.pdf": PDF}


def test_a_new_file_has_usual_rights_and_a_replaced_one_keeps_its_own(folder: Path) -> None:
    folder.mkdir()
    (folder / "old.pdf").write_bytes(OLD)
    (folder / "old.pdf").chmod(0o640)
    (folder / "usual").touch()
    with Vendor(answers(PDF)) as vendor:
        fetch(vendor, f"{folder}/old.pdf")
        fetch(vendor, f"{folder}/new.pdf")

    def mode(name: str) -> int:
        return stat.S_IMODE((folder / name).stat().st_mode)

    assert mode("old.pdf") == 0o640
    assert mode("new.pdf") == mode("usual")


@pytest.mark.parametrize("make", [lambda path: path.symlink_to("/dev/null"), os.mkfifo])
def test_what_is_no_file_is_not_replaced(make: Callable[[Path], None], folder: Path) -> None:
    folder.mkdir()
    place = folder / "audit.pdf"
    make(place)
    kind = stat.S_IFMT(place.lstat().st_mode)
    with Vendor(answers(PDF)) as vendor, pytest.raises(QAFileError, match="something else than a file"):
        fetch(vendor, f"{folder}/audit.pdf")
    assert stat.S_IFMT(place.lstat().st_mode) == kind
    assert [path.name for path in folder.iterdir()] == ["audit.pdf"]


def test_200_mib_pass_through_a_few_mib_of_memory(folder: Path) -> None:
    block, blocks = b"x" * 2**20, 200

    def large(_: Vendor, handler: BaseHTTPRequestHandler) -> None:
        head(handler, 9 + blocks * len(block) + 6)
        handler.wfile.write(b"%PDF-1.7\n")
        for _ in range(blocks):
            handler.wfile.write(block)
        handler.wfile.write(b"%%EOF\n")

    with Vendor(answers(PDF), large) as vendor:
        fetch(vendor, f"{folder}/warm-up.pdf")
        tracemalloc.start()
        try:
            manifest = fetch(vendor, f"{folder}/large.pdf")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert manifest["bytes"] == (folder / "large.pdf").stat().st_size == 9 + 200 * 2**20 + 6
    assert peak < 12 * 2**20


def test_lineage_names_the_file_and_not_the_temporary_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.providers.common.compat.lineage import hook

    outputs: list[str] = []
    collector = SimpleNamespace(add_output_asset=lambda context, uri: outputs.append(uri))
    monkeypatch.setattr(hook, "get_hook_lineage_collector", lambda: collector)
    with Vendor(answers(PDF)) as vendor:
        fetch(vendor, f"{folder}/audit.pdf")

    assert outputs == [f"file://{folder}/audit.pdf"]


# Broken streams: again from the beginning, then nothing


@pytest.mark.parametrize("broken", [truncated, reset, cut_chunks])
def test_a_broken_stream_starts_again_from_zero(broken: Step, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Vendor(broken, broken, answers(PDF)) as vendor:
        manifest = fetch(vendor, f"{folder}/audit.pdf")

    assert vendor.asked == 3
    assert manifest["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert files(folder) == {"audit.pdf": PDF}
    assert "Trying again from the beginning, try 3 of 3" in caplog.text


@pytest.mark.parametrize("broken", [truncated, reset, cut_chunks])
def test_a_stream_that_always_breaks_leaves_nothing(broken: Step, folder: Path) -> None:
    with Vendor(broken) as vendor, pytest.raises(QAConnectionLostError) as caught:
        fetch(vendor, f"{folder}/audit.pdf")

    assert vendor.asked == 3
    assert files(folder) == {}
    assert "Nothing was stored; the download of a1 broke off 3 times." in str(caught.value)
    assert "A retry of the task starts it again." in str(caught.value)


def test_a_silent_stream_is_given_up(folder: Path) -> None:
    with Vendor(silent) as vendor:
        vendor.client = MonitorQAClient(ClientSettings(vendor.client.settings.base_url, KEY, read_timeout=0.2))
        with pytest.raises(QATimeoutError):
            fetch(vendor, f"{folder}/audit.pdf", attempts=2)

    assert vendor.asked == 2
    assert files(folder) == {}


def test_an_error_before_the_stream_is_not_repeated_here(folder: Path) -> None:
    with Vendor(answers(b"{}", status=500)) as vendor, pytest.raises(QAServerError):
        fetch(vendor, f"{folder}/audit.pdf")

    assert vendor.asked == 1
    assert not folder.exists()


# Wrong content: nothing, at once, and an older file stays


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (answers(LOGIN_PAGE, "text/html"), 'an HTML page titled "Sign in" (text/html, '),
        (answers(b'{"isSuccess": false, "error": "Expired"}', "application/json"), "an error of the vendor: Expired"),
        (answers(b'{"error": {"message": "No such audit"}}'), "an error of the vendor: No such audit"),
        (answers(b"PK\x03\x04" + b"x" * 100), "a file of another kind"),
        (answers(b""), "an empty answer"),
        (half_without_length, "a file without its end"),
    ],
)
def test_what_is_not_the_report_is_never_stored(step: Step, verdict: str, folder: Path) -> None:
    folder.mkdir()
    (folder / "audit.pdf").write_bytes(OLD)
    with Vendor(step) as vendor, pytest.raises(QAFileError) as caught:
        fetch(vendor, f"{folder}/audit.pdf")

    assert vendor.asked == 1
    assert files(folder) == {"audit.pdf": OLD}
    assert verdict in str(caught.value)
    assert "Nothing was stored." in str(caught.value)


def test_a_length_that_nobody_enforced_is_checked(folder: Path) -> None:
    def lying() -> Download:
        # a transport that, other than urllib3, does not count
        download = vendor.open()
        download._response.headers["Content-Length"] = str(len(PDF) + 1)
        return download

    with Vendor(answers(PDF)) as vendor, pytest.raises(QAFileError, match="2,500,016 bytes of the 2,500,017"):
        store_report(lying, f"{folder}/audit.pdf", vendor="monitorqa", source={})

    assert files(folder) == {}


def test_secrets_do_not_reach_the_error(folder: Path) -> None:
    page = f'{{"message": "key {KEY} has expired"}}'.encode()
    with Vendor(answers(page)) as vendor, pytest.raises(QAFileError) as caught:
        fetch(vendor, f"{folder}/audit.pdf", secrets=[KEY])

    assert KEY not in str(caught.value)
    assert "key *** has expired" in str(caught.value)


# Interrupts


def test_an_interrupt_in_mid_stream_leaves_nothing(folder: Path) -> None:
    folder.mkdir()
    (folder / "audit.pdf").write_bytes(OLD)
    with Vendor(interrupted(folder, signal.SIGINT)) as vendor, pytest.raises(KeyboardInterrupt):
        fetch(vendor, f"{folder}/audit.pdf")

    assert files(folder) == {"audit.pdf": OLD}


def test_an_execution_timeout_in_mid_stream_leaves_nothing(folder: Path) -> None:
    from airflow.providers.common.compat.sdk import AirflowTaskTimeout

    with Vendor(silent) as vendor, pytest.raises(AirflowTaskTimeout), timeout(0.5):
        fetch(vendor, f"{folder}/audit.pdf")

    assert files(folder) == {}


def test_a_kill_removes_the_temporary_file_at_once_and_stops_the_transfer(folder: Path) -> None:
    stop = StopSwitch()
    left: list[dict[str, bytes]] = []

    def pull(*_: object) -> None:
        left.append(files(folder))
        stop.pull()
        left.append(files(folder))

    before = signal.signal(signal.SIGTERM, pull)
    try:
        with Vendor(interrupted(folder, signal.SIGTERM)) as vendor, pytest.raises(QAFileError, match="was stopped"):
            fetch(vendor, f"{folder}/audit.pdf", stop=stop)
    finally:
        signal.signal(signal.SIGTERM, before)

    (temporary,) = left[0]
    assert temporary.startswith(".audit.pdf.")
    assert temporary.endswith(".part")
    assert left[1] == {}
    assert files(folder) == {}
    assert vendor.asked == 1


def test_a_kill_between_two_attempts_asks_nobody(folder: Path) -> None:
    stop = StopSwitch()
    stop.pull()
    with Vendor(answers(PDF)) as vendor, pytest.raises(QAFileError, match="was stopped"):
        fetch(vendor, f"{folder}/audit.pdf", stop=stop)

    assert vendor.asked == 0


# Storage that does not take it


def test_a_file_in_place_of_a_folder_is_said(folder: Path) -> None:
    folder.write_bytes(b"a file")
    with Vendor(answers(PDF)) as vendor, pytest.raises(QAFileError, match="Not a directory"):
        fetch(vendor, f"{folder}/audit.pdf")

    assert folder.read_bytes() == b"a file"


def test_an_existing_folder_as_a_file_is_refused_before_the_request(folder: Path) -> None:
    folder.mkdir()
    with Vendor(answers(PDF)) as vendor, pytest.raises(QAValidationError, match=r'is a folder.*End it with "/"'):
        fetch(vendor, str(folder), expected_format="pdf")

    assert vendor.asked == 0


@pytest.mark.parametrize(
    ("target", "reason"),
    [("", "names no file"), ("None", "names no file"), ("nowhere://bucket/a.pdf", "Install the Airflow provider")],
)
def test_a_target_that_cannot_work_is_refused_before_the_request(target: str, reason: str) -> None:
    with Vendor(answers(PDF)) as vendor, pytest.raises(QAValidationError, match=reason):
        fetch(vendor, target)

    assert vendor.asked == 0


# Files that are there already


def test_replace_leaves_identical_bytes_alone(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, store.__name__)
    folder.mkdir()
    (folder / "audit.pdf").write_bytes(PDF)
    os.utime(folder / "audit.pdf", (1, 1))
    with Vendor(answers(PDF)) as vendor:
        manifest = fetch(vendor, f"{folder}/audit.pdf")

    assert manifest["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert (folder / "audit.pdf").stat().st_mtime == 1
    assert list(files(folder)) == ["audit.pdf"]
    assert "Unchanged audit.pdf" in caplog.text


def test_replace_puts_other_bytes_of_the_same_length_in_their_place(folder: Path) -> None:
    folder.mkdir()
    (folder / "audit.pdf").write_bytes(b"y" * len(PDF))
    with Vendor(answers(PDF)) as vendor:
        fetch(vendor, f"{folder}/audit.pdf")

    assert files(folder) == {"audit.pdf": PDF}


def test_keep_takes_the_older_file_and_asks_nobody(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, store.__name__)
    folder.mkdir()
    (folder / "audit.pdf").write_bytes(OLD)
    os.utime(folder / "audit.pdf", (86400, 86400))
    with Vendor(answers(PDF)) as vendor:
        manifest = fetch(vendor, f"{folder}/audit.pdf", overwrite="keep")

    assert vendor.asked == 0
    assert manifest["sha256"] == hashlib.sha256(OLD).hexdigest()
    assert manifest["fetched_at"] == "1970-01-02T00:00:00+00:00"
    assert files(folder) == {"audit.pdf": OLD}
    assert "Kept audit.pdf" in caplog.text


def test_keep_does_not_take_a_broken_older_file(folder: Path) -> None:
    folder.mkdir()
    (folder / "audit.pdf").write_bytes(PDF[:1000])
    with Vendor(answers(PDF)) as vendor, pytest.raises(QAFileError) as caught:
        fetch(vendor, f"{folder}/audit.pdf", overwrite="keep")

    assert vendor.asked == 0
    assert "a file without its end" in str(caught.value)
    assert 'was there already: remove it, or set overwrite="replace"' in str(caught.value)


@pytest.mark.parametrize("overwrite", ["keep", "fail"])
def test_keep_and_fail_download_what_is_not_there(overwrite: str, folder: Path) -> None:
    with Vendor(answers(PDF)) as vendor:
        fetch(vendor, f"{folder}/audit.pdf", overwrite=overwrite)

    assert files(folder) == {"audit.pdf": PDF}


def test_fail_refuses_an_older_file_before_the_request(folder: Path) -> None:
    folder.mkdir()
    (folder / "audit.pdf").write_bytes(OLD)
    with Vendor(answers(PDF)) as vendor, pytest.raises(QAFileError, match="is there already") as caught:
        fetch(vendor, f"{folder}/audit.pdf", overwrite="fail")

    assert vendor.asked == 0
    assert "Nothing was downloaded; the file is untouched." in str(caught.value)


@pytest.mark.parametrize("overwrite", ["keep", "fail"])
def test_a_file_that_appears_meanwhile_is_not_overwritten(overwrite: str, folder: Path) -> None:
    step = during(lambda: (folder / "audit.pdf").write_bytes(OLD) and None)
    with Vendor(step) as vendor, pytest.raises(QAFileError, match="It appeared while the report was downloaded"):
        fetch(vendor, f"{folder}/audit.pdf", overwrite=overwrite)

    assert files(folder) == {"audit.pdf": OLD}


def test_an_unknown_policy_is_refused_before_the_request(folder: Path) -> None:
    with Vendor(answers(PDF)) as vendor, pytest.raises(QAValidationError, match="overwrite must be one of"):
        fetch(vendor, f"{folder}/audit.pdf", overwrite="yes")

    assert vendor.asked == 0


# Names and formats


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("audit-a1", "audit-a1.pdf"),
        ("../../escape", "-..-escape.pdf"),
        ("..", "pdf"),
        ("Prüfung\x00\n[1]/2", "Prüfung -1-2.pdf"),
        ("東" * 200, "東" * 65 + ".pdf"),
    ],
)
def test_a_folder_gets_a_safe_name(stem: str, name: str, folder: Path) -> None:
    with Vendor(answers(PDF)) as vendor:
        manifest = fetch(vendor, Target.of(f"{folder}/", stem=stem), expected_format="pdf")

    assert manifest["name"] == name
    assert files(folder) == {name: PDF}


def test_a_name_of_255_bytes_still_has_room_for_a_temporary_one(folder: Path) -> None:
    name = "a" * 251 + ".pdf"
    with Vendor(answers(PDF)) as vendor:
        fetch(vendor, f"{folder}/{name}")

    assert files(folder) == {name: PDF}


@pytest.mark.parametrize(
    ("content_type", "disposition"),
    [("application/pdf", ""), ("application/octet-stream", "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf")],
)
def test_the_vendor_may_announce_the_format(content_type: str, disposition: str, folder: Path) -> None:
    with Vendor(answers(PDF, content_type, Content_Disposition=disposition)) as vendor:
        assert fetch(vendor, Target.of(f"{folder}/", stem="audit-a1"))["name"] == "audit-a1.pdf"
        assert fetch(vendor, f"{folder}/no-suffix")["content_type"] == "application/pdf"


@pytest.mark.parametrize("content_type", ["text/html", "application/json", "application/octet-stream"])
def test_a_page_nobody_asked_for_is_not_taken_for_a_report(content_type: str, folder: Path) -> None:
    with Vendor(answers(b"<html></html>", content_type)) as vendor, pytest.raises(QAFileError) as caught:
        fetch(vendor, f"{folder}/no-suffix")

    assert f"the vendor announced {content_type}" in str(caught.value)
    assert "Name the format that is expected" in str(caught.value)
    assert not folder.exists()


def test_keep_works_when_only_the_vendor_knows_the_format(folder: Path) -> None:
    folder.mkdir()
    (folder / "audit-a1.pdf").write_bytes(OLD)
    with Vendor(answers(PDF)) as vendor:
        manifest = fetch(vendor, Target.of(f"{folder}/", stem="audit-a1"), overwrite="keep")

    assert manifest["bytes"] == len(OLD)
    assert files(folder) == {"audit-a1.pdf": OLD}


# Remote storage: an object store with uploads in parts, and servers that rename


class Upload(AbstractBufferedFile):
    """An upload in parts, completed on close, as the file systems of the big object stores do it."""

    def _initiate_upload(self) -> None:
        self.fs.uploads.add(self.path)
        self.parts: list[bytes] = []

    def _upload_chunk(self, final: bool = False) -> bool:
        if self.fs.room is not None and sum(map(len, self.parts)) >= self.fs.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.parts.append(self.buffer.getvalue())
        if final:
            self.fs.uploads.remove(self.path)
            self.fs.put_object(self.path, b"".join(self.parts))
        return True

    def discard(self) -> None:
        self.fs.uploads.discard(self.path)
        self.buffer = None


class Bucket(AbstractFileSystem):  # type: ignore[misc]
    """An object store without folders, with a cache of what it was asked before.

    ``room`` limits an upload, ``loses`` cuts bytes off without a word, ``copies`` can be ``whole``, ``half`` or
    ``never``.
    """

    protocol = "s3"
    cachable = False

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, bytes] = {}
        self.uploads: set[str] = set()
        self.named: list[str] = []
        self.room: int | None = None
        self.loses = 0
        self.copies = "whole"
        self.seen: dict[str, dict[str, Any] | None] = {}

    def invalidate_cache(self, path: str | None = None) -> None:
        self.seen.clear()

    def put_object(self, path: str, content: bytes) -> None:
        self.named.append(path)
        self.objects[path] = content[: len(content) - self.loses]

    def _open(self, path: str, mode: str = "rb", block_size: int | None = None, **_: Any) -> Upload:
        if "r" in mode:
            self.info(path)
        return Upload(self, path, mode, block_size=64 * 1024)

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        path = self._strip_protocol(path)
        if path not in self.seen:
            found = self.objects.get(path)
            self.seen[path] = None if found is None else {"name": path, "size": len(found), "type": "file"}
        info = self.seen[path]
        if info is None:
            raise FileNotFoundError(path)
        return info

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **_: Any) -> bytes:
        return self.objects[self._strip_protocol(path)][start:end]

    def cp_file(self, path1: str, path2: str, **_: Any) -> None:
        if self.copies == "never":
            raise PermissionError("AccessDenied")
        content = self.objects[self._strip_protocol(path1)]
        self.objects[self._strip_protocol(path2)] = content if self.copies == "whole" else content[: len(content) // 2]

    def rm_file(self, path: str) -> None:
        self.objects.pop(self._strip_protocol(path), None)


class Share(Bucket):
    """A server that renames, but not onto an existing file: with an error (SMB), or without a word (WebHDFS)."""

    def __init__(self, refusal: str = "error") -> None:
        super().__init__()
        self.refusal = refusal
        self.moves: list[str] = []
        self.broken = False

    def mv(self, path1: str, path2: str, **_: Any) -> None:
        path1, path2 = self._strip_protocol(path1), self._strip_protocol(path2)
        if self.broken and path2 == "reports/audit.pdf" and path1.endswith(".part"):
            raise OSError("the server is busy")
        if path2 in self.objects:
            if self.refusal == "error":
                raise FileExistsError(path2)
            return
        self.moves.append(path2)
        self.objects[path2] = self.objects.pop(path1)

    def cp_file(self, path1: str, path2: str, **_: Any) -> None:
        raise NotImplementedError


@contextmanager
def attached(fs: Bucket, conn_id: str | None = None) -> Iterator[None]:
    """Make a file system known to Airflow as s3://."""
    alias = f"s3-{conn_id}" if conn_id else "s3"
    airflow_stores.attach("s3", conn_id, fs=fs)
    try:
        yield
    finally:
        del airflow_stores._STORE_CACHE[alias]


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with attached(fs := Bucket()):
        yield fs


def test_an_object_appears_under_its_name_only_when_it_is_complete(bucket: Bucket) -> None:
    bucket.objects["reports/2025/audit.pdf"] = OLD
    with Vendor(during(lambda: watched.append(dict(bucket.objects)))) as vendor:
        watched: list[dict[str, bytes]] = []
        manifest = fetch(vendor, "s3://reports/2025/audit.pdf")

    assert watched == [{"reports/2025/audit.pdf": OLD}]
    assert bucket.objects == {"reports/2025/audit.pdf": PDF}
    assert manifest["uri"] == "s3://reports/2025/audit.pdf"
    (temporary,) = bucket.named
    assert temporary.startswith("reports/2025/.audit.pdf.")


def test_a_connection_of_the_storage_is_in_the_manifest() -> None:
    with attached(fs := Bucket(), "aws_reports"), Vendor(answers(PDF)) as vendor:
        by_argument = fetch(vendor, Target.of("s3://reports/a.pdf", "aws_reports"))
        by_uri = fetch(vendor, "s3://aws_reports@reports/b.pdf")
        in_folder = fetch(vendor, Target.of("s3://aws_reports@reports/", stem="c"), expected_format="pdf")
        read_back = [ObjectStoragePath(m["uri"], conn_id=m["conn_id"]).read_bytes() for m in (by_argument, by_uri)]

    assert [m["conn_id"] for m in (by_argument, by_uri, in_folder)] == ["aws_reports"] * 3
    assert by_argument["uri"] == "s3://aws_reports@reports/a.pdf"
    assert set(fs.objects) == {"reports/a.pdf", "reports/b.pdf", "reports/c.pdf"}
    assert read_back == [PDF, PDF]


@pytest.mark.parametrize("conn_id", [None, "aws_reports"])
def test_names_with_brackets_are_no_patterns(conn_id: str | None) -> None:
    with attached(fs := Bucket(), conn_id), Vendor(answers(PDF)) as vendor:
        fetch(vendor, Target.of("s3://reports/[draft] a?.pdf", conn_id))

    assert fs.objects == {"reports/[draft] a?.pdf": PDF}


@pytest.mark.parametrize("step", [truncated, answers(LOGIN_PAGE, "text/html"), half_without_length])
def test_a_failed_upload_is_aborted_and_not_completed(step: Step, bucket: Bucket) -> None:
    bucket.objects["reports/audit.pdf"] = OLD
    with Vendor(step) as vendor, pytest.raises((QAFileError, QAConnectionLostError)):
        fetch(vendor, "s3://reports/audit.pdf")

    assert bucket.objects == {"reports/audit.pdf": OLD}
    assert bucket.uploads == set()
    assert bucket.named == [], "a part of the file was published under the temporary name"


def test_an_interrupted_upload_is_aborted(bucket: Bucket) -> None:
    def interrupt() -> None:
        until(lambda: bucket.uploads)
        os.kill(os.getpid(), signal.SIGINT)

    with Vendor(during(interrupt)) as vendor, pytest.raises(KeyboardInterrupt):
        fetch(vendor, "s3://reports/audit.pdf")

    assert (bucket.objects, bucket.uploads, bucket.named) == ({}, set(), [])


def test_a_full_storage_is_said(bucket: Bucket) -> None:
    bucket.objects["reports/audit.pdf"], bucket.room = OLD, 100_000
    with Vendor(answers(PDF)) as vendor, pytest.raises(QAFileError) as caught:
        fetch(vendor, "s3://reports/audit.pdf")

    message = str(caught.value)
    assert "could not write to s3://reports/audit.pdf: no space is left there." in message
    assert "Nothing was stored, and what was there before is untouched." in message
    assert "Free some space" in message
    assert bucket.objects == {"reports/audit.pdf": OLD}
    assert bucket.uploads == set()
    assert vendor.asked == 1


def test_a_storage_that_loses_bytes_is_caught(bucket: Bucket) -> None:
    bucket.loses = 1
    with Vendor(answers(PDF)) as vendor, pytest.raises(QAFileError, match="2,500,016 bytes were written, the storage"):
        fetch(vendor, "s3://reports/audit.pdf")

    assert bucket.objects == {}


def test_a_storage_that_refuses_to_publish_keeps_the_older_file(bucket: Bucket) -> None:
    bucket.objects["reports/audit.pdf"], bucket.copies = OLD, "never"
    with Vendor(answers(PDF)) as vendor, pytest.raises(QAFileError, match=r"could not publish .*AccessDenied"):
        fetch(vendor, "s3://reports/audit.pdf")

    assert bucket.objects == {"reports/audit.pdf": OLD}


def test_a_storage_that_copies_half_ends_with_nothing(bucket: Bucket) -> None:
    bucket.copies = "half"
    with Vendor(answers(PDF)) as vendor, pytest.raises(QAFileError, match="The broken file was removed"):
        fetch(vendor, "s3://reports/audit.pdf")

    assert bucket.objects == {}


def test_keep_reads_the_object(bucket: Bucket) -> None:
    bucket.objects["reports/audit.pdf"] = OLD
    with Vendor(answers(PDF)) as vendor:
        manifest = fetch(vendor, "s3://reports/audit.pdf", overwrite="keep")

    assert (vendor.asked, manifest["bytes"]) == (0, len(OLD))


@pytest.mark.parametrize("refusal", ["error", "silence"])
def test_a_share_renames_also_where_a_file_is_in_the_way(refusal: str) -> None:
    with attached(fs := Share(refusal)), Vendor(answers(PDF)) as vendor:
        fetch(vendor, "s3://reports/new.pdf")
        fs.objects["reports/audit.pdf"] = OLD
        fetch(vendor, "s3://reports/audit.pdf")

    assert fs.objects == {"reports/new.pdf": PDF, "reports/audit.pdf": PDF}


def test_a_share_gets_its_older_file_back_when_the_rename_fails() -> None:
    with attached(fs := Share()), Vendor(answers(PDF)) as vendor:
        fs.objects["reports/audit.pdf"], fs.broken = OLD, True
        with pytest.raises(QAFileError, match="the server is busy"):
            fetch(vendor, "s3://reports/audit.pdf")

    assert fs.objects == {"reports/audit.pdf": OLD}


def test_folders_are_made_where_the_file_system_has_them() -> None:
    from fsspec.implementations.dirfs import DirFileSystem
    from fsspec.implementations.memory import MemoryFileSystem

    memory = MemoryFileSystem()
    with attached(DirFileSystem("/share", fs=memory)), Vendor(answers(PDF)) as vendor:
        try:
            fetch(vendor, "s3://reports/2025/audit.pdf")
            stored = memory.find("/share")
        finally:
            memory.rm("/share", recursive=True)

    assert stored == ["/share/reports/2025/audit.pdf"]


def test_a_count_never_costs_the_file(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(_: object) -> int:
        raise MemoryError

    monkeypatch.setitem(counting._COUNTERS, "pdf", explode)
    with Vendor(answers(PDF)) as vendor:
        assert fetch(vendor, "s3://reports/audit.pdf")["pages"] is None

    assert bucket.objects == {"reports/audit.pdf": PDF}


def test_an_error_of_the_vendor_passes_as_it_is(bucket: Bucket) -> None:
    body = b'{"error": {"code": "NotFound", "message": "No such audit"}}'
    with (
        Vendor(answers(body, "application/json", 404)) as vendor,
        pytest.raises(QANotFoundError, match="No such audit"),
    ):
        fetch(vendor, "s3://reports/audit.pdf")

    assert bucket.objects == {}
