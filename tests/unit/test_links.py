"""The buttons of a task lead to its object and to its file, also while it waits."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from airflow.sdk import BaseOperator

from airflow_qa_provider.bases.bulk import BulkOperator
from airflow_qa_provider.bases.link import ObjectLink, StoredFileLink
from airflow_qa_provider.bases.reporting import RemoteReportOperator
from airflow_qa_provider.bases.transferring import StoringTask
from airflow_qa_provider.get_provider_info import get_provider_info
from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
from airflow_qa_provider.operators.monitorqa import MonitorQAReopenAuditOperator
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor
from airflow_qa_provider.transfers.monitorqa import (
    MonitorQAAuditReportToObjectStorageOperator,
    MonitorQARecordsToObjectStorageOperator,
)
from airflow_qa_provider.vendors import BUILT_IN, kind_of
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox


class Ti:
    """A task instance that keeps what is pushed, and the moment's state of the vendor with it."""

    try_number, map_index = 1, 3

    def __init__(self) -> None:
        self.pushed: list[tuple[str, Any]] = []

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed.append((key, value))


def links_of(task: Any) -> dict[str, str]:
    return {link.name: link.get_link(task, ti_key=None) for link in task.operator_extra_links}


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        (None, ""),
        ("file:///srv/reports/a.pdf", "file:///srv/reports/a.pdf"),
        ("https://files.example.com/a.pdf", "https://files.example.com/a.pdf"),
        ("s3://lake/2026/a b.pdf", "https://s3.console.aws.amazon.com/s3/object/lake?prefix=2026/a%20b.pdf"),
        ("s3a://conn@lake/a.pdf", "https://s3.console.aws.amazon.com/s3/object/lake?prefix=a.pdf"),
        ("gs://conn@lake/d/a.pdf", "https://console.cloud.google.com/storage/browser/_details/lake/d/a.pdf"),
    ],
)
def test_a_stored_file_opens_where_it_lies(uri: str | None, address: str) -> None:
    assert StoredFileLink().get_link(SimpleNamespace(stored_uri=uri), ti_key=None) == address
    shown = SimpleNamespace(stored_uri=uri, stored_page="https://files.example.com/a.pdf")
    assert StoredFileLink().get_link(shown, ti_key=None) == shown.stored_page


def test_whatever_stores_or_has_a_page_has_its_link() -> None:
    stores, pages = [], []
    for entry in [*get_provider_info()["operators"], *get_provider_info()["sensors"]]:
        stores += [one for name in entry["python-modules"] for one in tasks_in(name)]
    stores += [one for entry in get_provider_info()["transfers"] for one in tasks_in(entry["python-module"])]
    pages = [one for one in stores if getattr(one, "kind", None) and kind_of(one.kind).link]

    assert len(pages) >= 6
    for one in stores:
        if issubclass(one, (StoringTask, RemoteReportOperator)):
            assert any(isinstance(link, StoredFileLink) for link in one.operator_extra_links), one
    for one in pages:
        # many objects have no one page
        assert issubclass(one, BulkOperator) or any(
            isinstance(link, ObjectLink) for link in one.operator_extra_links
        ), one


def tasks_in(module: str) -> list[Any]:
    members = vars(import_module(module)).values()
    return [
        one for one in members if isinstance(one, type) and issubclass(one, BaseOperator) and one.__module__ == module
    ]


def test_airflow_is_told_of_all_links() -> None:
    for path in get_provider_info()["extra-links"]:
        module, _, name = path.rpartition(".")
        assert getattr(import_module(module), name).name
    assert "airflow_qa_provider.bases.link.StoredFileLink" in get_provider_info()["extra-links"]
    assert BUILT_IN


def test_the_page_and_the_file_of_an_audit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    quick = SandboxSettings(audit_pickup_seconds=0.05, audit_seconds=1)
    with run_sandbox(["monitorqa"], quick) as sandbox:
        audit_id = new_audit(sandbox, monkeypatch, tmp_path)
        page = "https://app.monitorqa.com/audits/{}/" + audit_id

        ti = Ti()
        sensor = MonitorQAAuditSensor(task_id="wait", audit_id=audit_id, poll_interval=0.05)
        sensor.execute({"ti": ti})
        assert ti.pushed[0] == ("_link_MonitorQAAuditLink", page.format("pending")), "while it waits"
        assert links_of(sensor)["MonitorQA audit"] == page.format("archive")

        transfer = MonitorQAAuditReportToObjectStorageOperator(
            task_id="store", audit_id=audit_id, target=f"{tmp_path}/", report="json"
        )
        assert links_of(transfer) == {"MonitorQA audit": "", "Stored file": ""}
        manifest = transfer.execute({"ti": Ti()})
        address = f"https://files.example.com/{quote(manifest['name'])}"
        assert links_of(transfer) == {"MonitorQA audit": page.format("archive"), "Stored file": address}

        listing = MonitorQARecordsToObjectStorageOperator(task_id="list", records="completed_audits", target="lists/")
        listing.execute({"ti": Ti(), "outlet_events": {}})
        assert links_of(listing) == {"Stored file": "https://files.example.com/lists/completed_audits.jsonl"}

        reopen = MonitorQAReopenAuditOperator(task_id="reopen", audit_id=audit_id, due=timedelta(days=1))
        assert links_of(reopen) == {"MonitorQA audit": ""}


def new_audit(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, folder: Path) -> str:
    connection = sandbox.connections()["monitorqa_default"]
    connection["extra"] |= {"folder": str(folder), "folder_url": "https://files.example.com"}
    monkeypatch.setenv("AIRFLOW_CONN_MONITORQA_DEFAULT", json.dumps(connection))
    with MonitorQAHook().get_conn() as client:
        extra = connection["extra"]
        moment = datetime.now(timezone.utc)
        return str(
            client.audits.create(
                name="Walk",
                template_id=extra["template_id"],
                audit_object_id=extra["audit_object_id"],
                start_date=moment,
                end_date=moment + timedelta(days=1),
            )
        )
