"""Counts what lies between ``execute()`` of an operator and the HTTP library: frames and files of this package.

Creates an audit in the sandbox, and prints the two numbers; ``--show`` prints each frame.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent / "airflow_qa_provider"


class State(dict[str, Any]):
    """The state of a task that is only looked at while it runs."""

    def set(self, key: str, value: Any, **_: Any) -> None:
        """Store a value."""
        self[key] = value

    def delete(self, key: str) -> None:
        """Remove it."""
        self.pop(key, None)


def frames() -> list[tuple[str, str]]:
    """Return file and function of each frame, from the operator's to the last before the HTTP library."""
    import requests

    from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
    from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditOperator

    found: list[tuple[str, str]] = []
    send = requests.Session.send

    def seen(session: requests.Session, request: Any, **kwargs: Any) -> requests.Response:
        if request.method == "POST" and not found:
            stack = [(one.filename, one.name) for one in traceback.extract_stack()]
            ours = [(name.partition(f"{PACKAGE}/")[2], function) for name, function in stack if str(PACKAGE) in name]
            begin = next(index for index, (_, function) in enumerate(ours) if function == "execute")
            found.extend(ours[begin:])
        return send(session, request, **kwargs)

    with MonitorQAHook().get_conn() as client:
        template = next(iter(client.audit_templates.list()))["id"]
        audited = next(iter(client.audit_objects.list()))["id"]
    requests.Session.send = seen  # type: ignore[method-assign]
    operator = MonitorQACreateAuditOperator(
        task_id="create",
        name="Walk",
        template_id=template,
        audit_object_id=audited,
        due=timedelta(days=1),
        wait_for_completion=False,
    )
    ti = SimpleNamespace(
        dag_id="dag",
        run_id="run",
        task_id="create",
        map_index=-1,
        try_number=1,
        max_tries=2,
        xcom_push=lambda **_: None,
        xcom_pull=lambda **_: None,
    )
    run = SimpleNamespace(start_date=datetime.now(timezone.utc))
    dag = SimpleNamespace(tasks=[operator])
    operator.execute({"ti": ti, "dag": dag, "dag_run": run, "task_state_store": State()})
    return found


def main() -> int:
    """Count, and print."""
    from qa_sandbox import run_sandbox

    with tempfile.TemporaryDirectory() as home, run_sandbox(["monitorqa"]) as sandbox:
        os.environ |= {"AIRFLOW_HOME": home, "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"}
        for name, connection in sandbox.connections().items():
            os.environ[f"AIRFLOW_CONN_{name.upper()}"] = json.dumps(connection)
        found = frames()
    if "--show" in sys.argv[1:]:
        print(*(f"{file}: {function}" for file, function in found), sep="\n")
    print(len(found), len({file for file, _ in found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
