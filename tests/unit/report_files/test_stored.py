"""A report becomes a stored file with a manifest, under a safe name."""

from __future__ import annotations

import gzip
import hashlib
import logging
import os
import stat
import tracemalloc
from collections.abc import Callable
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.sdk import ObjectStoragePath

from airflow_qa_provider.exceptions import QAFileError
from airflow_qa_provider.reports import store
from airflow_qa_provider.reports.target import Target
from tests.unit.report_files.vendor import OLD, PDF, Vendor, answers, fetch, files, head

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
