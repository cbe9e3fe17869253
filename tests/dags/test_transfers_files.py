"""The transfers of what is no report of an audit or a request: photos, logs, and what a webhook announces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.bases.transferring import ReportToObjectStorageOperator
from airflow_qa_provider.exceptions import (
    QAConfigurationError,
    QAConflictError,
    QANotFoundError,
    QAResponseError,
    QAValidationError,
)
from airflow_qa_provider.hooks.conqa import ConqaHook
from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
from airflow_qa_provider.hooks.qalyptus import QalyptusHook
from airflow_qa_provider.transfers.conqa import ConqaReportToObjectStorageOperator as ConqaReport
from airflow_qa_provider.transfers.monitorqa import (
    MonitorQAAuditPhotosToObjectStorageOperator as Photos,
)
from airflow_qa_provider.transfers.monitorqa import (
    MonitorQAFileToObjectStorageOperator as OneFile,
)
from airflow_qa_provider.transfers.qalyptus import (
    QalyptusImportTemplateToObjectStorageOperator as ImportTemplate,
)
from airflow_qa_provider.transfers.qalyptus import (
    QalyptusLogToObjectStorageOperator as Log,
)
from qa_sandbox import ManualClock, Sandbox, run_sandbox
from tests.sandbox.receiver import Receiver
from tests.versions import our_errors

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["conqa", "monitorqa", "qalyptus"], clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    for name, connection in shared_sandbox.environment().items():
        monkeypatch.setenv(name, connection)
    return shared_sandbox


def run(operator: type[ReportToObjectStorageOperator], **arguments: Any) -> Any:
    return operator(task_id="fetch", **arguments).execute({})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# MonitorQA


@pytest.fixture
def photographed(sandbox: Sandbox) -> tuple[dict[str, Any], list[str]]:
    """A completed audit with several photos, and their ids in the order of its report."""
    with MonitorQAHook().get_conn() as client:
        for audit in client.audits.list_complete():
            items = client.audits.get_report(audit["id"])["items"]
            photos = [photo for item in items for owner in (item, *item["actions"]) for photo in owner["photos"]]
            if len(photos) > 1:
                return client.audits.get(audit["id"]), list(dict.fromkeys(photos))
    raise AssertionError("the sandbox has no audit with photos")


def test_a_file_is_stored_by_its_id(photographed: tuple[Any, list[str]], sandbox: Sandbox, tmp_path: Path) -> None:
    photo = photographed[1][0]
    manifest = run(OneFile, file_id=photo, target=f"{tmp_path}/", with_watermark="True")

    assert names(tmp_path) == [manifest["name"]]
    assert manifest["name"].startswith(f"file {photo}.")
    assert manifest["content_type"].startswith("image/")
    assert (manifest["source"], manifest["link"]) == ({"file_id": photo}, None)
    assert [one.query for one in sandbox.requests("monitorqa") if photo in one.path] == ["withWatermark=true"]


def test_a_file_that_is_not_there_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(QANotFoundError, match="Nothing was stored") as missing, our_errors():
        run(OneFile, file_id=NOBODY, target=f"{tmp_path}/")

    assert NOBODY in str(missing.value)
    assert names(tmp_path) == []


def test_all_photos_of_an_audit_are_stored_under_telling_names(
    photographed: tuple[dict[str, Any], list[str]], tmp_path: Path
) -> None:
    audit, photos = photographed
    manifests = run(Photos, audit_id=audit["id"], target=f"{tmp_path}/")

    about = f"{audit['template']['name']} {audit['completeDate'][:10]} {audit['number']}"
    assert [one["source"]["file_id"] for one in manifests] == photos
    assert names(tmp_path) == [one["name"] for one in manifests]
    assert [one["name"].rpartition(".")[0] for one in manifests] == [
        f"{about} photo {number:02d}" for number in range(1, len(photos) + 1)
    ]

    with pytest.raises(AirflowSkipException, match="None of the files has changed"):
        run(Photos, audit_id=audit["id"], target=f"{tmp_path}/", only_if_changed=True)
    (tmp_path / manifests[1]["name"]).unlink()
    (again,) = run(Photos, audit_id=audit["id"], target=f"{tmp_path}/", only_if_changed=True)
    assert again["name"] == manifests[1]["name"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"name": "photo"}, r"name 'photo' would be the same for all.*\{photo\} or \{file_id\}"),
        ({"name": "{name}"}, "would be the same for all"),
        ({"name": "{title} {photo}"}, r"name has \{title\}"),
        ({"target": "file:///anywhere/photos.png"}, "target must be a folder"),
    ],
)
def test_photos_that_would_replace_each_other_are_refused(
    arguments: dict[str, str], named: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(QAValidationError, match=named), our_errors():
        run(Photos, **{"audit_id": NOBODY, "target": f"{tmp_path}/", **arguments})

    assert sandbox.requests("monitorqa") == []


def test_an_audit_that_is_not_completed_shows_no_photos(sandbox: Sandbox, tmp_path: Path) -> None:
    with MonitorQAHook().get_conn() as client:
        pending = next(iter(client.audits.list_pending(limit=1)))["id"]
    with pytest.raises(QAConflictError, match="wait for it with MonitorQAAuditSensor"), our_errors():
        run(Photos, audit_id=pending, target=f"{tmp_path}/", name="{file_id}")


# Qalyptus Cloud


@pytest.mark.parametrize(("owner", "log_type"), [("request_id", "run"), ("run_id", "run"), ("run_id", "smtp")])
def test_logs_are_stored(owner: str, log_type: str, sandbox: Sandbox, tmp_path: Path) -> None:
    with QalyptusHook().get_conn() as client:
        if owner == "request_id":
            one = client.reports.generate_on_demand(client.reports.list()[0]["id"], "Pdf")
        else:
            client.tasks.run(client.tasks.list()[0]["id"])
            one = client.status.list_scheduled()[0]["id"]
    sandbox.advance(60)

    manifest = run(Log, **{owner: one}, log_type=log_type, target=f"{tmp_path}/")

    assert names(tmp_path) == [manifest["name"]] == [f"{log_type} log {one}.txt"]
    assert (manifest["content_type"], manifest["source"]) == ("text/plain", {owner: one})
    asked = "on-demand-requests" if owner == "request_id" else "scheduled-tasks"
    end = "smtp-log" if log_type == "smtp" else "log"
    assert sandbox.requests("qalyptus")[-1].path.endswith(f"/status/{asked}/{one}/{end}")


@pytest.mark.usefixtures("sandbox")
def test_a_log_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(QANotFoundError, match="Nothing was stored"), our_errors():
        run(Log, request_id=NOBODY, log_type="smtp", target=f"{tmp_path}/")


@pytest.mark.parametrize("given", [{}, {"request_id": "a", "run_id": "b"}, {"request_id": "None"}])
def test_a_log_belongs_to_one_thing(given: dict[str, str], sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(QAValidationError, match="request_id"), our_errors():
        run(Log, **given, target=f"{tmp_path}/")

    assert sandbox.requests("qalyptus") == []


@pytest.mark.usefixtures("sandbox")
def test_the_template_for_new_users_is_stored(tmp_path: Path) -> None:
    manifest = run(ImportTemplate, target=f"{tmp_path}/")

    assert names(tmp_path) == [manifest["name"]] == ["import users template.xlsx"]


# CONQA


@pytest.fixture
def announced(sandbox: Sandbox) -> Iterator[str]:
    """The address that the webhook's call brings."""
    extra = sandbox.connections()["conqa_default"]["extra"]
    with closing(Receiver()) as receiver, ConqaHook().get_conn() as client:
        client.project_webhooks.register(
            extra["project_id"], "report", name="reports", callback_url=f"{receiver.url}/x"
        )
        client.reports.start(extra["project_id"], extra["checklist_id"])
        sandbox.advance(600)
        yield str(receiver.next()["data"]["reportUrl"])


