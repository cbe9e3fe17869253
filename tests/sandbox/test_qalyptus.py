"""Qalyptus: envelope, on-demand reports, tasks, status records, downloads."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
import requests

from qa_sandbox import ManualClock, QalyptusWire, Sandbox, SandboxSettings, run_sandbox
from tests.sandbox.envelopes import UNKNOWN, data, error


@pytest.fixture
def generate(qalyptus: Any) -> Any:
    def generate(output_format: str = "Pdf", **body: Any) -> dict[str, Any]:
        path = f"/reports/{qalyptus.extra['report_id']}/on-demand/{output_format}"
        return dict(data(qalyptus.post(path, json=body)))

    return generate


def task_id(api: Any, name: str) -> str:
    return next(str(task["id"]) for task in data(api.get("/tasks")) if task["name"] == name)


@pytest.mark.parametrize("name", ["organizations", "projects", "users", "reports", "filters", "tasks"])
def test_catalogue_lists_come_whole_in_the_envelope(qalyptus: Any, name: str) -> None:
    found = data(qalyptus.get(f"/{name}"))
    assert len(found) >= 2
    assert len({item["id"] for item in found}) == len(found)


def test_report_and_task_by_id(qalyptus: Any) -> None:
    report = data(qalyptus.get(f"/reports/{qalyptus.extra['report_id']}"))
    assert report["outputFormats"] == ["Pdf", "Xlsx", "Csv", "Html"]
    assert report in data(qalyptus.get("/reports"))
    assert data(qalyptus.get(f"/tasks/{qalyptus.extra['qalyptus_task_id']}"))["isActive"] is True
    for path in (f"/reports/{UNKNOWN}", f"/tasks/{UNKNOWN}", f"/status/on-demand-requests/{UNKNOWN}"):
        assert error(qalyptus.get(path), 404).endswith("not found")
    error(qalyptus.get("/reports/not-a-uuid"), 400)


def test_request_is_queued_then_running_then_completed(sandbox: Sandbox, qalyptus: Any, generate: Any) -> None:
    request_id = generate()["id"]

    def look() -> dict[str, Any]:
        return dict(data(qalyptus.get(f"/status/on-demand-requests/{request_id}")))

    queued = look()
    assert (queued["status"], queued["progress"], queued["startDate"], queued["endDate"]) == ("queued", 0, None, None)
    sandbox.advance(0.5)
    running = look()
    assert running["status"] == "running"
    assert 0 < running["progress"] < 100
    assert running["startDate"] is not None
    sandbox.advance(2)
    done = look()
    assert (done["status"], done["progress"]) == ("completed", 100)
    assert done["endDate"] > done["startDate"] > done["createdDate"]
    assert data(qalyptus.get("/status/on-demand-requests"))[0] == done, "the latest comes first"
    error(qalyptus.get(f"/status/scheduled-tasks/{request_id}"), 404)


def test_output_format_must_be_one_the_report_offers(qalyptus: Any) -> None:
    path = f"/reports/{qalyptus.extra['report_id']}/on-demand/Pptx"
    assert error(qalyptus.post(path, json={}), 400) == "Invalid output format"


def test_body_may_be_missing(qalyptus: Any) -> None:
    assert data(qalyptus.post(f"/reports/{qalyptus.extra['report_id']}/on-demand/csv"))["outputFormat"] == "Csv"


def test_selections_narrow_the_figures(sandbox: Sandbox, qalyptus: Any, generate: Any) -> None:
    def regions(**body: Any) -> set[str]:
        request_id = generate("Csv", **body)["id"]
        sandbox.advance(3)
        text = qalyptus.get(f"/status/{request_id}/download/stream").content.decode("utf-8-sig")
        return {row["Region"] for row in csv.DictReader(io.StringIO(text))}

    assert len(regions()) == 6
    assert regions(selections=[{"fieldName": "Region", "selectedValues": ["DACH", "France"]}]) == {"DACH", "France"}


def test_download_waits_for_the_report(sandbox: Sandbox, qalyptus: Any, generate: Any) -> None:
    request_id = generate()["id"]
    for path in ("download", "download/stream"):
        assert error(qalyptus.get(f"/status/{request_id}/{path}"), 409) == "Report not ready"
    sandbox.advance(3)
    answer = qalyptus.get(f"/status/{request_id}/download/stream")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Regional-sales-review.pdf"'
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert answer.content.startswith(b"%PDF-")


def test_signed_address_needs_no_credentials_and_expires(sandbox: Sandbox, qalyptus: Any, generate: Any) -> None:
    request_id = generate()["id"]
    sandbox.advance(3)
    address = data(qalyptus.get(f"/status/{request_id}/download"))
    assert address.startswith(qalyptus.root + "/storage/")
    direct = requests.get(address, timeout=10)
    assert direct.status_code == 200
    assert direct.content == qalyptus.get(f"/status/{request_id}/download/stream").content
    tampered = address[:-1] + ("0" if address[-1] != "0" else "1")
    assert requests.get(tampered, timeout=10).status_code == 403
    assert requests.get(address.replace(request_id, UNKNOWN), timeout=10).status_code == 403
    sandbox.advance(301)
    assert requests.get(address, timeout=10).status_code == 403


@pytest.mark.parametrize(("result", "status"), [("error", "error"), ("stopped", "stopped"), ("never", "running")])
def test_scripted_report(sandbox: Sandbox, qalyptus: Any, generate: Any, result: str, status: str) -> None:
    sandbox.add_outcome("report", result, match="sales")
    request_id = generate()["id"]
    sandbox.advance(3600)
    record = data(qalyptus.get(f"/status/on-demand-requests/{request_id}"))
    assert record["status"] == status
    error(qalyptus.get(f"/status/{request_id}/download/stream"), 409)


@pytest.mark.parametrize(
    ("name", "status", "has_mail"),
    [
        ("Monthly regional sales pack", "success", True),
        ("Low stock alert", "warning", False),
        ("Board pack to archive storage", "error", False),
    ],
)
def test_task_run_makes_a_new_record(sandbox: Sandbox, qalyptus: Any, name: str, status: str, has_mail: bool) -> None:
    known = {record["id"] for record in data(qalyptus.get("/status/scheduled-tasks"))}
    task = task_id(qalyptus, name)
    run_id = data(qalyptus.post(f"/tasks/{task}/run"))["id"]
    assert run_id not in known
    assert run_id != task
    assert data(qalyptus.get(f"/status/scheduled-tasks/{run_id}"))["status"] == "queued"
    sandbox.advance(3)
    record = data(qalyptus.get(f"/status/scheduled-tasks/{run_id}"))
    assert (record["status"], record["taskId"], record["taskName"]) == (status, task, name)
    log = qalyptus.get(f"/status/scheduled-tasks/{run_id}/log")
    assert log.headers["Content-Type"].startswith("text/plain")
    assert run_id in log.text
    mail = qalyptus.get(f"/status/scheduled-tasks/{run_id}/smtp-log")
    if has_mail:
        assert "@example.com" in mail.text
    else:
        assert error(mail, 404) == "Log not found"


def test_stop_run_again_and_delete(sandbox: Sandbox, qalyptus: Any, generate: Any) -> None:
    request_id = generate()["id"]
    assert data(qalyptus.post(f"/status/{request_id}/stop"))["status"] == "stopped"
    assert error(qalyptus.post(f"/status/{request_id}/stop"), 409) == "Not running"
    again = data(qalyptus.post(f"/status/{request_id}/run"))
    assert (again["id"], again["status"]) == (request_id, "queued")
    assert error(qalyptus.post(f"/status/{request_id}/run"), 409) == "Already running"
    sandbox.advance(3)
    assert data(qalyptus.delete(f"/status/{request_id}")) is None
    for path in (f"on-demand-requests/{request_id}", f"{request_id}/download", f"on-demand-requests/{request_id}/log"):
        error(qalyptus.get(f"/status/{path}"), 404)
    error(qalyptus.delete(f"/status/{request_id}"), 404)


def test_status_run_starts_a_task_too(qalyptus: Any) -> None:
    task = qalyptus.extra["qalyptus_task_id"]
    record = data(qalyptus.post(f"/status/{task}/run"))
    assert (record["taskId"], record["status"]) == (task, "queued")


def test_wire_words_and_fields_can_be_changed(api_of: Any) -> None:
    wire = QalyptusWire(
        words={"completed": "Finished"}, fields={"status": "state", "endDate": "finishedAt"}, task_run_returns_id=False
    )
    with run_sandbox(["qalyptus"], SandboxSettings(qalyptus=wire), clock=ManualClock()) as sandbox:
        api = api_of(sandbox, "qalyptus")
        assert data(api.post(f"/tasks/{api.extra['qalyptus_task_id']}/run")) is None
        request_id = data(api.post(f"/reports/{api.extra['report_id']}/on-demand/Pdf"))["id"]
        sandbox.advance(3)
        record = data(api.get(f"/status/on-demand-requests/{request_id}"))
    assert (record["state"], "status" in record) == ("Finished", False)
    assert record["finishedAt"]


def test_errors_can_come_as_200(api_of: Any) -> None:
    settings = SandboxSettings(qalyptus=QalyptusWire(errors_as_200=True))
    with run_sandbox(["qalyptus"], settings) as sandbox:
        api = api_of(sandbox, "qalyptus")
        assert error(api.get(f"/reports/{UNKNOWN}"), 200) == "Report not found"
        assert error(api.get("/reports/x"), 200)
        assert api.get("/reports", headers={"Authorization": "Bearer wrong"}).status_code == 401
