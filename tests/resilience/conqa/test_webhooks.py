"""A webhook that is to be called: registered once, switched on again, and never another's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.exceptions import (
    QAConfigurationError,
    QAConnectionLostError,
    QANotSupportedError,
    QAUncertainError,
    QAValidationError,
)
from airflow_qa_provider.hooks.conqa import ConqaHook
from airflow_qa_provider.operators.conqa import ConqaUpsertWebhookOperator
from qa_sandbox import Sandbox
from tests.resilience.attempts import Killed, Task
from tests.resilience.conqa.project import ids, writes

TOKEN = "token-that-nobody-may-see"
URL = "https://airflow.example.com:8443/prefix"


@pytest.fixture(autouse=True)
def token(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with_token(sandbox, monkeypatch, TOKEN)


def with_token(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    connection = sandbox.connections()["conqa_default"]
    connection["extra"]["webhook_token"] = token
    monkeypatch.setenv("AIRFLOW_CONN_CONQA_DEFAULT", json.dumps({"conn_type": "conqa", **connection}))


def upsert(**arguments: Any) -> Task:
    return Task(lambda: ConqaUpsertWebhookOperator(task_id="webhook", **{"airflow_url": URL, **arguments}))


def registered(sandbox: Sandbox) -> list[Any]:
    return list(sandbox.app("conqa").state.store.webhooks)


@pytest.fixture
def others(sandbox: Sandbox) -> Iterator[None]:
    """Webhooks of strangers, which stay as they are."""
    extra = ids(sandbox)
    with ConqaHook().get_conn() as client:
        for webhook_type, host in (("report", "airflow.example.com"), ("milestone", "airflow.example.com:8443")):
            address = f"https://{host}/qa/webhooks/conqa_default/{TOKEN}"
            client.project_webhooks.register(extra["project_id"], webhook_type, name="Other", callback_url=address)
        address = f"{URL}/qa/webhooks/conqa_default/{TOKEN}"
        client.account_webhooks.register(extra["account_id"], "report", name="Other", callback_url=address)
        for webhook in registered(sandbox):
            webhook.endpoint.active = False
    before = {one.id: one.wire() for one in registered(sandbox)}
    yield
    assert {one.id: one.wire() for one in registered(sandbox) if one.id in before} == before


def test_it_is_registered_once_and_switched_on_again(sandbox: Sandbox, others: None) -> None:
    first = upsert()
    webhook_id = first.attempt()
    (webhook,) = [one for one in registered(sandbox) if one.id == webhook_id]
    assert webhook.endpoint.url == f"{URL}/qa/webhooks/conqa_default/{TOKEN}"
    assert (webhook.name, webhook.type, webhook.scope) == ("Airflow", "REPORT", "projectId")
    assert first.told["outcome"] == "created"

    again = upsert()
    assert again.attempt() == webhook_id
    assert (again.told["outcome"], again.told["changes"]) == ("unchanged", {})

    webhook.endpoint.active = False
    switched_off = upsert()
    assert switched_off.attempt() == webhook_id
    assert switched_off.told["outcome"] == "updated"
    assert switched_off.told["changes"] == {"status": {"from": "INACTIVE", "to": "ACTIVE"}}
    assert webhook.status == "ACTIVE"
    assert len(registered(sandbox)) == 4


@pytest.mark.parametrize("fault", ["reset_after", "reset_before"])
def test_an_answer_that_is_lost_makes_no_second_one(fault: str, sandbox: Sandbox) -> None:
    sandbox.add_fault(fault, vendor="conqa", method="PUT", times=1)
    task = upsert(account_id=ids(sandbox)["account_id"], webhook_type="Milestone")
    if fault == "reset_before":
        with pytest.raises(QAConnectionLostError):
            task.attempt()
    assert task.attempt() == registered(sandbox)[0].id
    (webhook,) = registered(sandbox)
    assert (webhook.scope, webhook.type) == ("accountId", "MILESTONE")


def test_a_killed_task_registers_one(sandbox: Sandbox) -> None:
    def die(value: Any) -> None:
        raise Killed

    task = upsert()
    task.state.after = die
    with pytest.raises(Killed):
        task.attempt()
    task.state.after = lambda value: None
    task.attempt()
    assert len(registered(sandbox)) == 1


def test_nobody_sees_the_token(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    seen = upsert(preview=True)
    with pytest.raises(AirflowSkipException):
        seen.attempt()
    assert not registered(sandbox)
    made = upsert()
    made.attempt()
    sandbox.add_fault({"status": 500}, vendor="conqa", method="PUT", times=5)
    failed = upsert(airflow_url="https://another.example.com")
    with pytest.raises(Exception) as error:  # noqa: PT011 - whatever it is
        failed.attempt()
    texts = [json.dumps([task.told, task.state]) for task in (seen, made, failed)]
    assert "airflow.example.com" not in texts[1]
    fields = [repr(getattr(made.make(), name)) for name in ConqaUpsertWebhookOperator.template_fields]
    assert TOKEN not in "".join([*texts, *fields, caplog.text, str(error.value)])


def test_of_several_none_is_taken(sandbox: Sandbox) -> None:
    extra = ids(sandbox)
    with ConqaHook().get_conn() as client:
        made = [
            client.project_webhooks.register(extra["project_id"], "report", name="x", callback_url=f"{URL}/{number}")
            for number in range(2)
        ]
    before = len(writes(sandbox))
    with pytest.raises(
        QAUncertainError, match=r"2 webhooks for reports of project .*8443.*INACTIVE|2 webhooks"
    ) as error:
        upsert().attempt()
    assert all(one["id"] in str(error.value) for one in made)
    assert len(writes(sandbox)) == before


def test_what_conqa_does_not_show_is_not_guessed(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    upsert().attempt()
    (webhook,) = registered(sandbox)
    webhook.endpoint.url = "http://[x"
    with pytest.raises(QANotSupportedError, match=f"where webhook {webhook.id} goes"):
        upsert().attempt()
    assert len(registered(sandbox)) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"airflow_url": "http://airflow.example.com"}, "must begin with https://"),
        ({"airflow_url": ""}, "must be the address of Airflow's API server"),
        ({"airflow_url": "airflow.example.com"}, "must be the address of Airflow's API server"),
        ({"airflow_url": "https://user:secret@airflow.example.com"}, "must be the address of Airflow's API server"),
        ({"airflow_url": "https://[x"}, "must be the address of Airflow's API server"),
        ({"webhook_type": "issue"}, "webhook_type"),
        ({"name": " "}, "name"),
        ({"project_id": "None"}, "project_id"),
    ],
)
def test_bad_input_is_refused_before_any_request(arguments: Any, words: str, sandbox: Sandbox) -> None:
    with pytest.raises(QAValidationError, match=words) as error:
        upsert(**arguments).attempt()
    assert "secret" not in str(error.value)
    assert not sandbox.requests("conqa")


@pytest.mark.parametrize("token", ["", "short"])
def test_a_connection_without_a_token_is_refused(token: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with_token(sandbox, monkeypatch, token)
    with pytest.raises(QAConfigurationError, match="webhook_token of the connection conqa_default"):
        upsert().attempt()
    assert not sandbox.requests("conqa")


def test_by_default_it_is_the_address_of_the_configuration(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://qa.example.com/")
    upsert(airflow_url=None).attempt()
    (webhook,) = registered(sandbox)
    assert webhook.endpoint.url == f"https://qa.example.com/qa/webhooks/conqa_default/{TOKEN}"
