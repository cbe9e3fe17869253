"""Webhooks of CONQA: whether they are called, and that they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QANotSupportedError, QAUncertainError
from airflow_qa_provider.kinds.change import Change, Shown
from airflow_qa_provider.kinds.conditions import Condition, Target
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.polling import Statuses
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors.conqa.client import ConqaClient, WebhookStatus, WebhookType
from airflow_qa_provider.vendors.conqa.client.webhooks import Webhooks
from airflow_qa_provider.vendors.conqa.lists import SEPARATOR, Row, Rows, poll_in_lists, scope_id


def poll_webhooks(client: ConqaClient, ids: Collection[str], since: float) -> Statuses:
    """Ask where webhooks stand. CONQA disables one whose calls failed ten times in a row.

    :param ids: ``project/<project id>/<webhook id>`` or ``account/<account id>/<webhook id>``.
    """

    def listed(scope: str) -> Rows:
        owner, _, owner_id = scope.partition(SEPARATOR)
        return {str(row.get("id")): row for row in _webhooks_of(client, owner).list(owner_id)}

    return poll_in_lists(ids, 2, listed, _snapshot)


def _snapshot(object_id: str, row: Row) -> Snapshot:
    status = str(row.get("status") or "").lower()
    return Snapshot(object_id, Phase.ACTIVE, status, {"status": status, "type": row.get("type")})


def _target(given: Given) -> Target:
    if given.has("project_id") == given.has("account_id"):
        raise given.refused("give either project_id or account_id, whichever the webhook belongs to")
    owner = "project" if given.has("project_id") else "account"
    object_id = SEPARATOR.join([owner, scope_id(given, f"{owner}_id"), given.id("webhook_id")])
    return Target(object_id, Condition(reached={"status": [given.member("status", WebhookStatus).value.lower()]}))


@dataclass(frozen=True, kw_only=True)
class UpsertWebhook(Change):
    """A webhook that is to be called (sources: "Register Project Webhook", "Update Project Webhook", and of accounts).

    CONQA shows of an address no more than its host, so that, and the type, is what a webhook is known by.

    :param owner: ``project`` or ``account``.
    :param owner_id: Its id.
    :param webhook_type: ``MILESTONE`` or ``REPORT``.
    :param name: Name of one that is registered; one that is there keeps its own.
    :param callback_url: What CONQA calls; a secret.
    """

    id_field = "owner_id"
    facts: ClassVar[Mapping[str, str]] = {"webhook_id": "id of the webhook"}

    owner: str
    owner_id: str
    webhook_type: str
    name: str
    callback_url: str = field(repr=False)

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        owner = "account" if given.has("account_id") else "project"
        return cls(
            owner=owner,
            owner_id=scope_id(given, f"{owner}_id"),
            webhook_type=given.member("webhook_type", WebhookType).value,
            name=given.text("name"),
            callback_url=str(given.raw("callback_url")),
        )

    @property
    @override
    def object_id(self) -> str:
        return f"for {self.webhook_type.lower()}s of {self.owner} {self.owner_id}"

    @override
    def wanted(self, client: ConqaClient) -> Shown:
        return {"status": WebhookStatus.ACTIVE.value}

    @override
    def current(self, client: ConqaClient) -> Shown | None:
        found = list(self._found(client))
        if len(found) > 1:
            listed = "; ".join(f"{row.get('id')} ({row.get('status')})" for row in found)
            several = f"{len(found)} webhooks {self.object_id} go to {self._host}"
            raise QAUncertainError(
                f"{several}, and it cannot be told which is ours: {listed}",
                vendor="conqa",
                outcome="Nothing was sent",
                hint=f"Delete those that are not needed, with {self.owner}_webhooks.delete, and clear the task",
            )
        return {"id": found[0].get("id"), "status": found[0].get("status")} if found else None

    @override
    def send(self, client: ConqaClient, wanted: Shown, current: Shown | None) -> None:
        webhooks = _webhooks_of(client, self.owner)
        if current is None:
            webhooks.register(self.owner_id, self.webhook_type, name=self.name, callback_url=self.callback_url)
        else:
            webhooks.update(self.owner_id, self.webhook_type, current["id"], status=WebhookStatus.ACTIVE)

    @override
    def details(self, client: ConqaClient) -> Shown:
        return {"webhook_id": next((row.get("id") for row in self._found(client)), None)}

    @property
    def _host(self) -> str:
        return urlsplit(self.callback_url).netloc.lower()

    def _found(self, client: ConqaClient) -> Iterator[Row]:
        for row in _webhooks_of(client, self.owner).list(self.owner_id):
            if str(row.get("type")).upper() != self.webhook_type:
                continue
            host, mark, _ = str(row.get("maskedCallbackUrl") or "").rpartition("://")[2].partition("/")
            if not host or not mark or "*" in host:
                unknown = f"CONQA does not show where webhook {row.get('id')} goes"
                raise QANotSupportedError(
                    f"{unknown}, so that it cannot be told whether it is ours",
                    vendor="conqa",
                    outcome="Nothing was sent",
                    hint="Register the webhook by hand, once",
                )
            if host.lower() == self._host:
                yield row


def _webhooks_of(client: ConqaClient, owner: str) -> Webhooks:
    return client.account_webhooks if owner == "account" else client.project_webhooks


WEBHOOK = Kind(
    name="conqa.webhook",
    noun="webhook",
    poll=poll_webhooks,
    condition=_target,
    changes={"upsert": UpsertWebhook},
    facts={"type": "type of the webhook"},
    id_of=lambda object_id: object_id.rpartition(SEPARATOR)[2],
)
