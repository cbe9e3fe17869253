"""API keys of Qalyptus Cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import Unpack

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.rest.parameters import Moment
from airflow_qa_provider.rest.redaction import MASK
from airflow_qa_provider.vendors.qalyptus.client.dialect import Dialect
from airflow_qa_provider.vendors.qalyptus.client.mixins import BulkDelete, Collection, Renamable
from airflow_qa_provider.vendors.qalyptus.client.resource import Record
from airflow_qa_provider.vendors.qalyptus.client.rules import NamedInOrganization, check


class NewApiKey:
    """A key that was just made; the vendor shows its secret this once.

    Not a dataclass, so that Airflow does not serialize the secret into an XCom.

    :param secret: The key itself. Never shown in ``repr``.
    :param record: What else the vendor answered, without the secret.
    """

    __slots__ = ("record", "secret")

    def __init__(self, secret: str, record: Record) -> None:
        self.secret = secret
        self.record = record

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NewApiKey) and (self.secret, self.record) == (other.secret, other.record)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<NewApiKey {self.id or 'without an id'} secret={MASK}>"

    @property
    def id(self) -> str | None:
        """UUID of the key; ``None`` when the vendor answered none."""
        found = self.record.get("id")
        return None if found is None else str(found)


class ApiKeyFields(NamedInOrganization):
    """What a key has: name, description, the organization that it is bound to, and this.

    :param expiry_date: When it stops working, an aware ``datetime`` or ISO 8601 with a zone; sent in UTC. At most 365
        days ahead, or what the tenant allows (source: help pages).
    """

    expiry_date: Moment


class ApiKeys(Collection, Renamable, BulkDelete, name="api_keys"):
    """The API keys of the user whose key the connection holds.

    Keys are off until an administrator of the tenant allows them (source: help pages, "API keys").
    """

    def create(self, **key: Unpack[ApiKeyFields]) -> NewApiKey:
        """Create an API key and return it with its secret (source: "Create API key").

        :param key: Fields of :class:`ApiKeyFields`.
        :return: The key; its secret cannot be read again.
        :raises QAResponseError: The key was created, but the answer holds no secret under a known name.
        """
        answer = self._client.call("api_keys.create", body=check.wire(ApiKeyFields, key))
        return _new_key(answer, self._client.dialect)


def _new_key(answer: Any, dialect: Dialect) -> NewApiKey:
    if isinstance(answer, str) and answer.strip():
        return NewApiKey(answer.strip(), {})
    record = dict(answer) if isinstance(answer, Mapping) else {}
    name = next((name for name in dialect.secret_fields if isinstance(record.get(name), str) and record[name]), None)
    if name is None:
        raise QAResponseError(
            f"no secret in the answer; looked for {list(dialect.secret_fields)}, got {sorted(record)}",
            vendor="qalyptus",
            operation="api_keys.create",
            outcome="The key was created, and its secret is lost: the vendor does not show it again",
            hint="Delete the key. Set the name of the field in the connection's extra before the next try: "
            '{"qalyptus": {"secret_fields": ["..."]}}',
        )
    secret = record.pop(name)
    found = dialect.find_id(record)
    return NewApiKey(secret, record if found is None else {**record, "id": found})
