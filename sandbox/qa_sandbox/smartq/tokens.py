"""Authorization and refresh tokens, which expire by the sandbox clock."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qa_sandbox.clock import Clock, later
from qa_sandbox.settings import SmartQWire


@dataclass(frozen=True)
class _Grant:
    user_id: int
    expires_at: datetime


class TokenBook:
    def __init__(self, wire: SmartQWire, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock
        self._access: dict[str, _Grant] = {}
        self._refresh: dict[str, _Grant] = {}

    def issue(self, user_id: int) -> dict[str, Any]:
        wire, now = self._wire, self._clock.now()
        self._access = _alive(self._access, now)
        self._refresh = _alive(self._refresh, now)
        access, refresh = secrets.token_hex(20), secrets.token_hex(20)
        self._access[access] = _Grant(user_id, later(now, wire.token_seconds))
        self._refresh[refresh] = _Grant(user_id, later(now, wire.refresh_token_seconds))
        members = {"access_token": access, "refresh_token": refresh, "expires_in": int(wire.token_seconds)}
        return {wire.token_fields.get(name, name): value for name, value in members.items()}

    def user_of(self, token: str) -> int | None:
        return _holder(self._access, token, self._clock.now())

    def redeem(self, token: str) -> int | None:
        """Find the user of a refresh token, which is used up if the settings say so."""
        user_id = _holder(self._refresh, token, self._clock.now())
        if self._wire.rotate_refresh_tokens:
            self._refresh.pop(token, None)
        return user_id

    def revoke(self, user_id: int) -> None:
        """Take all tokens of a user back."""
        for book in (self._access, self._refresh):
            for token in [token for token, grant in book.items() if grant.user_id == user_id]:
                del book[token]


def _alive(book: dict[str, _Grant], now: datetime) -> dict[str, _Grant]:
    return {token: grant for token, grant in book.items() if now < grant.expires_at}


def _holder(book: dict[str, _Grant], token: str, now: datetime) -> int | None:
    grant = book.get(token)
    return grant.user_id if grant is not None and now < grant.expires_at else None
