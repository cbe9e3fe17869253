"""The webhook log on the wire."""

from __future__ import annotations

from qa_sandbox.monitorqa.wire.base import Answer, Meta, SentDate


class WebhookCall(Answer):
    """One call of a webhook. ``webhookCommandType`` 0 Audit, 1 Corrective Action, 2 Audit Template."""

    created_at_utc: SentDate
    error_message: str | None
    webhook_command_type: int
    http_status_code: int | None
    webhook_url: str
    webhook_event: str


class WebhookLog(Answer):
    """A page of the webhook log."""

    data: list[WebhookCall]
    meta: Meta
