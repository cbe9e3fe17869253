"""Sensors that begin in the triggerer: what is handed on to it, and which of them need a worker all the same."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG, Asset, task, task_group
from airflow.triggers.base import BaseTrigger

from airflow_qa_provider.bases.sensing import RemoteJobSensor
from airflow_qa_provider.sensors.smartq import SmartQTicketSensor
from airflow_qa_provider.triggers.start import StartingTrigger
from tests.dags.conftest import a_dag
from tests.versions import NEEDS_TEMPLATES_OF_TRIGGERS

LITERAL = {"project_id": 12, "ticket_id": "345", "step_id": [9, "10"], "archived": False}


def a_sensor(**arguments: Any) -> SmartQTicketSensor:
    return SmartQTicketSensor(**{"task_id": "wait", **LITERAL, "start_from_trigger": True, **arguments})


def begins_with(sensor: RemoteJobSensor) -> dict[str, Any]:
    """The arguments that a triggerer will be given, through JSON."""
    how = sensor.how_to_start()
    assert how is not None
    fields: dict[str, Any] = json.loads(json.dumps(how.trigger_kwargs))["awaited_fields"]
    return fields


@NEEDS_TEMPLATES_OF_TRIGGERS
def test_literals_and_templates_are_handed_on_as_they_are() -> None:
    templates = {"ticket_id": "{{ params.ticket }}", "step_id": ["{{ var.value.step }}", 9], "smartq_conn_id": "other"}
    fields = begins_with(a_sensor(**templates))
    assert fields == {
        "project_id": 12,
        "ticket_id": "{{ params.ticket }}",
        "step_id": ["{{ var.value.step }}", 9],
        "archived": False,
        "smartq_conn_id": "other",
    }
    assert sorted(begins_with(a_sensor(step_id={"9", "10"}))["step_id"]) == ["10", "9"]


@NEEDS_TEMPLATES_OF_TRIGGERS
def test_outputs_of_tasks_are_read_in_the_triggerer() -> None:
    @task
    def find() -> int:
        return 345

    class Results:
        """What ``ti`` answers there: XComs by their map index only."""

        def xcom_pull(self, *, task_ids: str, key: str, map_indexes: int) -> Any:
            assert map_indexes == -1
            return {("group.find", "return_value"): 345, ("group.find", "step"): 9}[task_ids, key]

    with a_dag("outputs"):

        @task_group
        def group() -> SmartQTicketSensor:
            found = find()
            return a_sensor(ticket_id=found, step_id=["8", found["step"]], archived=None)

        sensor = group()

    how = sensor.how_to_start()
    trigger = StartingTrigger(**json.loads(json.dumps(how.trigger_kwargs)))
    trigger.task_instance = SimpleNamespace(task=sensor, task_id=sensor.task_id)  # type: ignore[assignment]
    trigger.render_template_fields({"ti": Results()})  # type: ignore[typeddict-item]
    assert {name: trigger.awaited_fields[name] for name in ("ticket_id", "step_id", "archived")} == {
        "ticket_id": "345",
        "step_id": ["8", "9"],
        "archived": None,
    }


@NEEDS_TEMPLATES_OF_TRIGGERS
def test_how_the_wait_goes_on_is_part_of_how_it_begins() -> None:
    how = a_sensor(poll_interval=7, timeout=60, soft_fail=True, on_kill="cancel", do_xcom_push=False).how_to_start()
    assert how.trigger_kwargs["kind"] == "smartq.ticket"
    assert how.trigger_kwargs["poll_interval"] == 7.0
    assert how.trigger_kwargs["wait_timeout"] == 60.0
    assert how.trigger_kwargs["terms"]["skip_on_failure"] is True
    assert how.trigger_kwargs["kill_policy"] == "cancel"
    assert how.trigger_kwargs["end_task"] == "bare"
    assert how.timeout.total_seconds() > 60
    path, again = StartingTrigger(**how.trigger_kwargs).serialize()
    assert (path, again) == (how.trigger_cls, how.trigger_kwargs)


@NEEDS_TEMPLATES_OF_TRIGGERS
def test_a_set_is_the_same_in_every_process() -> None:
    """Else each of Airflow's processes would write another version of the DAG."""
    steps = {f"step {number}" for number in range(20)}
    assert begins_with(a_sensor(step_id=steps))["step_id"] == sorted(steps)


