"""Previews (dry runs): what an operator would send, shown and not sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.fields import Fields

if TYPE_CHECKING:
    from airflow_qa_provider.rest.preview import RequestWithheld


def is_preview(value: object) -> bool:
    """Return the value of ``preview``, which may come from a template.

    :param value: ``True``, ``False``, or a text that means one of them.
    :raises QAValidationError: It means neither. One that is not there, such as an XCom, does not mean ``False``: what
        was to be shown would be sent.
    """
    try:
        return Fields().flag(value, "preview")
    except QAValidationError as error:
        error.hint = (
            "Correct the template. When it comes from another task, look whether that task has returned it, and "
            "whether it comes before this one: for what is given to partial() Airflow does not see to that"
        )
        raise


@contextmanager
def previewed(task: Any, context: Any, *, preview: bool) -> Iterator[Any]:
    """Open the client of a task; in a preview, end the task as skipped where something would be sent, and show it.

    :param task: The operator.
    :param context: Airflow's task context.
    :param preview: Whether nothing may be changed.
    :raises AirflowSkipException: It is a preview, and something would be sent.
    """
    from airflow_qa_provider.rest.preview import RequestWithheld

    with task.connected() as opened:
        try:
            yield opened.client.previewing() if preview else opened.client
        except RequestWithheld as withheld:
            raise show(task, context, withheld) from None


def show(task: Any, context: Any, withheld: RequestWithheld) -> BaseException:
    """Log what a task would send and store it as the XCom ``preview``; return the exception that ends the task.

    The task ends as skipped, and so do those that need its result.

    :param task: The operator.
    :param context: Airflow's task context.
    :param withheld: What it would send.
    """
    from airflow.providers.common.compat.sdk import AirflowSkipException

    request = withheld.request
    shown: dict[str, Any] = {"request": request, "changes": dict(withheld.changes)}
    for field, change in shown["changes"].items():
        task.log.info("Preview: %s: %r -> %r", field, change["from"], change["to"])
    task.log.info("Preview: this was not sent:\n%s", json.dumps(shown["request"], indent=2, ensure_ascii=False))
    ti = context.get("ti")
    if ti is not None and task.do_xcom_push:
        ti.xcom_push(key="preview", value=json.loads(json.dumps(shown, default=str)))
    return AirflowSkipException(f"Preview: {request['method']} {request['url']} was not sent")
