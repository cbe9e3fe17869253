"""The sign-in of a user, and what was seen of the account with it: shared by clients and threads of a process."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_KEPT_SECRETS = 16
_MOST_STORES = 256
_FRESH_SECONDS = 300.0
_STORES: OrderedDict[str, TokenStore] = OrderedDict()
_STORES_LOCK = threading.Lock()


@dataclass(frozen=True)
class Token:
    """Answer of ``POST /oauth2/``.

    :param access_token: Goes with every request as ``X-Authorization: OAUTH2 <token>``.
    :param refresh_token: Buys the next token without a password; ``None`` when the vendor sent none.
    :param lifetime: Seconds that the token is good for; ``None`` when the vendor does not say.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    lifetime: float | None = None


class TokenStore:
    """The token of one sign-in, and what was seen with it.

    :param shared: Whether clients use it that know nothing of each other.
    """

    def __init__(self, *, shared: bool = False) -> None:
        self.shared = shared
        self.lock = threading.Lock()
        self.token: Token | None = None
        self.renew_at = float("inf")
        # old ones too: a vendor may quote in an error what it was sent a while ago
        self._issued: deque[str] = deque(maxlen=_KEPT_SECRETS)
        self._seen: dict[str, tuple[float, Any]] = {}
        self.has_news = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def keep(self, token: Token, renew_at: float) -> Token:
        """Replace the token.

        :param token: The new one.
        :param renew_at: Moment at which it has to be renewed, on the clock of who asks.
        """
        self.token, self.renew_at = token, renew_at
        self._issued.extend(secret for secret in (token.access_token, token.refresh_token) if secret)
        return token

    def secrets(self) -> list[str]:
        """Return the tokens that must not be seen."""
        return list(self._issued)

    @property
    def seen(self) -> Mapping[str, tuple[float, Any]]:
        """All that is remembered: name to moment and plain JSON."""
        return dict(self._seen)

    def recall(self, name: str, seconds: float) -> Any:
        """Return what was seen lately, ``None`` when that is nothing.

        :param name: Of what.
        :param seconds: How old it may be.
        """
        at, value = self._seen.get(name, (0.0, None))
        return value if time.time() - at < seconds else None

    def remember(self, name: str, value: Any) -> None:
        """Keep in mind what was seen of the account.

        :param name: Of what.
        :param value: Plain JSON; ``None`` to forget it.
        """
        at, known = self._seen.get(name, (0.0, None))
        if known != value or time.time() - at > _FRESH_SECONDS:
            self._seen[name] = (time.time(), value)
            self.has_news = True

    def learn(self, told: object) -> None:
        """Take over what others have seen, where it is newer.

        :param told: As :attr:`seen` gives it.
        """
        for name, entry in told.items() if isinstance(told, Mapping) else ():
            at, value = entry if isinstance(entry, (list, tuple)) and len(entry) == 2 else (0.0, None)
            if isinstance(at, (int, float)) and at > self._seen.get(name, (0.0, None))[0]:
                self._seen[name] = (at, value)


def tokens_of(content: object) -> TokenStore:
    """Return the store that all clients of this process share whose connections have the same content.

    :param content: All that is needed to sign in; a digest of it is kept.
    """
    key = hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest()
    with _STORES_LOCK:
        store = _STORES.setdefault(key, TokenStore(shared=True))
        _STORES.move_to_end(key)
        while len(_STORES) > _MOST_STORES:
            _STORES.popitem(last=False)
        return store


def forget_sessions() -> None:
    """Forget all sign-ins of this process."""
    with _STORES_LOCK:
        _STORES.clear()
