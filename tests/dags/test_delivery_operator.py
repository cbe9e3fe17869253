"""Delivery inside Airflow: a mapped upstream with a gap, a half-sent batch, and the retry that Airflow makes of it."""

from __future__ import annotations

import json
import os
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_sandbox.smtp_sink import SmtpSink, smtp_connection
from tests.versions import NEEDS_STATE

pytestmark = pytest.mark.slow

# Airflow runs only what lies in its dags folder.
DAG_FILE = """
from __future__ import annotations

from datetime import datetime, timedelta, timezone

from airflow.sdk import DAG, task

from airflow_qa_provider.operators.delivery import DeliverReportsOperator

with DAG("deliver_reports", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=timezone.utc)) as dag:

    @task
    def store(number, dag_run=None):
        import hashlib
        from pathlib import Path

        from airflow.providers.common.compat.sdk import AirflowSkipException

        if number == 2:
            raise AirflowSkipException("no report for this one")
        path, content = Path(dag_run.conf["folder"]) / f"report {number}.pdf", b"%PDF-1.7 " + bytes([number]) * 5000
        path.write_bytes(content)
        return {
            "uri": f"file://{path}",
            "name": path.name,
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "content_type": "application/pdf",
        }

    DeliverReportsOperator(
        task_id="deliver",
        reports=store.expand(number=[1, 2, 3]),
        to="anna@example.com; ben@example.com; cleo@example.com",
        subject="Reports of {{ run_id }}",
        trigger_rule="none_failed",
        retries=1,
        retry_delay=timedelta(0),
    )
"""


@pytest.fixture
def sink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpSink]:
    with SmtpSink(tmp_path / "mails") as server:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(smtp_connection(server)))
        yield server


@pytest.fixture
def dag_file() -> Iterator[Path]:
    path = Path(os.environ["AIRFLOW_HOME"]) / "dags" / "deliver_reports.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(DAG_FILE)
    yield path
    path.unlink()


@NEEDS_STATE
@pytest.mark.usefixtures("airflow_db")
def test_retry_of_a_half_sent_batch_serves_only_the_rest(sink: SmtpSink, tmp_path: Path, dag_file: Path) -> None:
    sink.script("reject", recipient="ben@example.com", reply="451 4.7.1 Greylisted")

    run = runpy.run_path(str(dag_file))["dag"].test(run_conf={"folder": str(tmp_path)})

    deliver = run.get_task_instance("deliver")
    assert (deliver.state, deliver.try_number) == ("success", 2)
    assert [mail.recipients for mail in sink.mails] == [["anna@example.com"], ["cleo@example.com"], ["ben@example.com"]]
    for mail in sink.mails:
        assert mail.subject == f"Reports of {run.run_id}"
        assert [file.name for file in mail.attachments] == ["report 1.pdf", "report 3.pdf"]
    result = deliver.xcom_pull(task_ids="deliver")
    assert result["delivered"] == ["ben@example.com"]
    assert result["already_delivered"] == ["anna@example.com", "cleo@example.com"]
