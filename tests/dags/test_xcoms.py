"""What tasks tell each other: facts under names of their own, tasks as arguments, and nothing to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import task

from airflow_qa_provider import compat
from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.operators.delivery import DeliverReportsOperator
from airflow_qa_provider.operators.monitorqa import MonitorQAAuditReportOperator, MonitorQACreateAuditOperator
from airflow_qa_provider.operators.qalyptus import QalyptusReportOperator
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor
from airflow_qa_provider.transfers.monitorqa import MonitorQAAuditReportToObjectStorageOperator
from qa_sandbox import Sandbox
from qa_sandbox.smtp_sink import SmtpSink
from tests.dags.conftest import Run, a_dag
from tests.versions import DagSerialization, our_errors

pytestmark = pytest.mark.slow

AUDIT: dict[str, Any] = {"name": "Walk", "due": timedelta(days=1)}
SITES = ["roof", "cellar"]
UNSAID = {"message"}
"""What the vendor says only of bad ends."""
AMONG_THEMSELVES = {"remote_asking"}


def test_tasks_take_what_others_tell(
    run_dag: Callable[..., Run], vendors: Sandbox, mail_server: SmtpSink, tmp_path: Path
) -> None:
    target = f"file://{tmp_path}/"
    with a_dag("telling") as dag:
        walk: Any = MonitorQAAuditReportOperator(task_id="walk", target=target, deferrable=True, **AUDIT)
        walks: Any = MonitorQACreateAuditOperator.partial(task_id="walks", due=AUDIT["due"]).expand(name=SITES)
        seen = MonitorQAAuditSensor.partial(task_id="seen", deferrable=True).expand(audit_id=walks)
        pdf = MonitorQAAuditReportToObjectStorageOperator.partial(task_id="pdf", target=target).expand(audit_id=seen)

        @task
        def nothing() -> list[dict[str, str]]:
            return []

        @task
        def told(score: int, scores: list[int], audit_ids: list[str], none: str | None = None) -> list[object]:
            return [score, list(scores), list(audit_ids)]

        none = QalyptusReportOperator.partial(task_id="none", target=target).expand(selections=nothing())
        told(walk.output["score"], walks.output["score"], seen.output)
        DeliverReportsOperator(
            task_id="mail",
            reports=[walk, pdf, none],
            to="anna@example.com",
            subject="{{ reports[0].facts.score }} of 100, {{ reports | length }} files",
        )
        DeliverReportsOperator(
            task_id="no_mail", reports=none, to="anna@example.com", subject="{{ reports[0].facts.score }}"
        )
    run = run_dag(dag)

    assert (run.state, run.errors) == ("success", {})
    assert (run.states["none"], run.states["mail"], run.states["no_mail"]) == ("skipped", "success", "skipped")
    facts = run.told("walk")
    mapped = [run.told("walks", index) for index in range(len(SITES))]
    audit_ids = [run.xcom("walks", map_index=index) for index in range(len(SITES))]
    assert [run.xcom("seen", map_index=index) for index in range(len(SITES))] == audit_ids
    assert run.xcom("told") == [facts["score"], [one["score"] for one in mapped], audit_ids]
    assert [mail.message["Subject"] for mail in mail_server.mails] == [f"{facts['score']} of 100, 3 files"]
    for cls, instances in (
        (MonitorQAAuditReportOperator, [facts]),
        (MonitorQACreateAuditOperator, mapped),
        (MonitorQAAuditSensor, [run.told("seen", 0)]),
        (MonitorQAAuditReportToObjectStorageOperator, [run.told("pdf", 1)]),
    ):
        for one in instances:
            assert one.keys() - AMONG_THEMSELVES == cls.xcom_keys().keys() - UNSAID, cls
    assert run.told("mail") == {"delivered": ["anna@example.com"]}


def test_a_task_that_was_skipped_for_another_reason_stops_the_delivery(
    run_dag: Callable[..., Run], vendors: Sandbox, mail_server: SmtpSink
) -> None:
    report = {"uri": "file:///x", "name": "x", "bytes": 1, "sha256": "0", "content_type": "text/plain"}
    with a_dag("gate") as dag:

        @task.short_circuit(ignore_downstream_trigger_rules=False)
        def approved() -> bool:
            return False

        @task
        def between() -> None:
            raise AssertionError

        gate = between()
        approved() >> gate
        mail = DeliverReportsOperator(task_id="mail", reports=[report], to="a@example.com", subject="x")
        gate >> mail
    run = run_dag(dag)

    assert (run.states["between"], run.states["mail"]) == ("skipped", "skipped")
    assert mail_server.connections == 0
    given = DeliverReportsOperator(task_id="m", reports=[], to="a@example.com", subject="x", trigger_rule="all_done")
    assert given.trigger_rule == "all_done"


def test_a_task_as_argument_is_its_output_in_the_serialised_dag() -> None:
    with a_dag("taking") as dag:
        audit: Any = MonitorQACreateAuditOperator(task_id="audit", **AUDIT)
        mapped = MonitorQACreateAuditOperator.partial(task_id="mapped", due=AUDIT["due"]).expand(name=SITES)
        MonitorQAAuditSensor(task_id="plain", audit_id=audit)
        MonitorQAAuditSensor.partial(task_id="of_mapped").expand(audit_id=mapped)
        MonitorQAAuditSensor.partial(task_id="of_rows").expand_kwargs([{"audit_id": audit}])
        MonitorQAAuditReportToObjectStorageOperator.partial(task_id="fixed", audit_id=audit).expand(target=SITES)
        later = DeliverReportsOperator(task_id="later", reports=[], to="a@example.com", subject="x")
        later.reports = [audit, {"of": mapped}]

    upstream = {name: set(one.upstream_task_ids) for name, one in dag.task_dict.items() if one.upstream_task_ids}
    both = {"audit", "mapped"}
    assert upstream == {
        **{name: {"audit"} for name in ("plain", "of_rows", "fixed")},
        "of_mapped": {"mapped"},
        "later": both,
    }
    tasks = {one["__var"]["task_id"]: one["__var"] for one in DagSerialization.to_dict(dag)["dag"]["tasks"]}
    assert "xcom_pull(task_ids='audit'" in tasks["plain"]["audit_id"]
    references = [tasks[name]["expand_input"] for name in ("of_mapped", "of_rows")]
    assert [json.dumps(one).count('"__type": "xcomref"') for one in references] == [1, 1]
    assert '"xcomref"' in json.dumps(tasks["fixed"]["partial_kwargs"])
    # before Airflow 3.3, Airflow writes lists in template fields as texts
    assert "<Task" not in json.dumps(tasks) or not compat.RETRY_POLICIES


@pytest.mark.parametrize(
    "given",
    [["1"], {"id": "1"}, 1.0, True, "<Task(X): a>", "[1, 2]", object(), task(lambda: "1"), timedelta(1)],
    ids=lambda given: type(given).__name__,
)
def test_what_cannot_be_an_id_is_refused_before_it_is_sent(given: object, vendors: Sandbox) -> None:
    sensor = MonitorQAAuditSensor(task_id="audit", audit_id=given)  # type: ignore[arg-type]
    named = r"audit_id must be an id, got .* give the task or its \.output"
    with pytest.raises(QAValidationError, match=named), our_errors():
        sensor.execute({})
    assert vendors.requests("monitorqa") == []
