"""Keeping secrets out of messages and logs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = "***"
_MIN_LENGTH = 4
_NAMED = re.compile(
    # any name that ends like a secret: x-api-key, refresh_token, clientSecret, fileOpenPassword
    r"(?i)([\"']?\b(?:[\w-]{0,40}(?:api[_-]?key|token|password|secret)|(?:x-)?authorization|x-auth-client-id|signature|"
    r"sig)\b[\"']?\s*[:=]\s*[\"']?(?:(?:basic|bearer|digest|oauth2?|token|api[_-]?key)\s+)?)[^\s\"'&,;}]+"
)

_USER = re.compile(r"(://[^\s/:@]*:)[^\s/@]+@")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text with known secrets, values that are named like secrets, and passwords in addresses masked.

    :param text: Any text that could reach a log, an error or an XCom.
    :param secrets: Values that must not be seen, also in their percent-encoded forms.
    """
    for secret in sorted((s for s in secrets if s and len(s) >= _MIN_LENGTH), key=len, reverse=True):
        for form in {secret, quote(secret, safe=""), quote_plus(secret)}:
            text = text.replace(form, MASK)
    return _USER.sub(rf"\g<1>{MASK}@", _NAMED.sub(rf"\g<1>{MASK}", text))


def excerpt(text: str, secrets: Iterable[str] = (), limit: int = 300) -> str:
    """Return a short, redacted, one-line piece of what a vendor sent, for an error message.

    :param text: What the vendor sent.
    :param secrets: Values that must not be seen.
    :param limit: Longest result in characters.
    """
    known = list(secrets)
    window = limit * 20
    piece = redact(text[:window], known)
    if len(text) > window:
        # a secret that the window cut is not known any more; percent-encoded it is up to three times as long
        piece = piece[: -3 * max(map(len, known), default=1)]
    # redacted before it is cut to size, so that no part of a secret is left at the edge
    line = " ".join(piece.split())
    return line if len(line) <= limit else f"{line[:limit]}…"
