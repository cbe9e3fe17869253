"""Lists of the sandboxes as files in a lake, and as ids that others expand over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException
from airflow.sdk import Asset

from airflow_qa_provider.exceptions import QAFileError, QANotSupportedError, QAServerError, QAValidationError
from airflow_qa_provider.kinds.listing import Listing
from airflow_qa_provider.operators.conqa import (
    ConqaGenerateReportOperator,
    ConqaListIssuesOperator,
    ConqaListMilestonesOperator,
)
from airflow_qa_provider.operators.monitorqa import MonitorQAListAuditsOperator, MonitorQAListCorrectiveActionsOperator
from airflow_qa_provider.operators.qalyptus import QalyptusListReportRequestsOperator
from airflow_qa_provider.operators.simplo import SimploListReportsOperator
from airflow_qa_provider.operators.smartq import SmartQListTicketsOperator
from airflow_qa_provider.transfers.conqa import ConqaRecordsToObjectStorageOperator
from airflow_qa_provider.transfers.monitorqa import MonitorQARecordsToObjectStorageOperator
from airflow_qa_provider.transfers.qalyptus import QalyptusRecordsToObjectStorageOperator
from airflow_qa_provider.transfers.simplo import SimploRecordsToObjectStorageOperator
from airflow_qa_provider.transfers.smartq import SmartQRecordsToObjectStorageOperator
from airflow_qa_provider.vendors import BUILT_IN, vendor_named
from airflow_qa_provider.vendors.connect import client_for
from qa_sandbox import ManualClock, Sandbox, run_sandbox
from tests.dags.conftest import Run, a_dag
from tests.versions import our_errors

RECORDS = {
    "conqa": ConqaRecordsToObjectStorageOperator,
    "monitorqa": MonitorQARecordsToObjectStorageOperator,
    "qalyptus": QalyptusRecordsToObjectStorageOperator,
    "simplo": SimploRecordsToObjectStorageOperator,
    "smartq": SmartQRecordsToObjectStorageOperator,
}
LISTS = [(vendor, one) for vendor in BUILT_IN for one in vendor_named(vendor).listings]


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture
def connections(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, connection in shared_sandbox.environment().items():
        fields = json.loads(connection)
        fields["extra"] = json.dumps({**_object(fields["extra"]), "retries": 0})
        monkeypatch.setenv(name, json.dumps(fields))


@pytest.fixture
def sandbox(shared_sandbox: Sandbox, connections: None) -> Sandbox:
    shared_sandbox.reset()
    return shared_sandbox


def _object(extra: Any) -> dict[str, Any]:
    return dict(json.loads(extra) if isinstance(extra, str) else extra)


def store(vendor: str, records: str, target: Path | str, **arguments: Any) -> dict[str, Any]:
    """Execute an export outside a DAG run; the result must survive an XCom."""
    task = RECORDS[vendor](task_id="store", records=records, target=str(target), **arguments)
    manifest = task.execute({})
    assert json.loads(json.dumps(manifest)) == manifest
    return dict(manifest)


def rows_of(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    path = Path(manifest["uri"].removeprefix("file://"))
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    return [json.loads(line) for line in path.read_text().splitlines()]


def names_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(("vendor", "listing"), LISTS, ids=[f"{vendor}-{one.name}" for vendor, one in LISTS])
def test_every_list_is_what_its_columns_say(vendor: str, listing: Listing, connections: None, tmp_path: Path) -> None:
    manifest = store(vendor, listing.name, f"{tmp_path}/", format="parquet")

    assert names_in(tmp_path) == [f"{listing.name}.parquet"]
    content = (tmp_path / f"{listing.name}.parquet").read_bytes()
    assert (manifest["sha256"], manifest["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert manifest["drift"] == []
    assert list(manifest["columns"]) == [column.name.replace(".", "_") for column in listing.columns]
    rows = rows_of(manifest)
    assert len(rows) == manifest["rows"]
    empty = listing.name in ("project_webhooks", "account_webhooks", "webhook_log")
    assert bool(rows) is not empty
    # a column that no row fills is most likely misspelt
    seldom = {"cover", "parent_id", "top_parent_id", "passedThreshold"}
    unfilled = {name for name in manifest["columns"] if rows and all(row[name] is None for row in rows)} - seldom
    assert len(unfilled) <= 3, unfilled


# Partitions


def test_a_partition_holds_its_time_and_a_clear_writes_it_anew(sandbox: Sandbox, tmp_path: Path) -> None:
    whole = rows_of(store("conqa", "issues", tmp_path / "all.jsonl"))
    moments = sorted(row["lastUpdatedAt"] for row in whole)
    middle = moments[len(moments) // 2]

    first = store("conqa", "issues", tmp_path / "1.jsonl", until=middle)
    second = store("conqa", "issues", tmp_path / "2.jsonl", since=middle)
    again = store("conqa", "issues", tmp_path / "1.jsonl", until=middle)

    keys = [row["issueId"] for one in (first, second) for row in rows_of(one)]
    assert sorted(keys) == sorted(row["issueId"] for row in whole)
    assert first["rows"] > 0
    assert second["rows"] > 0
    assert again["sha256"] == first["sha256"]
    assert (first["since"], second["until"]) == (None, None)
    assert datetime.fromisoformat(first["mark"]) == datetime.fromisoformat(middle.replace("Z", "+00:00"))


def test_the_vendor_reads_only_the_time_where_it_can(sandbox: Sandbox, tmp_path: Path) -> None:
    whole = rows_of(store("monitorqa", "completed_audits", tmp_path / "all.parquet"))
    since = sorted(row["completeDate"] for row in whole)[-5]

    manifest = store("monitorqa", "completed_audits", tmp_path / "new.parquet", since=since)
    items = store("monitorqa", "audit_items", tmp_path / "items.parquet", since=since, filters={"answered": True})

    assert manifest["rows"] == 5
    assert {row["audit_id"] for row in rows_of(items)} == {row["id"] for row in rows_of(manifest)}
    assert {row["itemType"] for row in rows_of(items)} <= {2, 3}


def test_each_run_goes_on_where_the_latest_one_ended(sandbox: Sandbox, tmp_path: Path) -> None:
    mark = f"{tmp_path}/marks/issues.json"
    first = store("conqa", "issues", tmp_path / "1.parquet", mark=mark)
    second = store("conqa", "issues", tmp_path / "2.parquet", mark=mark)
    again = store("conqa", "issues", tmp_path / "1.parquet", mark=mark)

    assert first["rows"] > 0
    assert second["rows"] == 0
    assert first["since"] is None
    assert second["since"] == first["mark"] == again["mark"]
    assert again["sha256"] == first["sha256"]
    assert pq.read_schema(tmp_path / "2.parquet").names == list(first["columns"]), "an empty day has its columns"
    with pytest.raises(QAFileError, match=r"holds the marks of conqa issues .*, not of conqa milestones"), our_errors():
        store("conqa", "milestones", tmp_path / "m.parquet", mark=mark)


def test_a_list_that_breaks_off_leaves_what_was_there(sandbox: Sandbox, tmp_path: Path) -> None:
    target = tmp_path / "tickets.jsonl"
    store("smartq", "tickets", target)
    before = target.read_bytes()
    sandbox.add_fault({"status": 500}, path="/tickets", times=1)

    with pytest.raises(QAServerError), our_errors():
        store("smartq", "tickets", target)
    assert names_in(tmp_path) == ["tickets.jsonl"]
    assert target.read_bytes() == before


def test_an_empty_list_is_a_file_unless_told_otherwise(sandbox: Sandbox, tmp_path: Path) -> None:
    assert store("monitorqa", "webhook_log", f"{tmp_path}/")["rows"] == 0
    assert names_in(tmp_path) == ["webhook_log.jsonl"]

    with pytest.raises(AirflowSkipException):
        store("monitorqa", "webhook_log", tmp_path / "other.csv", empty="skip")
    assert names_in(tmp_path) == ["webhook_log.jsonl"]
    (tmp_path / "old.csv").write_text("rows of yesterday")
    assert store("monitorqa", "webhook_log", tmp_path / "old.csv", empty="skip")["rows"] == 0
    assert (tmp_path / "old.csv").read_text().startswith("createdAtUtc,")


def test_the_hash_of_a_report_is_no_column(sandbox: Sandbox, tmp_path: Path) -> None:
    manifest = store("simplo", "reports", tmp_path / "reports.csv")
    with client_for("simplo", "simplo_default") as client:
        hashes = [row["hash"] for row in client.reports.list()]

    content = (tmp_path / "reports.csv").read_text()
    assert manifest["left_out"] == ["hash"]
    assert len(hashes) == manifest["rows"]
    assert not [one for one in hashes if one in content]


@pytest.mark.parametrize(
    ("vendor", "arguments", "message"),
    [
        ("conqa", {"records": "isues"}, "CONQA has no list 'isues'.*Its lists are projects, issues"),
        ("conqa", {"records": "issues", "project_id": ""}, "project_id is required"),
        ("conqa", {"records": "account_webhooks", "account_id": "None"}, "account_id is required"),
        ("conqa", {"records": "issues", "format": "xlsx"}, "format must be one of jsonl, csv, parquet"),
        ("conqa", {"records": "issues", "since": "None"}, "since must be a date and time"),
        ("conqa", {"records": "issues", "mark": "m.json", "since": "2026-01-01T00:00:00Z"}, "mark and since or until"),
        ("conqa", {"records": "issues", "mark": "marks/"}, "mark marks/ is a folder"),
        ("conqa", {"records": "projects", "mark": "m.json"}, "show no date of their change"),
        ("conqa", {"records": "issues", "empty": "maybe"}, "empty must be one of write, skip"),
        ("qalyptus", {"records": "users", "since": "2026-01-01T00:00:00Z"}, "show no date of their change"),
    ],
)
def test_bad_input_sends_nothing(
    vendor: str, arguments: dict[str, Any], message: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(QAValidationError, match=message), our_errors():
        store(vendor, target=tmp_path / "x", **arguments)
    assert not sandbox.requests(vendor)
    assert not names_in(tmp_path)


# Ids


class Pushed:
    """Keeps what a task pushes."""

    def __init__(self) -> None:
        self.xcoms: dict[str, Any] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        self.xcoms[key] = value


def listed(operator: type[Any], **arguments: Any) -> tuple[list[str], list[dict[str, Any]]]:
    ti = Pushed()
    ids = operator(task_id="list", **arguments).execute({"ti": ti})
    rows = ti.xcoms["rows"]
    assert json.loads(json.dumps([ids, rows])) == [ids, rows]
    assert all(isinstance(one, str) for one in ids)
    return ids, rows


def test_reports_of_simplo_by_what_was_done_to_them(sandbox: Sandbox) -> None:
    every, rows = listed(SimploListReportsOperator)
    by_id = {str(row["id"]): row for row in rows}
    due, _ = listed(SimploListReportsOperator, sent=True, invoiced="False")

    assert sorted(every) == sorted(by_id)
    assert due == [one for one in every if by_id[one]["sent_at"] and not by_id[one]["invoiced_at"]]
    assert 0 < len(due) < len(every)
    assert not [row for row in rows if "hash" in row]


def test_checklists_with_disputed_issues_are_named_once(sandbox: Sandbox) -> None:
    ids, rows = listed(ConqaListIssuesOperator, status="disputed")
    checklists, _ = listed(ConqaListIssuesOperator, status=["disputed", "open"], column="checklistId")

    assert len(ids) == len(rows) > 0
    assert {row["status"] for row in rows} == {"disputed"}
    assert len(set(checklists)) == len(checklists) > 0
    with pytest.raises(QAValidationError, match=r"no row of issues has colour.*The rows have issueId"), our_errors():
        listed(ConqaListIssuesOperator, column="colour")


def test_the_others_list_what_they_are_asked_for(sandbox: Sandbox) -> None:
    milestones, rows = listed(ConqaListMilestonesOperator, status="planned")
    assert milestones == [row["externalId"] for row in rows]
    assert {row["status"]["value"] for row in rows} == {"planned"}

    for state in ("pending", "completed"):
        assert listed(MonitorQAListAuditsOperator, state=state)[0]
    _, rows = listed(MonitorQAListAuditsOperator, state="completed", filters={"score_max": 60})
    assert all(row["score"] <= 60 for row in rows)
    for state in ("pending", "expired", "completed"):
        assert listed(MonitorQAListCorrectiveActionsOperator, state=state)[0]

    _, rows = listed(QalyptusListReportRequestsOperator, status=["error", "failed"])
    assert {row["status"].lower() for row in rows} <= {"error", "failed"}
    assert listed(QalyptusListReportRequestsOperator, created_before=timedelta(days=-1))[0]
    assert listed(QalyptusListReportRequestsOperator, created_before="2001-01-01T00:00:00Z")[0] == []


def test_tickets_in_a_step_by_its_name(sandbox: Sandbox) -> None:
    with client_for("smartq", "smartq_default") as client:
        project = sandbox.connections()["smartq_default"]["extra"]["project_id"]
        step = client.project_steps.list(project)[0]
    by_name, rows = listed(SmartQListTicketsOperator, step=step["name"].upper())

    assert by_name == listed(SmartQListTicketsOperator, step=step["id"])[0]
    assert {row["step_id"] for row in rows} <= {step["id"]}
    assert len(listed(SmartQListTicketsOperator, archived="all")[0]) > len(listed(SmartQListTicketsOperator)[0])
    with pytest.raises(QAValidationError, match="no step 'Nirvana'"), our_errors():
        listed(SmartQListTicketsOperator, step="Nirvana")


def test_a_limit_that_cuts_is_an_error(sandbox: Sandbox) -> None:
    named = r'more than 2 rows.*ConqaRecordsToObjectStorageOperator.records="issues"'
    with pytest.raises(QANotSupportedError, match=named), our_errors():
        listed(ConqaListIssuesOperator, limit="2")
    with pytest.raises(QAValidationError, match="state must be one of pending, completed"), our_errors():
        listed(MonitorQAListAuditsOperator, state="late")


@pytest.mark.slow
def test_in_a_dag(sandbox: Sandbox, run_dag: Callable[..., Run], tmp_path: Path) -> None:
    lake = Asset("lake_issues", uri=f"file://{tmp_path}/issues")
    with a_dag("lake") as dag:
        disputed = ConqaListIssuesOperator(task_id="disputed", status="disputed", column="checklistId")
        ConqaGenerateReportOperator.partial(task_id="ask").expand(checklist_id=disputed.output)
        nothing = ConqaListIssuesOperator(task_id="nothing", status="in heaven")
        ConqaGenerateReportOperator.partial(task_id="ask_for_nothing").expand(checklist_id=nothing.output)
        ConqaRecordsToObjectStorageOperator(
            task_id="store", records="issues", target=f"{tmp_path}/{{{{ run_id }}}}/", outlets=[lake]
        )
    run = run_dag(dag)

    assert run.states["disputed"] == run.states["nothing"] == run.states["store"] == "success", run.errors
    assert run.states["ask"] == ", ".join(["success"] * len(run.xcom("disputed")))
    assert (run.xcom("nothing"), run.xcom("nothing", "rows"), run.states["ask_for_nothing"]) == ([], [], "skipped")
    manifest = run.xcom("store")
    assert (manifest["rows"], Path(manifest["uri"]).name) == (len(rows_of(manifest)), "issues.jsonl")
    assert _event_of(lake, run) == manifest


def _event_of(asset: Asset, run: Run) -> Any:
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session

    with create_session() as session:
        events = session.query(AssetEvent).join(AssetModel, AssetModel.id == AssetEvent.asset_id)
        (event,) = events.filter(AssetModel.name == asset.name, AssetEvent.source_run_id == run.dag_run.run_id)
        return event.extra
