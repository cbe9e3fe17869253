"""Taking the answers of CONQA out of their wrappers, which differ from endpoint to endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_qa_provider.exceptions import QAResponseError


def member(answer: Any, *path: str, operation: str, outcome: str | None = None) -> Any:
    """Return what stands under a documented name.

    :param answer: JSON of the answer.
    :param path: Names from the outside in, for example ``"data", "issues"``.
    :param operation: What was asked, for the message.
    :param outcome: What happened at the vendor, for the message.
    :raises QAResponseError: It is not there.
    """
    found = answer
    for name in path:
        if not isinstance(found, Mapping) or name not in found:
            raise unexpected(answer, f"no {'.'.join(path)}", operation=operation, outcome=outcome)
        found = found[name]
    return found


def unexpected(
    answer: Any, problem: str, *, operation: str, outcome: str | None = None, hint: str | None = None
) -> QAResponseError:
    """Return the error for an answer of another shape than documented.

    :param answer: JSON of the answer; only its outline gets into the message.
    :param problem: What is missing.
    :param operation: What was asked.
    :param outcome: What happened at the vendor.
    :param hint: What to change.
    """
    seen = f"the members {sorted(answer)}" if isinstance(answer, Mapping) else f"{type(answer).__name__}"
    return QAResponseError(
        f"the answer has {problem}, but {seen}",
        vendor="conqa",
        operation=operation,
        outcome=outcome,
        hint=hint or "Check the base URL of the connection; if it is right, CONQA's answer has changed",
    )
