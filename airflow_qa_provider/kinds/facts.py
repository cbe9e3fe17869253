"""What a task tells of its object besides the id: each fact is an XCom of its own, of the same name everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MEANINGS: Mapping[str, str] = {
    "remote_id": "id of the object that the task made or took up, as soon as it is known",
    "outcome": "what the task did: `created`, `adopted`, `updated`, `deleted`, or `unchanged` for nothing",
    "reason": "why, in a few words",
    "changes": "field to `from` and `to`, of what was different",
    "phase": "how the object ended: `succeeded`, `warning`, `failed`, `cancelled` or `gone`",
    "status": "the vendor's own word for it",
    "link": "page of the object for people",
    "message": "what the vendor says of a bad end or a warning",
    "uri": "where the file is",
    "rows": "the rows of the list, as the vendor shows them, without secrets",
    "mark": "where the next partition of the list begins",
    "note": "`id` and `outcome` of the note",
    "move": "`id` and `outcome` of the move",
    "approve": "`id` and `outcome` of the approval",
    "delivered": "who got the mail in this attempt",
    "already_delivered": "who had it before",
    "refused": "address to reason, of whom the mail server refused for good",
}
"""Facts that do not depend on the vendor; what is a vendor's own, its kinds and changes declare."""


def told(facts: Mapping[str, Any], *, mapped: bool) -> dict[str, Any]:
    """Return the facts to store.

    Airflow cannot tell an XCom that holds nothing from one that is not there. So what is not known is left out, but for
    mapped tasks: there it keeps the lists of two facts in step.

    :param facts: Name to plain JSON.
    :param mapped: Whether the task is one of several that were expanded.
    """
    return {name: value for name, value in facts.items() if mapped or value is not None}
