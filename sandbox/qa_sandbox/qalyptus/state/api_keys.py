"""API keys of the user: each opens the API until it expires or is deleted."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from pydantic import BaseModel

from qa_sandbox.auth import same_secret
from qa_sandbox.qalyptus.envelope import Refused
from qa_sandbox.qalyptus.records import parse_wire_date, wire_date
from qa_sandbox.qalyptus.state.collection import Collection, Row

MAX_KEYS = 1000
MAX_DAYS = 365


class ApiKeys(Collection):
    """API keys. The one of the sandbox's settings is not among them, so nothing locks a test out."""

    kind = "api-key"
    noun = "API key"
    hidden = ("digest",)

    def create(self, body: BaseModel) -> Row:
        """Make a key; only this answer shows its secret."""
        fields = self._fields(body)
        left = parse_wire_date(fields["expiryDate"]) - self.store.now
        if not timedelta() < left <= timedelta(days=MAX_DAYS):
            raise Refused(400, "Invalid expiry date", f"An API key expires within {MAX_DAYS} days from now.")
        if len(self) >= MAX_KEYS:
            raise Refused(409, "Too many API keys", f"A user has at most {MAX_KEYS} API keys.")
        row = self.make(fields)
        return {**self.view(row), "key": self._secret(row)}

    def make(self, fields: Row) -> Row:
        """Keep a new key without its secret."""
        row = self.add(**fields, createdDate=wire_date(self.store.now))
        row["digest"] = _digest(self._secret(row))
        return row

    def accepts(self, secret: str) -> bool:
        """Say whether a secret opens the API now."""
        now, digest = self.store.now, _digest(secret)
        return any(same_secret(digest, row["digest"]) and now < parse_wire_date(row["expiryDate"]) for row in self)

    def view(self, row: Row) -> Row:
        organization = self.store.organizations.get(row["organizationID"])
        return {**super().view(row), "organization": organization["displayName"]}

    def _secret(self, row: Row) -> str:
        context = self.store.context
        return "qly_" + hmac.new(context.api_key.encode(), row["id"].encode(), hashlib.sha256).hexdigest()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
