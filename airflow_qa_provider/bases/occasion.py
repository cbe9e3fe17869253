"""What a callback of Airflow tells: of a task, of a run, or of a deadline that was missed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

_MOST_ERROR = 2000


def occasion(context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what the context of a callback tells.

    A deadline has no more than the run, as plain data; the callback of a run has no task, or one of many.

    :param context: The context that the notifier was given.
    :return: One line, what happened to what; by line, what people want to know who see nothing else; and what is the
        same for the same trouble in every run.
    """
    run = context.get("dag_run")
    read: Callable[[str], Any] = run.get if isinstance(run, Mapping) else lambda name: getattr(run, name, None)
    ti = None if "deadline" in context or "reason" in context else context.get("ti") or context.get("task_instance")
    dag_id = getattr(ti, "dag_id", None) or getattr(context.get("dag"), "dag_id", None) or read("dag_id")
    run_id = context.get("run_id") or getattr(ti, "run_id", None) or read("dag_run_id") or read("run_id")
    task_id = str(getattr(ti, "task_id", None) or "")
    index = getattr(ti, "map_index", -1)
    lines = {
        "DAG": dag_id,
        "Run": run_id,
        "Task": f"{task_id}[{index}]" if task_id and isinstance(index, int) and index >= 0 else task_id,
        "Try": getattr(ti, "try_number", None),
        "Error": _error(context),
        "Log": getattr(ti, "log_url", None),
    }
    title = f"{f'{task_id} of ' if task_id else ''}{dag_id} {_happened(context, read('state'), ti)}"
    text = "\n".join(f"{name}: {value}" for name, value in lines.items() if value not in (None, ""))
    return title, text, f"{dag_id or ''}/{task_id}"


def digest_of(key: str) -> str:
    """Return a short word for a key, for places that have no room for it.

    :param key: Any text.
    """
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _happened(context: Mapping[str, Any], state: Any, ti: Any) -> str:
    if "deadline" in context:
        return "missed its deadline"
    own = getattr(ti, "state", None)
    word = str(getattr(own, "value", own) or getattr(state, "value", state) or "").lower()
    if context.get("exception") is not None or word == "failed":
        return "failed"
    return {"success": "succeeded", "skipped": "was skipped", "up_for_retry": "is tried again"}.get(
        word, "needs a look"
    )


def _error(context: Mapping[str, Any]) -> str | None:
    """Return the error, or the reason that a run gives, with what Airflow knows as secret masked."""
    from airflow.sdk.log import redact  # type: ignore[attr-defined]

    error = context.get("exception") or context.get("reason")
    if error is None:
        return None
    return str(redact(str(error)))[:_MOST_ERROR]
