"""What a company of the sandbox has and was sent, and where a task that changes it can be killed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
from qa_sandbox import Sandbox
from tests.resilience.attempts import Killed, Task


def ask(call: Callable[[Any], Any]) -> Any:
    with MonitorQAHook().get_conn() as client:
        return call(client)


def named(sandbox: Sandbox, name: str) -> Any:
    return sandbox.connections()["monitorqa_default"]["extra"][name]


def writes(sandbox: Sandbox) -> list[Any]:
    return [request for request in sandbox.requests("monitorqa") if request.method != "GET"]


def before_the_intent(sandbox: Sandbox, task: Task) -> None:
    task.state.before = _die


def before_the_request(sandbox: Sandbox, task: Task) -> None:
    task.state.after = _die


def before_the_id_was_noted(sandbox: Sandbox, task: Task) -> None:
    task.state.before = _die_with_an_id


def after_the_id_was_noted(sandbox: Sandbox, task: Task) -> None:
    task.state.after = _die_with_an_id


def _die(value: Any) -> None:
    raise Killed


def _die_with_an_id(value: Any) -> None:
    if value["object_id"]:
        raise Killed


KILLS = [before_the_intent, before_the_request, before_the_id_was_noted, after_the_id_was_noted]
at_each_point = pytest.mark.parametrize("kill", KILLS, ids=lambda point: point.__name__)


def kill_and_retry(kill: Any, sandbox: Sandbox, task: Task) -> list[Any]:
    """Kill the first attempt at a point; return what the next two return."""
    kill(sandbox, task)
    with pytest.raises(Killed):
        task.attempt()
    task.state.before = task.state.after = lambda value: None
    return [task.attempt(), task.attempt()]
