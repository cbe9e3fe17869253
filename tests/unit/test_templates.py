"""``{{ qa.day }}`` is there in every kind of run, and relative targets lie below the folder of a connection."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import BaseOperator
from airflow.sdk.execution_time.context import MacrosAccessor
from jinja2.sandbox import SandboxedEnvironment

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.operators.delivery import DeliverReportsOperator
from airflow_qa_provider.templates import NamesInTemplates
from airflow_qa_provider.vendors.connect import Connected
from tests.versions import integrate_macros_plugins

LOGICAL = datetime(2026, 1, 31, 23, 30, tzinfo=timezone.utc)
LATER = datetime(2026, 2, 2, 5, tzinfo=timezone.utc)
ELSEWHERE = timezone(timedelta(hours=9))

RUNS: dict[str, tuple[dict[str, Any], str]] = {
    "scheduled": ({"logical_date": LOGICAL, "dag_run": SimpleNamespace(run_after=LATER)}, "2026-01-31"),
    "in another zone": ({"logical_date": LOGICAL.astimezone(ELSEWHERE)}, "2026-01-31"),
    "by hand or by an asset": ({"dag_run": SimpleNamespace(logical_date=None, run_after=LATER)}, "2026-02-02"),
    "in a callback": ({"dag_run": SimpleNamespace(logical_date=LOGICAL, run_after=LATER)}, "2026-01-31"),
}


@pytest.mark.parametrize(("context", "day"), RUNS.values(), ids=RUNS)
def test_the_day_of_any_run(context: dict[str, Any], day: str) -> None:
    integrate_macros_plugins()
    everywhere = SandboxedEnvironment().from_string("{{ macros.qa.day() }}")
    assert everywhere.render({**context, "macros": MacrosAccessor()}) == day

    ours = DeliverReportsOperator(task_id="mail", reports=[], to="a@example.com", subject="Walks of {{ qa.day }}")
    ours.render_template_fields({**context, "task": ours})
    assert ours.subject == f"Walks of {day}"


def test_without_a_run_it_says_so() -> None:
    with pytest.raises(QAValidationError, match="there is no run here"):
        SandboxedEnvironment().from_string("{{ macros.qa.day() }}").render({"macros": MacrosAccessor()})


def test_the_name_is_kept_that_an_author_has_given() -> None:
    class Task(NamesInTemplates, BaseOperator):
        pass

    assert Task(task_id="one").render_template("{{ qa }}", {"qa": "mine"}) == "mine"


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> None:
    extras = {
        "walks": {"folder": "s3://reports/walks/"},
        "bare": {},
        "files": {"path": "file:///srv/reports"},
        "shown": {"folder": "s3://reports/walks/", "folder_url": "https://files.example.com/walks/"},
        "disk": {"folder": "/srv/reports", "folder_url": "https://files.example.com"},
    }
    for name, extra in extras.items():
        fields = {"conn_type": "monitorqa", "password": "a-key", "extra": extra}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(fields))


@pytest.mark.usefixtures("connections")
@pytest.mark.parametrize(
    ("place", "conn_ids", "where"),
    [
        ("2026-01-31/", ("walks", None), "s3://reports/walks/2026-01-31/"),
        ("2026-01-31/", ("walks", "files"), "file:///srv/reports/2026-01-31/"),
        ("a.pdf", ("walks", "bare"), "s3://reports/walks/a.pdf"),
        ("a.pdf", ("bare", None), "a.pdf"),
        ("/srv/a.pdf", ("walks", None), "/srv/a.pdf"),
        ("gs://b/a.pdf", ("walks", None), "gs://b/a.pdf"),
        ("", ("walks", None), ""),
        ("None", ("walks", None), "None"),
        (None, ("walks", None), None),
    ],
)
def test_a_relative_path_lies_below_the_folder_of_a_connection(place: Any, conn_ids: Any, where: Any) -> None:
    conn_id, storage_conn_id = conn_ids
    assert Connected("monitorqa", conn_id).below_folder(place, storage_conn_id) == where


@pytest.mark.usefixtures("connections")
@pytest.mark.parametrize(
    ("uri", "conn_ids", "page"),
    [
        ("s3://reports/walks/2026/a b.pdf", ("shown", None), "https://files.example.com/walks/2026/a%20b.pdf"),
        ("s3://shown@reports/walks/a.pdf", ("bare", "shown"), "https://files.example.com/walks/a.pdf"),
        ("file:///srv/reports/50% #1.pdf", ("disk", None), "https://files.example.com/50%25%20%231.pdf"),
        ("s3://reports/walks.old/a.pdf", ("shown", None), None),
        ("gs://reports/walks/a.pdf", ("shown", None), None),
        ("file:///srv/reports/a.pdf", ("shown", "files"), None),
        ("s3://reports/walks/a.pdf", ("walks", None), None),
        ("/a.pdf", ("bare", None), None),
    ],
)
def test_a_file_has_a_page_where_the_connection_of_its_folder_names_an_address(
    uri: str, conn_ids: Any, page: str | None
) -> None:
    conn_id, storage_conn_id = conn_ids
    assert Connected("monitorqa", conn_id).page_of(uri, storage_conn_id) == page


@pytest.mark.usefixtures("connections")
def test_a_path_does_not_lead_out_of_the_folder() -> None:
    with pytest.raises(QAValidationError, match="leads out of the folder"):
        Connected("monitorqa", "walks").below_folder("../others/a.pdf")