def test_a_report_is_stored_by_the_address_that_was_told(announced: str, sandbox: Sandbox, tmp_path: Path) -> None:
    manifest = run(ConqaReport, url=announced, target=f"{tmp_path}/", name="Level 3 slab")

    assert names(tmp_path) == [manifest["name"]] == ["Level 3 slab.pdf"]
    assert manifest["pages"] > 0
    assert sandbox.requests("conqa")[-1].path in announced
    assert "x-api-key" not in {name.lower() for name in sandbox.requests("conqa")[-1].headers}


@pytest.mark.parametrize(
    ("url", "kind", "named"),
    [
        (
            "https://files.example.net/r.pdf?sig=s3cr3t",
            QAConfigurationError,
            r'\{"download_hosts": \["files.example.net"\]\}',
        ),
        ("file:///etc/passwd", QAValidationError, "url is not the address of a report"),
        ("", QAValidationError, "url"),
        ("None", QAValidationError, "url"),
    ],
)
def test_any_other_address_is_not_asked(
    url: str, kind: type[Exception], named: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(kind, match=named) as refused, our_errors():
        run(ConqaReport, url=url, target=f"{tmp_path}/")

    assert "s3cr3t" not in str(refused.value)
    assert sandbox.requests("conqa") == []


def test_an_address_that_has_expired_says_what_to_do(announced: str, tmp_path: Path) -> None:
    with pytest.raises(QAResponseError, match="The address may have expired") as gone, our_errors():
        run(ConqaReport, url=announced.replace("/v2/", "/v3/"), target=f"{tmp_path}/")

    assert "HTTP 404" in str(gone.value)
    assert "Nothing was stored" in str(gone.value)
