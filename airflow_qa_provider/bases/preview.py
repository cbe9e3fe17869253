"""Dry runs: what an operator would send, shown and not sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.exceptions import QAValidationError

if TYPE_CHECKING:
    from airflow_qa_provider.rest.preview import RequestWithheld

_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def is_preview(value: object) -> bool:
    """Return the value of ``preview``, which may come from a template.

    :param value: ``True``, ``False``, or a text that means one of them.
    :raises QAValidationError: It means neither. One that is not there, such as an XCom, does not mean ``False``: what
        was to be shown would be sent.
    """
    word = str(value).strip().lower()
    if word not in _WORDS:
        raise QAValidationError(
            f"preview must be True or False, got {value!r}",
            outcome="Nothing was sent",
            hint="Correct the template. When it comes from another task, look whether that task has returned it, and "
            "whether it comes before this one: for what is given to partial() Airflow does not see to that",
        )
    return _WORDS[word]


@contextmanager
def connected(vendor: str, conn_id: str, *, preview: bool) -> Iterator[Any]:
    """Open the client of a connection; one that previews keeps back what would change something.

    :param vendor: Vendor in lower case.
    :param conn_id: Airflow connection.
    :param preview: Whether nothing may be changed.
    """
    from airflow_qa_provider.vendors.connect import hook_for

    with hook_for(vendor, conn_id).get_conn() as client:
        if not preview:
            yield client
            return
        with client.previewing() as previewing:
            yield previewing


def show(task: Any, context: Any, withheld: RequestWithheld) -> BaseException:
    """Log what a task would send and store it as the XCom ``preview``; return the exception that ends the task.

    The task ends as skipped, and so do those that need its result.

    :param task: The operator.
    :param context: Airflow's task context.
    :param withheld: What it would send.
    """
    from airflow.providers.common.compat.sdk import AirflowSkipException

    request = withheld.request
    shown: dict[str, Any] = {"request": request.as_dict(), "changes": dict(withheld.changes)}
    for field, change in shown["changes"].items():
        task.log.info("Dry run: %s: %r -> %r", field, change["from"], change["to"])
    task.log.info("Dry run: this was not sent:\n%s", json.dumps(shown["request"], indent=2, ensure_ascii=False))
    ti = context.get("ti")
    if ti is not None and task.do_xcom_push:
        ti.xcom_push(key="preview", value=json.loads(json.dumps(shown, default=str)))
    return AirflowSkipException(f"Dry run: {request.method} {request.url} was not sent")
