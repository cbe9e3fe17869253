"""Webhooks: what MonitorQA tells, to whom, and the log of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from qa_sandbox.callbacks import LOCAL_HOSTS, Delivery, DeliveryPolicy, Endpoint
from qa_sandbox.context import SandboxContext
from qa_sandbox.monitorqa.state.actions import Action
from qa_sandbox.monitorqa.state.audits import Audit
from qa_sandbox.monitorqa.state.base import Event
from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.state.templates import Template
from qa_sandbox.monitorqa.wire import actions, audits
from qa_sandbox.monitorqa.wire.people import WebhookCall

TIMEOUT_SECONDS = 10.0
ATTEMPTS = 5
# The docs do not say how long the vendor waits between attempts.
RETRY_SECONDS = 10.0


class Webhooks:
    """The webhook that a person enters under Settings, Integration; one for all companies."""

    def __init__(self, context: SandboxContext) -> None:
        self._callbacks = context.callbacks
        self._nested = context.settings.monitorqa.completed_details == "nested"
        limit = context.settings.callback_timeout_seconds
        self._policy = DeliveryPolicy(limit or TIMEOUT_SECONDS, ATTEMPTS, RETRY_SECONDS)
        self.target: Endpoint | None = None

    def set_url(self, url: str | None) -> None:
        """Enter or remove the address."""
        if url is not None and not _is_local(url):
            raise ValueError("A webhook of the sandbox is an http address on 127.0.0.1 or localhost.")
        self.target = None if url is None else Endpoint("settings", url)

    def announce(self, company: Company, event: Event, subject: Any) -> None:
        if self.target is None:
            return
        payload = {
            "event": event.value,
            "data": self._data(company, event, subject),
            "company": {"id": company.id, "name": company.name},
        }
        self._callbacks.send(self.target, payload, self._policy)

    def log(self, company: Company) -> list[WebhookCall]:
        calls = [
            _call(delivery, attempt)
            for delivery in self._callbacks.deliveries()
            if delivery.payload["company"]["id"] == company.id
            for attempt in delivery.attempts
        ]
        return sorted(calls[::-1], key=lambda call: call.created_at_utc, reverse=True)

    def _data(self, company: Company, event: Event, subject: Any) -> dict[str, Any]:
        if isinstance(subject, Audit):
            data: dict[str, Any] = {"auditId": subject.id}
            if event is Event.AUDIT_COMPLETED:
                details = _plain(audits.complete_details(company, subject))
                data.update({"audit": details} if self._nested else details)
            return data
        if isinstance(subject, Action):
            gone = event is Event.ACTION_DELETED
            action = None if gone else _plain(actions.details(company, subject))
            return {"correctiveActionId": subject.id, "correctiveAction": action}
        if isinstance(subject, Template):
            return {"id": subject.id, "name": subject.name}
        raise TypeError(f"No webhook tells about {type(subject).__name__}.")


def _call(delivery: Delivery, attempt: dict[str, Any]) -> WebhookCall:
    event = Event(delivery.payload["event"])
    return WebhookCall(
        created_at_utc=datetime.fromisoformat(attempt["at"]),
        error_message=attempt["problem"],
        webhook_command_type=event.command_type,
        http_status_code=attempt["status"],
        webhook_url=delivery.endpoint.url,
        webhook_event=event.value,
    )


def _plain(answer: Any) -> dict[str, Any]:
    return dict(answer.model_dump(mode="json", by_alias=True))


def _is_local(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and parts.hostname in LOCAL_HOSTS and parts.port != 0
    except ValueError:
        return False
