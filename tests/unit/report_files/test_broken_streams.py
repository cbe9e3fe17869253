"""A broken, wrong or interrupted download leaves nothing behind, and the older file where it is."""

from __future__ import annotations

import hashlib
import os
import signal
from pathlib import Path

import pytest
from airflow.sdk.execution_time.timeout import timeout

from airflow_qa_provider.exceptions import QAConnectionLostError, QAFileError, QAServerError, QATimeoutError
from airflow_qa_provider.reports.staging import StopSwitch
from airflow_qa_provider.reports.store import store_report
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from tests.unit.report_files.vendor import (
    KEY,
    LOGIN_PAGE,
    OLD,
    PDF,
    Step,
    Vendor,
    answers,
    cut_chunks,
    during,
    fetch,
    files,
    half_without_length,
    reset,
    silent,
    truncated,
    until,
)


def interrupted(folder: Path, number: int) -> Step:
    """Send a signal to this process once a part of the file has arrived."""

    def interrupt() -> None:
        until(lambda: any(name.endswith(".part") and content for name, content in files(folder).items()))
        os.kill(os.getpid(), number)

    return during(interrupt)


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
