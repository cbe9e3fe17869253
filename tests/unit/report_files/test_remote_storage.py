"""Storage that is no disk: an object store with uploads in parts, and servers that rename."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from airflow.sdk import ObjectStoragePath
from airflow.sdk.io import store as airflow_stores
from fsspec import AbstractFileSystem
from fsspec.spec import AbstractBufferedFile

from airflow_qa_provider.exceptions import QAConnectionLostError, QAFileError, QANotFoundError
from airflow_qa_provider.reports import counting
from airflow_qa_provider.reports.target import Target
from tests.unit.report_files.vendor import (
    LOGIN_PAGE,
    OLD,
    PDF,
    Step,
    Vendor,
    answers,
    during,
    fetch,
    half_without_length,
    truncated,
    until,
)


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
