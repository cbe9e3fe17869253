"""The pages of MonitorQA for people (source: "Deep Links")."""

from __future__ import annotations

from urllib.parse import quote

_APP = "https://app.monitorqa.com"


def audit_page(audit_id: object, *, completed: bool = False) -> str:
    """Return the page of an audit.

    :param audit_id: Id of the audit.
    :param completed: Whether it is completed.
    """
    return f"{_APP}/audits/{'archive' if completed else 'pending'}/{quote(str(audit_id), safe='')}"


def action_page(action_id: object) -> str:
    """Return the page of a corrective action."""
    return f"{_APP}/actions/pending/{quote(str(action_id), safe='')}"