@NEEDS_TEMPLATES_OF_TRIGGERS
def test_tasks_that_need_a_worker_begin_on_one() -> None:
    @task
    def find(number: int = 1) -> int:
        return number

    with a_dag("on_a_worker"):
        sensors = {
            "not asked for": a_sensor(task_id="plain", start_from_trigger=False),
            "outlets": a_sensor(task_id="outlets", outlets=[Asset("ticket")]),
            "callback": a_sensor(task_id="callback", on_failure_callback=lambda context: None),
            "mapped output": a_sensor(task_id="mapped_output", step_id=find.expand(number=[1, 2])),
            "composed": a_sensor(task_id="composed", ticket_id=find().map(lambda number: number + 1)),
            "pull": a_sensor(task_id="pull", ticket_id="{{ ti.xcom_pull('find') }}"),
            "nested pull": a_sensor(task_id="nested", step_id=["9", "{{ ti.xcom_pull('find') }}"]),
        }

        sensors["expanded over"] = a_sensor(task_id="expanded_over")
        find.override(task_id="expands").expand(number=sensors["expanded over"].output)

        @task_group
        def each(number: int) -> None:
            sensors["mapped group"] = a_sensor(task_id="of_a_mapped_group", ticket_id=find(number))
            sensors["its argument"] = a_sensor(task_id="its_argument", ticket_id=number)

        each.expand(number=[1, 2])

    assert {why: sensor.how_to_start() for why, sensor in sensors.items()} == dict.fromkeys(sensors)
    with_index = a_sensor(ticket_id="{{ ti.xcom_pull('find', map_indexes=-1) }}")
    assert begins_with(with_index)["ticket_id"] == "{{ ti.xcom_pull('find', map_indexes=-1) }}"


def through_the_database(dag: DAG) -> Any:
    """The DAG as a scheduler reads it."""
    from airflow.serialization import serialized_objects

    serializer = getattr(serialized_objects, "DagSerialization", None) or serialized_objects.SerializedDAG
    return serializer.from_dict(json.loads(json.dumps(serializer.to_dict(dag))))


@NEEDS_TEMPLATES_OF_TRIGGERS
def test_a_scheduler_reads_how_to_begin_from_the_serialized_dag() -> None:
    from airflow.serialization.serialized_objects import BaseSerialization

    @task
    def find() -> int:
        return 345

    with a_dag("serialized") as dag:
        sensor = a_sensor(ticket_id=find())
        a_sensor(task_id="on_a_worker", outlets=[Asset("ticket")])
        a_sensor(task_id="not_asked_for", start_from_trigger=False)
    tasks = through_the_database(dag).task_dict
    found = tasks["wait"]
    assert found.start_from_trigger is True
    assert found.start_trigger_args.next_method == "execute_complete"
    kwargs = BaseSerialization.deserialize(found.start_trigger_args.trigger_kwargs)
    assert StartingTrigger(**kwargs).serialize()[1] == sensor.how_to_start().trigger_kwargs
    assert "awaited_fields" in found.template_fields
    assert tasks["on_a_worker"].start_trigger_args is None
    assert tasks["not_asked_for"].start_from_trigger is False


def test_before_airflow_3_3_all_begin_on_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(BaseTrigger, "render_template_fields", raising=False)

    assert a_sensor(ticket_id="{{ params.ticket }}").how_to_start() is None


def test_a_mapped_sensor_begins_on_a_worker() -> None:
    with a_dag("mapped") as dag:
        mapped = SmartQTicketSensor.partial(
            task_id="wait", project_id=12, archived=True, start_from_trigger=True
        ).expand(ticket_id=[1, 2])
    assert mapped.start_trigger_args is None
    found = through_the_database(dag).task_dict["wait"]
    assert not found.start_trigger_args
    assert found.expand_start_from_trigger(context={}) is False
