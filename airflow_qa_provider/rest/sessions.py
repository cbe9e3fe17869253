"""Signing in once for several tasks: a session that is kept where only who has the connection's secrets can read it."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

PREFIX = "airflow_qa_provider.session_token."
"""In front of the names under which sessions are kept; Airflow hides the values of names with "token" in them."""

_PURPOSE = b"airflow_qa_provider.session_token 1"


class SessionStore(Protocol):
    """Texts that all tasks see which use the same connections."""

    def get(self, key: str) -> str | None:
        """Return a text, ``None`` when there is none."""

    def set(self, key: str, value: str) -> None:
        """Store a text."""

    def hide(self, secret: str) -> None:
        """Keep a value out of the logs of this process."""


class KeptSession:
    """What a sign-in has brought, for the tasks that come after: encrypted with a key made of the connection's secrets.

    So it is of no use to anybody who could not sign in, and belongs to the content of the connection: with another
    password or key it cannot be read, and the next sign-in replaces it. What cannot be kept or read is logged, and each
    client signs in for itself then.

    :param store: Where.
    :param account: What tells the account and the user, such as base URL and login; a digest of it is the name.
    :param secrets: All that is needed to sign in.
    """

    def __init__(self, store: SessionStore, account: Sequence[str], secrets: Sequence[str]) -> None:
        self._store = store
        self._name = PREFIX + hashlib.sha256(json.dumps(list(account)).encode()).hexdigest()[:32]
        self._secrets = json.dumps([*account, *secrets]).encode()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}>"

    def read(self) -> Mapping[str, Any]:
        """Return what is kept; nothing where there is nothing, or nothing that these secrets open."""
        return self._guarded(self._read, {})

    def keep(self, content: Mapping[str, Any]) -> None:
        """Replace what is kept.

        :param content: Plain JSON.
        """
        sealed = self._guarded(lambda: self._cipher().encrypt(json.dumps(content).encode()).decode(), "")
        if sealed:
            self._guarded(lambda: self._store.set(self._name, sealed), None)

    def hide(self, secret: str) -> None:
        """Keep a value out of the logs of this process."""
        self._guarded(lambda: self._store.hide(secret), None)

    def _read(self) -> Mapping[str, Any]:
        from cryptography.fernet import InvalidToken

        sealed = self._store.get(self._name)
        try:
            content = json.loads(self._cipher().decrypt(sealed.encode())) if sealed else {}
        except (InvalidToken, ValueError):  # of another password or key, or somebody's own text under that name
            return {}
        return content if isinstance(content, Mapping) else {}

    def _cipher(self) -> Any:
        import base64
        import hmac

        from cryptography.fernet import Fernet

        return Fernet(base64.urlsafe_b64encode(hmac.digest(_PURPOSE, self._secrets, "sha256")))

    def _guarded(self, ask: Callable[[], T], otherwise: T) -> T:
        try:
            return ask()
        # a deployment's own secrets backend may raise anything, and what it says may quote what it was given
        except Exception as error:
            log.info("%s cannot be used (%s): this task signs in for itself", self._name, type(error).__name__)
            return otherwise
