"""A report of the sandbox, tasks that approve or invoice it, what came of them, and where such a task can be killed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from airflow_qa_provider.hooks.simplo import SimploHook
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.simplo import SimploApproveReportOperator, SimploIssueInvoiceOperator
from qa_sandbox import Sandbox
from tests.resilience.attempts import Killed, Task, killed_when

IN_A_MOMENT = LookupTimeouts(pause=0.02, lost_answer=0.2, no_id=0.2, settled=0.1, not_found=0.0)
PATH = {"approve": "/approved$", "invoice": "/issue-invoice$"}
JOBS = {"approve": SimploApproveReportOperator, "invoice": SimploIssueInvoiceOperator}


def report_id(sandbox: Sandbox) -> int:
    """A report that is sent, and neither approved nor invoiced."""
    number: int = sandbox.connections()["simplo_default"]["extra"]["report_id"]
    return number


def job(sandbox: Sandbox, name: str, **arguments: Any) -> Task:
    given = {"report_id": report_id(sandbox), **arguments}
    return Task(lambda: JOBS[name](task_id=name, **given))


def effects(sandbox: Sandbox, name: str) -> int:
    """How many mails of an approval have gone out, or how many invoices there are."""
    snapshot = sandbox.app("simplo").state.store.snapshot()
    return len(snapshot["mails" if name == "approve" else "invoices"])


def sent(sandbox: Sandbox, name: str) -> int:
    return sum(request.path.endswith(PATH[name].strip("$")) for request in sandbox.requests("simplo"))


def shown(sandbox: Sandbox) -> dict[str, Any]:
    with SimploHook().get_conn() as client:
        return client.reports.get(report_id(sandbox))


def _die(value: Any) -> None:
    raise Killed


def _die_when_done(value: Any) -> None:
    if value["object_id"]:
        raise Killed


def before_the_request(sandbox: Sandbox, task: Task, name: str) -> None:
    task.state.after = _die
    with pytest.raises(Killed):
        task.attempt()


def before_the_request_arrived(sandbox: Sandbox, task: Task, name: str) -> None:
    sandbox.add_fault("reset_before", path=PATH[name], times=1)
    with killed_when(lambda: sent(sandbox, name) > 0), pytest.raises(Killed):
        task.attempt()


def before_the_answer(sandbox: Sandbox, task: Task, name: str) -> None:
    sandbox.add_fault("reset_after", path=PATH[name], times=1)
    sandbox.add_fault({"delay": 0.5}, path=r"/reports/\d+$", first=2, times=1)
    with killed_when(lambda: effects(sandbox, name) > 0), pytest.raises(Killed):
        task.attempt()


def before_the_note(sandbox: Sandbox, task: Task, name: str) -> None:
    task.state.before = _die_when_done
    with pytest.raises(Killed):
        task.attempt()


def after_the_note(sandbox: Sandbox, task: Task, name: str) -> None:
    task.state.after = _die_when_done
    with pytest.raises(Killed):
        task.attempt()


ARRIVED = [before_the_answer, before_the_note, after_the_note]
NEVER_ARRIVED = [before_the_request, before_the_request_arrived]
Kill = Callable[[Sandbox, Task, str], None]


def kill_once(kill: Kill, sandbox: Sandbox, task: Task, name: str) -> None:
    kill(sandbox, task, name)
    task.state.before = task.state.after = lambda value: None
