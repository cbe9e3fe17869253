"""Lists of CONQA: what has no call of its own is looked for in the list of its project or account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from airflow_qa_provider.exceptions import QAError, QANotFoundError
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.polling import Statuses, not_gone, poll_each
from airflow_qa_provider.kinds.snapshot import Snapshot

SEPARATOR = "/"
"""Between the parts of a wait's id. Only the last part, an id of the user's own system, may hold one itself."""

Row = Mapping[str, Any]
Rows = Mapping[str, Row]


def scope_id(given: Given, name: str) -> str:
    """Return the id of a project or account, which is the first part of a wait's id.

    :param given: The arguments.
    :param name: Name of the argument.
    :raises QAValidationError: It is missing, or has a slash in it.
    """
    text = given.id(name)
    if SEPARATOR in text:
        raise given.refused(f"{name} must be one id, without a slash, got {text!r}")
    return text


def poll_in_lists(
    ids: Iterable[str], parts: int, listed: Callable[[str], Rows], seen: Callable[[str, Row], Snapshot]
) -> Statuses:
    """Read each list that holds one of the ids.

    A list that is not there says nothing about what would be in it: a project that was misspelt has no milestones, but
    none of them was deleted either.

    :param ids: Ids of waits.
    :param parts: How many parts before the last one say which list it is.
    :param listed: Scope, which is those parts, to the rows of its list by id.
    :param seen: Id of a wait and its row to the snapshot.
    """
    scopes = _by_scope(ids, parts)
    statuses: Statuses = {}
    for scope, rows in poll_each(listed, scopes).items():
        for object_id, rest in scopes[scope].items():
            if isinstance(rows, QAError):
                statuses[object_id] = not_gone(rows)
            elif rest in rows:
                statuses[object_id] = seen(object_id, rows[rest])
            else:
                message = f"{rest} is not in the list of {scope.replace(SEPARATOR, ' ')}"
                statuses[object_id] = QANotFoundError(message, vendor="conqa", object_id=object_id)
    return statuses


def _by_scope(ids: Iterable[str], parts: int) -> dict[str, dict[str, str]]:
    """Return scope (the first parts of an id) to id to the rest of the id."""
    scopes: dict[str, dict[str, str]] = {}
    for object_id in ids:
        *scope, last = object_id.split(SEPARATOR, parts)
        scopes.setdefault(SEPARATOR.join(scope), {})[object_id] = last
    return scopes
