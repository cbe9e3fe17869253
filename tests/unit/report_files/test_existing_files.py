"""Files that are there already are replaced, kept or refused, and targets that cannot work are refused."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

import pytest

from airflow_qa_provider.exceptions import QAFileError, QAValidationError
from airflow_qa_provider.reports import store
from tests.unit.report_files.vendor import OLD, PDF, Vendor, answers, during, fetch, files

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
