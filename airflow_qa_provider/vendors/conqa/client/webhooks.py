"""Webhooks of CONQA, for one project or for all projects of an account."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Id
from airflow_qa_provider.rest.shapes import record_in
from airflow_qa_provider.vendors.conqa.client.answers import member
from airflow_qa_provider.vendors.conqa.client.resource import ConqaResource
from airflow_qa_provider.vendors.conqa.client.rules import callback_url as absolute_url
from airflow_qa_provider.vendors.conqa.client.rules import check

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.conqa.client.client import ConqaClient


class WebhookType(str, Enum):
    """What a webhook tells about (source: "Webhook Types"). Paths carry it in lower case, objects in upper case."""

    MILESTONE = "MILESTONE"
    REPORT = "REPORT"


class WebhookStatus(str, Enum):
    """Whether a webhook is called (source: "Webhook Status")."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class Webhooks(ConqaResource):
    """Webhooks for the events of one project, or of all projects of an account: their owner.

    A webhook has ``id``, ``name``, ``projectId`` or ``accountId``, ``userId``, ``maskedCallbackUrl``, ``type``,
    ``status``, ``createdAt`` and ``updatedAt``. CONQA waits 30 s for its receiver, and after 10 failures in a row sets
    it to ``INACTIVE`` and mails its owner.

    :param client: The client.
    :param group: Name of the group of operations.
    :param owner: Name of the owner in its paths.
    """

    def __init__(self, client: ConqaClient, group: str, owner: str) -> None:
        super().__init__(client)
        self._group = group
        self._owner = owner

    def list(self, owner_id: Id, *, page_size: int | str | None = None, limit: int | str | None = None) -> Paged:
        """Return the webhooks of an owner (sources: "List Webhooks for Project", "List Webhooks for Account").

        :param owner_id: Id of the project, or of the account.
        :param page_size: Rows per request; the vendor's default is 300.
        :param limit: Most rows in all.
        :return: Webhooks; the callback URL is masked, and ``name`` may be missing.
        """
        return self._after_cursor(f"{self._group}.list", {self._owner: owner_id}, page_size, limit)

    def register(
        self, owner_id: Id, webhook_type: WebhookType | str, *, name: str, callback_url: str
    ) -> dict[str, Any]:
        """Register a webhook (sources: "Register Project Webhook", "Register Account Webhook").

        The answer has a new id. Whether an earlier webhook of the same type is replaced is not documented, so look at
        :meth:`list` before a repeat.

        :param owner_id: Id of the project, or of the account for all its projects.
        :param webhook_type: ``MILESTONE`` or ``REPORT``, in any case.
        :param name: Descriptive name.
        :param callback_url: URL that CONQA will call.
        :return: The webhook.
        """
        operation = f"{self._group}.register"
        body = {"name": check.text(name, "name"), "callbackUrl": absolute_url(callback_url)}
        answer = self._client.call(operation, self._path(owner_id, webhook_type), body=body)
        outcome = "The webhook was registered"
        found = member(answer, "webhook", operation=operation, outcome=outcome)
        return record_in(found, "conqa", operation, outcome)

    def update(
        self,
        owner_id: Id,
        webhook_type: WebhookType | str,
        webhook_id: Id,
        *,
        name: str | None = None,
        status: WebhookStatus | str | None = None,
    ) -> dict[str, Any]:
        """Rename a webhook, or switch it on or off (sources: "Update Project Webhook", "Update Account Webhook").

        :param owner_id: Id of the project, or of the account.
        :param webhook_type: ``MILESTONE`` or ``REPORT``, in any case.
        :param webhook_id: Id of the webhook, ``wh:...``.
        :param name: New name.
        :param status: ``ACTIVE`` (also after CONQA has switched it off) or ``INACTIVE``.
        :return: ``{"message", "webhookId", "name", "status"}``.
        :raises QAValidationError: Neither a name nor a status, or an unknown type or status.
        """
        body = {}
        if is_given(name):
            body["name"] = check.text(name, "name")
        if status is not None and is_given(status):
            body["status"] = check.member(WebhookStatus, status, "status").value
        if not body:
            raise check.refused(
                "name and status are both unset: at least one of them must be given", 'Give status="ACTIVE", say'
            )
        operation = f"{self._group}.update"
        answer = self._client.call(operation, self._path(owner_id, webhook_type, webhook_id), body=body)
        return record_in(answer, "conqa", operation, "The webhook was changed")

    def delete(self, owner_id: Id, webhook_type: WebhookType | str, webhook_id: Id) -> dict[str, Any]:
        """Delete a webhook (sources: "Delete Project Webhook", "Delete Account Webhook").

        :param owner_id: Id of the project, or of the account.
        :param webhook_type: ``MILESTONE`` or ``REPORT``, in any case.
        :param webhook_id: Id of the webhook, ``wh:...``.
        :return: ``{"message", "webhookId"}``.
        """
        operation = f"{self._group}.delete"
        answer = self._client.call(operation, self._path(owner_id, webhook_type, webhook_id))
        return record_in(answer, "conqa", operation, "The webhook was deleted")

    def _path(self, owner_id: Id, webhook_type: WebhookType | str, webhook_id: Id | None = None) -> dict[str, Any]:
        kind = check.member(WebhookType, webhook_type, "webhook_type").value.lower()
        return {self._owner: owner_id, "type": kind, "webhookId": webhook_id}
