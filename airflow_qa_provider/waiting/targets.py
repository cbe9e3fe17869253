"""What a sensor waits for: its arguments, once rendered, as an id and a condition.

Apart from the sensors, because a wait that starts in the triggerer has its arguments rendered there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.kinds.conditions import Condition


class Target(NamedTuple):
    """What is waited for.

    :param object_id: Id at the vendor, as the poller of the kind takes it.
    :param condition: What ends the wait, for objects without an end of their own.
    """

    object_id: str
    condition: Condition | None = None


def target_of(kind: str, fields: Mapping[str, Any]) -> Target:
    """Return what a sensor's arguments ask for.

    :param kind: Kind of object, ``vendor.object``.
    :param fields: The sensor's arguments by name.
    :raises QAValidationError: One of them cannot be; the message names it.
    """
    return _TARGETS[kind](fields)


def _audit(fields: Mapping[str, Any]) -> Target:
    return Target(_id(fields, "audit_id"))


def _corrective_action(fields: Mapping[str, Any]) -> Target:
    wanted = [_choice(word.lower(), _ACTION_STATES, "status") for word in _words(fields["status"], "status")]
    # nothing follows on an approval
    failed = {} if "approved" in wanted else {"status": ["approved"]}
    return Target(_id(fields, "action_id"), Condition(reached={"status": wanted}, failed=failed))


def _request(fields: Mapping[str, Any]) -> Target:
    return Target(_id(fields, "request_id"))


def _task_run(fields: Mapping[str, Any]) -> Target:
    return Target(_id(fields, "run_id"))


def _milestone(fields: Mapping[str, Any]) -> Target:
    object_id = f"{_scope(fields, 'project_id')}/{_id(fields, 'external_id')}"
    if fields["status"] is not None:
        return Target(object_id, Condition(reached={"status": _words(fields["status"], "status")}, missing="wait"))
    deleted = _choice(fields["until"], ("visible", "deleted"), "until") == "deleted"
    return Target(object_id, Condition(missing="reached" if deleted else "wait"))


def _webhook(fields: Mapping[str, Any]) -> Target:
    if bool(fields["project_id"]) == bool(fields["account_id"]):
        raise _refused("give either project_id or account_id, whichever the webhook belongs to")
    owner = "project" if fields["project_id"] else "account"
    object_id = f"{owner}/{_scope(fields, f'{owner}_id')}/{_id(fields, 'webhook_id')}"
    status = _choice(str(fields["status"]).lower(), ("active", "inactive"), "status")
    return Target(object_id, Condition(reached={"status": [status]}))


def _ticket(fields: Mapping[str, Any]) -> Target:
    facts: dict[str, list[str]] = {}
    if fields["step_id"] is not None:
        facts["step_id"] = _words(fields["step_id"], "step_id")
    if fields["archived"] is not None:
        facts["archived"] = [_choice(str(fields["archived"]).lower(), ("true", "false"), "archived")]
    if not facts:
        raise _refused("neither step_id nor archived says what to wait for")
    return Target(f"{_scope(fields, 'project_id')}/{_id(fields, 'ticket_id')}", Condition(reached=facts))


def _billing_report(fields: Mapping[str, Any]) -> Target:
    report_id = _number(_id(fields, "report_id"), "report_id")
    if fields["state"] is not None:
        states = [_number(word, "state") for word in _words(fields["state"], "state")]
        return Target(report_id, Condition(reached={"state": states}))
    until = _choice(fields["until"], ("approved", "sent", "invoiced"), "until")
    return Target(report_id, Condition(reached={until: ["true"]}))


_ACTION_STATES = ("open", "submitted", "approved", "rejected")

_TARGETS: dict[str, Callable[[Mapping[str, Any]], Target]] = {
    "conqa.milestone": _milestone,
    "conqa.webhook": _webhook,
    "monitorqa.audit": _audit,
    "monitorqa.corrective_action": _corrective_action,
    "qalyptus.request": _request,
    "qalyptus.task_run": _task_run,
    "simplo.report": _billing_report,
    "smartq.ticket": _ticket,
}


_NOTHING = ("", "None")
"""What a template leaves of a value that is not there."""


def _id(fields: Mapping[str, Any], name: str) -> str:
    value = fields[name]
    text = "" if value is None else str(value).strip()
    if text in _NOTHING:
        hint = "If it comes from another task, look at what that task returned"
        raise QAValidationError(f"{name} is required, got {value!r}", outcome="Nothing was sent", hint=hint)
    return text


def _words(value: str | int | Iterable[str | int], name: str) -> list[str]:
    try:
        found = [str(word).strip() for word in ([value] if isinstance(value, (str, int)) else value)]
    except TypeError:
        raise _refused(f"{name} must be one word or several, got {value!r}") from None
    if not found or any(word in _NOTHING for word in found):
        raise _refused(f"{name} names nothing to wait for, got {value!r}")
    return found


def _scope(fields: Mapping[str, Any], name: str) -> str:
    text = _id(fields, name)
    if "/" in text:
        raise _refused(f"{name} must be one id, without a slash, got {text!r}")
    return text


def _number(text: str, name: str) -> str:
    if not (text.isascii() and text.isdigit()):
        raise _refused(f"{name} must be a number, got {text!r}")
    return str(int(text))


def _choice(value: str, known: Sequence[str], name: str) -> str:
    if value not in known:
        raise _refused(f"{name} must be one of {', '.join(known)}, got {value!r}")
    return value


def _refused(message: str) -> QAValidationError:
    return QAValidationError(message, outcome="Nothing was sent")
