"""Whatever a file system raises becomes this package's error; connections exist; objects get their content type."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import ObjectStoragePath
from airflow.sdk.io import store as airflow_stores
from fsspec.implementations.memory import MemoryFileSystem

from airflow_qa_provider.compat import storage_conn_id
from airflow_qa_provider.delivery.attachments import Item
from airflow_qa_provider.delivery.staging import stage
from airflow_qa_provider.exceptions import QAConfigurationError, QAFileError, QAValidationError
from airflow_qa_provider.reports.manifest import Manifest, as_manifest
from airflow_qa_provider.reports.sources import SourceFile, source_files
from airflow_qa_provider.reports.storage import asset_uri, writing_options
from airflow_qa_provider.reports.store import store_report
from airflow_qa_provider.reports.target import Target

TABLE = b"a;b\n1;2\n"
OTHER = b"a;b\n3;4\n"


class BotoCoreError(Exception):
    """As of botocore: no OSError."""


class EndpointConnectionError(BotoCoreError):
    pass


class ParamValidationError(BotoCoreError):
    pass


class NoCredentialsError(BotoCoreError):
    pass


class ClientError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(f"An error occurred ({code}) when calling the PutObject operation: signature=abcdef123")
        self.response = {"Error": {"Code": code}}


class Cloud(MemoryFileSystem):  # type: ignore[misc]
    """An object store in memory that fails at one call, and remembers how files were opened."""

    protocol = "s3"
    cachable = False
    store: dict[str, Any] = {}  # noqa: RUF012 - as fsspec declares it
    pseudo_dirs: list[str] = [""]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.store, self.pseudo_dirs = {}, [""]
        self.failing: dict[str, Exception] = {}
        self.opened: list[dict[str, Any]] = []
        self.on_copy: Callable[[], None] = lambda: None

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return "/" + path.removeprefix("s3://").lstrip("/")

    def _fail(self, call: str) -> None:
        if call in self.failing:
            raise self.failing[call]

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        self._fail("info")
        found: dict[str, Any] = super().info(path, **options)
        return found

    def _open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        self._fail(f"open {mode}")
        if "w" in mode:
            self.opened.append(dict(options))
        options.pop("ContentType", None)
        file = super()._open(path, mode, **options)
        if f"write {mode}" in self.failing:
            file.write = lambda chunk: self._fail(f"write {mode}")
        return file

    def cp_file(self, path1: str, path2: str, **options: Any) -> None:
        self._fail("copy")
        super().cp_file(path1, path2, **options)
        self.on_copy()

    def contents(self) -> dict[str, bytes]:
        return {path: file.getvalue() for path, file in self.store.items()}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    airflow_stores.attach("s3", fs=(fs := Cloud()))
    yield fs
    airflow_stores._STORE_CACHE.clear()


class Table:
    """A download of a small CSV file."""

    content_type, length, file_name = "text/csv", len(TABLE), None

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def chunks(self, size: int) -> Iterator[bytes]:
        yield TABLE


def fetch(target: Any, **options: Any) -> Manifest:
    """Store the table."""
    return store_report(Table, target, vendor="acme", source={"id": "r1"}, **options)  # type: ignore[arg-type]


def described(uri: str, conn_id: str | None = None, content: bytes = TABLE) -> Manifest:
    return as_manifest(
        {
            "uri": uri,
            "conn_id": conn_id,
            "name": "a.csv",
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "content_type": "text/csv",
            "fetched_at": "2026-11-30T06:00:00+00:00",
        }
    )


# Errors


TROUBLES = [
    (EndpointConnectionError("Could not connect to the endpoint URL"), "The storage could not be reached"),
    (ParamValidationError('Invalid bucket name "Bad Name"'), "Check the name of the bucket"),
    (NoCredentialsError("Unable to locate credentials"), "and its credentials"),
    (ClientError("NoSuchBucket"), "Check the name of the bucket"),
    (ClientError("SignatureDoesNotMatch"), "and its credentials"),
    (ClientError("SlowDown"), "Check the target, its rights and the connection"),
    (PermissionError(13, "Access Denied"), "and its credentials"),
    (ConnectionResetError(104, "Connection reset by peer"), "The storage could not be reached"),
    (RuntimeError("the library has a bug"), "RuntimeError: the library has a bug"),
]


@pytest.mark.parametrize("call", ["info", "open wb", "write wb", "copy"])
@pytest.mark.parametrize(("trouble", "words"), TROUBLES)
def test_any_error_of_a_file_system_is_ours(cloud: Cloud, call: str, trouble: Exception, words: str) -> None:
    cloud.failing[call] = trouble

    with pytest.raises(QAFileError) as caught:
        fetch("s3://bucket/a.csv")

    message = str(caught.value)
    assert words in message
    assert "s3://bucket/a.csv" in message
    assert "abcdef123" not in message
    assert "A retry of the task downloads the report again." in message
    assert not [path for path in cloud.contents() if path.endswith("a.csv")]
    said = {"info": "Nothing was sent.", "copy": "the whole new file, or what was there before."}
    assert said.get(call, "Nothing was stored, and what was there before is untouched.") in message


@pytest.mark.parametrize(("trouble", "words"), TROUBLES)
def test_any_error_of_reading_for_a_delivery_is_ours(
    cloud: Cloud, tmp_path: Path, trouble: Exception, words: str
) -> None:
    cloud.failing["open rb"] = trouble

    with pytest.raises(QAFileError) as caught:
        stage([Item(described("s3://bucket/a.csv"), "a.csv", None, attached=True)], tmp_path)

    message = str(caught.value)
    assert message.startswith("delivery: could not read the stored report a.csv at s3://bucket/a.csv: ")
    assert words in message
    assert "No mail was sent." in message


@pytest.mark.parametrize(("trouble", "words"), TROUBLES)
def test_any_error_of_reading_for_a_vendor_is_ours(cloud: Cloud, trouble: Exception, words: str) -> None:
    cloud.failing["info"] = trouble
    (file,) = source_files("s3://bucket/a.csv")

    with pytest.raises(QAFileError, match=r"the file a.csv at s3://bucket/a.csv cannot be read") as caught:
        assert file.size

    assert words in str(caught.value)
    assert "It was not sent." in str(caught.value)


def test_a_file_system_that_cannot_be_opened_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.sdk import io

    def get_fs(*_: object) -> None:
        raise NoCredentialsError("no profile 'reports'")

    monkeypatch.setattr(io, "get_fs", get_fs)
    with pytest.raises(QAFileError, match=r"could not open s3://elsewhere/a.csv: NoCredentialsError: no profile"):
        fetch("s3://elsewhere/a.csv")
    airflow_stores._STORE_CACHE.clear()


def test_a_failed_clean_up_is_logged_without_secrets(cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    cloud.failing["copy"] = ClientError("SlowDown")
    cloud.rm_file = lambda path: cloud._fail("copy")

    with pytest.raises(QAFileError):
        fetch("s3://bucket/a.csv")

    assert "which can be deleted: An error occurred (SlowDown)" in caplog.text
    assert "abcdef123" not in caplog.text


# Connections


@pytest.mark.parametrize(
    "target",
    [
        lambda: Target.of("s3://bucket/a.csv", "aws_misspelt"),
        lambda: Target.of("s3://aws_misspelt@bucket/a.csv"),
        lambda: Target.of(ObjectStoragePath("s3://bucket/a.csv", conn_id="aws_misspelt")),
        lambda: stage([Item(described("s3://bucket/a.csv", "aws_misspelt"), "a.csv", None)], Path("/nowhere")),
        lambda: SourceFile("s3://bucket/a.csv", "a.csv", "aws_misspelt").size,
    ],
)
def test_a_connection_that_does_not_exist_is_refused(
    cloud: Cloud, target: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.sdk import io

    # as the file systems of the providers do it: without the connection, with the machine's credentials
    monkeypatch.setattr(io, "get_fs", lambda *_: cloud)
    cloud.pipe_file("/bucket/a.csv", TABLE)

    with pytest.raises(QAConfigurationError) as caught:
        target()

    assert "there is no connection 'aws_misspelt' for the object storage. Nothing was sent" in str(caught.value)
    assert [path for path in cloud.contents() if path != "/bucket/a.csv"] == []


def test_credentials_in_place_of_a_connection_are_not_shown(cloud: Cloud) -> None:
    with pytest.raises(QAConfigurationError, match=r"there is no connection 'AKIA7:\*\*\*' for the object") as caught:
        Target.of("s3://AKIA7:s3cr3t-value@bucket/a.csv")

    assert "s3cr3t" not in str(caught.value)


def test_a_connection_that_exists_is_in_the_manifest(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.sdk import io

    monkeypatch.setenv("AIRFLOW_CONN_AWS_REPORTS", '{"conn_type": "aws"}')
    monkeypatch.setattr(io, "get_fs", lambda *_: cloud)

    assert fetch(Target.of("s3://bucket/a.csv", "aws_reports"))["conn_id"] == "aws_reports"
    path = ObjectStoragePath("s3://bucket/a.csv", conn_id="aws_reports")
    assert fetch(path)["conn_id"] == "aws_reports"


def test_the_connection_of_a_path_is_known_on_every_airflow() -> None:
    assert storage_conn_id(SimpleNamespace(conn_id="c")) == "c"
    assert storage_conn_id(SimpleNamespace(storage_options={"conn_id": "c"})) == "c"
    assert storage_conn_id(SimpleNamespace(storage_options={})) is None


# Content types


def test_an_object_gets_its_content_type(cloud: Cloud) -> None:
    fetch("s3://bucket/a.csv")

    assert [options.get("ContentType") for options in cloud.opened] == ["text/csv"]


def test_each_protocol_has_its_own_word_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    blob = SimpleNamespace(ContentSettings=lambda content_type: ("settings", content_type))
    monkeypatch.setitem(__import__("sys").modules, "azure.storage.blob", blob)

    def options(*protocol: str) -> dict[str, Any]:
        return writing_options(SimpleNamespace(protocol=protocol if len(protocol) > 1 else protocol[0]), "text/csv")

    assert options("s3", "s3a") == {"ContentType": "text/csv"}
    assert options("gs", "gcs") == {"content_type": "text/csv"}
    assert options("abfs") == {"content_settings": ("settings", "text/csv")}
    assert options("file", "local") == options("sftp") == {}


# Two runs, one name


def test_a_file_of_another_run_is_no_broken_copy_of_ours(cloud: Cloud) -> None:
    other = b"a;b\n" + b"9;9\n" * 9
    cloud.on_copy = lambda: cloud.pipe_file("/bucket/a.csv", other)

    with pytest.raises(QAFileError) as caught:
        fetch("s3://bucket/a.csv")

    assert "another run has written to s3://bucket/a.csv at the same time" in str(caught.value)
    assert "Put the run into the target" in str(caught.value)
    assert cloud.contents() == {"/bucket/a.csv": other}


def test_fail_says_who_may_have_written(cloud: Cloud) -> None:
    cloud.pipe_file("/bucket/a.csv", OTHER)

    with pytest.raises(QAFileError, match="Another run, or an earlier attempt of this one, has written here"):
        fetch("s3://bucket/a.csv", overwrite="fail")


@pytest.mark.parametrize(("content", "had"), [(OTHER, "SHA-256"), (OTHER * 2, "16 bytes")])
def test_a_delivery_says_that_another_run_has_written_here(
    cloud: Cloud, tmp_path: Path, content: bytes, had: str
) -> None:
    cloud.pipe_file("/bucket/a.csv", content)

    with pytest.raises(QAFileError) as caught:
        stage([Item(described("s3://bucket/a.csv"), "a.csv", None, attached=True)], tmp_path)

    message = str(caught.value)
    assert f"a.csv at s3://bucket/a.csv has {had}" in message
    assert "stored it at 2026-11-30T06:00:00+00:00: another run or task has written here since." in message
    assert "{{ run_id }}" in message
    assert "A retry of this task alone finds the same file." in message


def test_a_vendor_is_not_sent_what_another_run_has_written(cloud: Cloud) -> None:
    cloud.pipe_file("/bucket/a.csv", OTHER * 2)
    (file,) = source_files([described("s3://bucket/a.csv")])

    with pytest.raises(QAFileError, match=r"has 16 bytes and had 8 when it was stored: another run"), file.open():
        pass


# Names in URIs


@pytest.mark.parametrize("name", ["a#1.csv", "100%.csv", "a%20b.csv", "what?.csv", "Größe 1.csv"])
@pytest.mark.parametrize("remote", [True, False])
def test_odd_names_survive_into_manifest_lineage_and_back(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, remote: bool
) -> None:
    from urllib.parse import unquote, urlsplit

    from airflow.providers.common.compat.lineage import hook
    from airflow.sdk import Asset

    uris: list[str] = []
    collector = SimpleNamespace(
        add_output_asset=lambda context, uri: uris.append(uri), add_input_asset=lambda context, uri: uris.append(uri)
    )
    monkeypatch.setattr(hook, "get_hook_lineage_collector", lambda: collector)
    folder = "s3://bucket/x" if remote else f"file://{tmp_path}/x"

    manifest = fetch(f"{folder}/{name}")
    stage([Item(manifest, "a.csv", None)], tmp_path)

    assert manifest["uri"] == f"{folder}/{name}"
    assert manifest["name"] == name
    assert len(uris) == 2
    assert len(set(uris)) == 1
    assert unquote(urlsplit(uris[0]).path).endswith(f"/x/{name}")
    # what Airflow makes of it loses nothing
    assert Asset(uris[0]).uri == uris[0]


def test_a_blank_is_quoted_in_the_asset_uri() -> None:
    assert asset_uri(ObjectStoragePath("file:///tmp/a b")) == "file:///tmp/a%20b"


# What is no file


@pytest.mark.parametrize("make", [lambda path: path.symlink_to("/dev/null"), os.mkfifo])
def test_what_becomes_no_file_during_the_download_is_not_replaced(make: Callable[[Path], None], tmp_path: Path) -> None:
    place = tmp_path / "a.csv"

    class Slow(Table):
        def chunks(self, size: int) -> Iterator[bytes]:
            yield TABLE
            make(place)

    with pytest.raises(QAFileError, match="something else than a file"):
        store_report(Slow, str(place), vendor="acme", source={})  # type: ignore[arg-type]
    assert not place.is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_no_file_system_is_installed() -> None:
    with pytest.raises(QAValidationError, match="Install the Airflow provider"):
        fetch("nowhere://bucket/a.csv")
