"""Webhooks of CONQA, for one project or for all projects of an account."""

from __future__ import annotations

from enum import Enum
from typing import Any, ClassVar

from airflow_qa_provider.rest.client import Resource, given
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.vendors.conqa.client import rules
from airflow_qa_provider.vendors.conqa.client.answers import member
from airflow_qa_provider.vendors.conqa.client.paging import cursor_pages


class WebhookType(str, Enum):
    """What a webhook tells about (source: "Webhook Types"). Paths carry it in lower case, objects in upper case."""

    MILESTONE = "MILESTONE"
    REPORT = "REPORT"


class WebhookStatus(str, Enum):
    """Whether a webhook is called (source: "Webhook Status")."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class _Webhooks(Resource):
    """What the webhooks of projects and of accounts share.

    A webhook has ``id``, ``name``, ``projectId`` or ``accountId``, ``userId``, ``maskedCallbackUrl``, ``type``,
    ``status``, ``createdAt`` and ``updatedAt``. CONQA waits 30 s for its receiver, and after 10 failures in a row sets
    it to ``INACTIVE`` and mails its owner.
    """

    _group: ClassVar[str]
    _owner: ClassVar[str]

    def _list(self, owner_id: str, page_size: int | None, limit: int | None) -> Paged:
        return cursor_pages(self._client, f"{self._group}.list", {self._owner: owner_id}, page_size, limit)

    def _register(self, owner_id: str, webhook_type: WebhookType | str, name: str, callback_url: str) -> dict[str, Any]:
        operation = f"{self._group}.register"
        body = {"name": rules.required(name, "name"), "callbackUrl": rules.callback_url(callback_url)}
        answer = self._client.call(operation, {self._owner: owner_id, "type": _in_path(webhook_type)}, body=body)
        return dict(member(answer, "webhook", operation=operation, outcome="The webhook was registered"))

    def _update(
        self,
        owner_id: str,
        webhook_type: WebhookType | str,
        webhook_id: str,
        name: str | None,
        status: WebhookStatus | str | None,
    ) -> dict[str, Any]:
        if name is None and status is None:
            raise rules.refused("name and status are both unset: at least one of them must be given")
        body = given(
            name=None if name is None else rules.required(name, "name"),
            status=None if status is None else rules.one_of(status, WebhookStatus, "status").value,
        )
        return dict(
            self._client.call(f"{self._group}.update", self._path(owner_id, webhook_type, webhook_id), body=body)
        )

    def _delete(self, owner_id: str, webhook_type: WebhookType | str, webhook_id: str) -> dict[str, Any]:
        return dict(self._client.call(f"{self._group}.delete", self._path(owner_id, webhook_type, webhook_id)))

    def _path(self, owner_id: str, webhook_type: WebhookType | str, webhook_id: str) -> dict[str, str]:
        return {self._owner: owner_id, "type": _in_path(webhook_type), "webhookId": webhook_id}


class ProjectWebhooks(_Webhooks):
    """Webhooks for the events of one project."""

    _group = "project_webhooks"
    _owner = "projectId"

    def list(self, project_id: str, *, page_size: int | None = None, limit: int | None = None) -> Paged:
        """Return the webhooks of a project (source: "List Webhooks for Project").

        :param project_id: Id of the project.
        :param page_size: Rows per request; the vendor's default is 300.
        :param limit: Most rows in all.
        :return: Webhooks; the callback URL is masked and ``name`` may be missing.
        :raises QAValidationError: The page size is not a whole number from 1.
        """
        return self._list(project_id, page_size, limit)

    def register(
        self, project_id: str, webhook_type: WebhookType | str, *, name: str, callback_url: str
    ) -> dict[str, Any]:
        """Register a webhook for a project (source: "Register Project Webhook").

        The answer has a new id. Whether an earlier webhook of the same type is replaced is not documented, so look at
        :meth:`list` before a repeat.

        :param project_id: Id of the project.
        :param webhook_type: ``MILESTONE`` or ``REPORT``, in any case.
        :param name: Descriptive name.
        :param callback_url: URL that CONQA will call.
        :return: The webhook.
        :raises QAValidationError: An unknown type, no name, or not a URL.
        """
        return self._register(project_id, webhook_type, name, callback_url)

    def update(
        self,
        project_id: str,
        webhook_type: WebhookType | str,
        webhook_id: str,
        *,
        name: str | None = None,
        status: WebhookStatus | str | None = None,
    ) -> dict[str, Any]:
        """Rename a webhook of a project, or switch it on or off (source: "Update Project Webhook").

        :param project_id: Id of the project.
        :param webhook_type: ``MILESTONE`` or ``REPORT``, in any case.
        :param webhook_id: Id of the webhook, ``wh:...``.
        :param name: New name.
        :param status: ``ACTIVE`` (also after CONQA has switched it off) or ``INACTIVE``.
        :return: ``{"message", "webhookId", "name", "status"}``.
        :raises QAValidationError: Neither a name nor a status, or an unknown type or status.
        :raises QANotFoundError: There is no such webhook.
        """
        return self._update(project_id, webhook_type, webhook_id, name, status)

    def delete(self, project_id: str, webhook_type: WebhookType | str, webhook_id: str) -> dict[str, Any]:
        """Delete a webhook of a project (source: "Delete Project Webhook").

        :param project_id: Id of the project.
        :param webhook_type: ``MILESTONE`` or ``REPORT``, in any case.
        :param webhook_id: Id of the webhook, ``wh:...``.
        :return: ``{"message", "webhookId"}``.
        :raises QANotFoundError: There is no such webhook.
        """
        return self._delete(project_id, webhook_type, webhook_id)


class AccountWebhooks(_Webhooks):
    """Webhooks for the events of all projects of an account."""

    _group = "account_webhooks"
    _owner = "accountId"

    def list(self, account_id: str, *, page_size: int | None = None, limit: int | None = None) -> Paged:
        """Return the webhooks of an account (source: "List Webhooks for Account").

        :param account_id: Id of the account.
        :param page_size: Rows per request; the vendor's default is 300.
        :param limit: Most rows in all.
        :return: Webhooks; the callback URL is masked.
        :raises QAValidationError: The page size is not a whole number from 1.
        """
        return self._list(account_id, page_size, limit)

    def register(
        self, account_id: str, webhook_type: WebhookType | str, *, name: str, callback_url: str
    ) -> dict[str, Any]:
        """Register a webhook for all projects of an account (source: "Register Account Webhook").

        The answer has a new id. Whether an earlier webhook of the same type is replaced is not documented, so look at
        :meth:`list` before a repeat.

        :param account_id: Id of the account.
        :param webhook_type: ``MILESTONE`` or ``REPORT``, in any case.
        :param name: Descriptive name.
        :param callback_url: URL that CONQA will call.
        :return: The webhook.
        :raises QAValidationError: An unknown type, no name, or not a URL.
        """
        return self._register(account_id, webhook_type, name, callback_url)

    def update(
        self,
        account_id: str,
        webhook_type: WebhookType | str,
        webhook_id: str,
        *,
        name: str | None = None,
        status: WebhookStatus | str | None = None,
    ) -> dict[str, Any]:
        """Rename a webhook of an account, or switch it on or off (source: "Update Account Webhook").

        :param account_id: Id of the account.
        :param webhook_type: ``MILESTONE`` or ``REPORT``, in any case.
        :param webhook_id: Id of the webhook, ``wh:...``.
        :param name: New name.
        :param status: ``ACTIVE`` (also after CONQA has switched it off) or ``INACTIVE``.
        :return: ``{"message", "webhookId", "name", "status"}``.
        :raises QAValidationError: Neither a name nor a status, or an unknown type or status.
        :raises QANotFoundError: There is no such webhook.
        """
        return self._update(account_id, webhook_type, webhook_id, name, status)

    def delete(self, account_id: str, webhook_type: WebhookType | str, webhook_id: str) -> dict[str, Any]:
        """Delete a webhook of an account (source: "Delete Account Webhook").

        :param account_id: Id of the account.
        :param webhook_type: ``MILESTONE`` or ``REPORT``, in any case.
        :param webhook_id: Id of the webhook, ``wh:...``.
        :return: ``{"message", "webhookId"}``.
        :raises QANotFoundError: There is no such webhook.
        """
        return self._delete(account_id, webhook_type, webhook_id)


def _in_path(webhook_type: WebhookType | str) -> str:
    return rules.one_of(webhook_type, WebhookType, "webhook_type").value.lower()
