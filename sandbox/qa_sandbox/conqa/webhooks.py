"""Registered webhooks, of one project or of a whole account."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qa_sandbox.callbacks import Delivery, DeliveryPolicy, Endpoint
from qa_sandbox.clock import iso_milliseconds
from qa_sandbox.conqa.models import RegisterWebhook, UpdateWebhook, WebhookPage, WebhookRow
from qa_sandbox.conqa.projects import Person, Project
from qa_sandbox.context import SandboxContext
from qa_sandbox.web import Refused

TIMEOUT_SECONDS = 30.0
DISABLE_AFTER = 10
_SCOPES = {"projectId": "project", "accountId": "account"}


@dataclass
class Webhook:
    """
    A registered webhook.

    :param scope: ``projectId`` or ``accountId``
    :param scope_id: id of that project or account
    :param type: ``MILESTONE`` or ``REPORT``
    """

    name: str
    scope: str
    scope_id: str
    owner: Person
    type: str
    endpoint: Endpoint
    created_at: datetime
    updated_at: datetime

    @property
    def id(self) -> str:
        return self.endpoint.id

    @property
    def status(self) -> str:
        return "ACTIVE" if self.endpoint.active else "INACTIVE"

    def wire(self, with_name: bool = True) -> WebhookRow:
        """Describe the webhook on the wire, without the members that do not apply."""
        changed = max(self.updated_at, self.endpoint.disabled_at or self.updated_at)
        members: dict[str, Any] = {"name": self.name} if with_name else {}
        members[self.scope] = self.scope_id
        return WebhookRow(
            id=self.id,
            userId=self.owner.id,
            maskedCallbackUrl=self.endpoint.masked_url,
            type=self.type,
            status=self.status,
            createdAt=iso_milliseconds(self.created_at),
            updatedAt=iso_milliseconds(changed),
            **members,
        )


class Webhooks:
    def __init__(self, context: SandboxContext, owner: Person) -> None:
        self._context = context
        self._owner = owner
        self._registered: dict[str, Webhook] = {}
        self._made = 0
        limit = context.settings.callback_timeout_seconds
        self._policy = DeliveryPolicy(limit or TIMEOUT_SECONDS, disable_after=DISABLE_AFTER)

    def __iter__(self) -> Iterator[Webhook]:
        return iter(list(self._registered.values()))

    def register(self, scope: str, scope_id: str, kind: str, wanted: RegisterWebhook) -> Webhook:
        if self._context.settings.conqa.register_replaces:
            for old in [hook for hook in self._of(scope, scope_id) if hook.type == kind.upper()]:
                del self._registered[old.id]
        self._made += 1
        now = self._context.clock.now()
        endpoint = Endpoint("wh:" + self._context.make_id("webhook", self._made), wanted.callbackUrl)
        webhook = Webhook(wanted.name, scope, scope_id, self._owner, kind.upper(), endpoint, now, now)
        self._registered[webhook.id] = webhook
        return webhook

    def update(self, scope: str, scope_id: str, kind: str, webhook_id: str, wanted: UpdateWebhook) -> Webhook:
        """Change a webhook; ``ACTIVE`` also starts the count of failures anew."""
        webhook = self._find(scope, scope_id, kind, webhook_id)
        if wanted.name is not None:
            webhook.name = wanted.name
        if wanted.status is not None:
            webhook.endpoint.active = wanted.status == "ACTIVE"
            webhook.endpoint.failures = 0
        webhook.updated_at = self._context.clock.now()
        return webhook

    def delete(self, scope: str, scope_id: str, kind: str, webhook_id: str) -> None:
        """Remove a webhook; what is on its way to it is dropped."""
        webhook = self._find(scope, scope_id, kind, webhook_id)
        webhook.endpoint.active = False
        del self._registered[webhook.id]

    def page(self, scope: str, scope_id: str, limit: int, cursor: str | None) -> WebhookPage:
        """
        Cut one page, after a cursor if there is one. As key-value stores do, a full page carries a key even at the
        end.
        """
        after = _last_id(scope, scope_id, cursor) if cursor else ""
        rows = sorted((hook for hook in self._of(scope, scope_id) if hook.id > after), key=lambda hook: hook.id)
        rows = rows[:limit]
        shown = [hook.wire(with_name=scope == "accountId") for hook in rows]
        if len(rows) < limit:
            return WebhookPage(count=len(rows), webhooks=shown)
        key = _cursor(scope, scope_id, rows[-1].id)
        return WebhookPage(count=len(rows), lastEvaluatedKey=key, webhooks=shown)

    def notify(self, project: Project, kind: str, payload: dict[str, Any]) -> list[Delivery]:
        places = {("projectId", project.id), ("accountId", project.account_id)}
        return [
            self._context.callbacks.send(hook.endpoint, payload, self._policy)
            for hook in self
            if hook.type == kind and hook.endpoint.active and (hook.scope, hook.scope_id) in places
        ]

    def _of(self, scope: str, scope_id: str) -> list[Webhook]:
        return [hook for hook in self if (hook.scope, hook.scope_id) == (scope, scope_id)]

    def _find(self, scope: str, scope_id: str, kind: str, webhook_id: str) -> Webhook:
        webhook = self._registered.get(webhook_id)
        if webhook is None or (webhook.scope, webhook.scope_id, webhook.type) != (scope, scope_id, kind.upper()):
            raise Refused(404, f"No such {kind} webhook in this {_SCOPES[scope]}")
        return webhook


def _cursor(scope: str, scope_id: str, webhook_id: str) -> str:
    key = json.dumps({"id": webhook_id, scope: scope_id}, separators=(",", ":"))
    return base64.b64encode(key.encode()).decode()


def _last_id(scope: str, scope_id: str, cursor: str) -> str:
    try:
        key = json.loads(base64.b64decode(cursor, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        key = None
    if not isinstance(key, dict) or key.get(scope) != scope_id or not isinstance(key.get("id"), str):
        raise Refused(400, "lastEvaluatedKey is not valid", {"lastEvaluatedKey": "use the value of the last answer"})
    return str(key["id"])
