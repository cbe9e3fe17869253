"""Keeping secrets out of messages and logs."""

from __future__ import annotations

import html
import json
import logging
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

from airflow_qa_provider.rest.clean_json import clean_text

MASK = "***"
_SECRETS = (
    r"(?:api|access|account|private|secret|shared)[_-]?key|token|password|passphrase|pwd|secret|connection[_-]?string"
)
SECRET_NAME = re.compile(rf"({_SECRETS}|authorization)$", re.IGNORECASE)
"""How names of values end that are secrets."""

_MIN_LENGTH = 4
_MIN_ENCODED = 6  # shorter pieces of base64 occur in any text
_LONGEST_FORM = 6  # characters per character of a secret: &#x27;, \u0022
# the second names the whole URL at level WARNING, where an answer has a header that cannot be read
_LOGGERS = ("urllib3.connectionpool", "urllib3.connection", "urllib3.poolmanager", "urllib3.util.retry")
_NAMED = re.compile(
    # any name that ends like a secret: x-api-key, refresh_token, clientSecret, fileOpenPassword
    rf"(?i)([\"']?\b(?:[\w-]{{0,40}}(?:{_SECRETS})|(?:x-)?authorization|x-auth-client-id|signature|"
    r"sig)\b[\"']?\s*[:=]\s*[\"']?(?:(?:basic|bearer|digest|oauth2?|token|api[_-]?key)\s+)?)[^\s\"'&,;}]+"
)

_USER = re.compile(r"(://[^\s/:@]*:)[^\s/@]+@")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text with known secrets, values that are named like secrets, and passwords in addresses masked.

    :param text: Any text that could reach a log, an error or an XCom.
    :param secrets: Values that must not be seen, also in capitals or small letters, percent-encoded, in base64, in
        hexadecimal digits, or with the escapes of JSON and HTML.
    """
    for secret in sorted({s for s in secrets if s and len(s) >= _MIN_LENGTH}, key=len, reverse=True):
        text = _pattern(secret).sub(MASK, text)
    return _USER.sub(rf"\g<1>{MASK}@", _NAMED.sub(rf"\g<1>{MASK}", text))


@lru_cache(maxsize=128)
def _pattern(secret: str) -> re.Pattern[str]:
    forms = sorted({form for form in _forms(secret) if form}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, forms)), re.IGNORECASE)


def _forms(secret: str) -> Iterator[str]:
    yield from (secret, quote(secret, safe=""), quote(secret), quote_plus(secret), html.escape(secret))
    escaped = json.dumps(secret)[1:-1]
    yield from (escaped, escaped.replace("/", "\\/"), json.dumps(secret, ensure_ascii=False)[1:-1])
    raw = secret.encode("utf-8", "surrogatepass")
    yield raw.hex()
    for shift in range(3):  # where it stands in what was encoded: alone, or behind a name
        encoded = b64encode(bytes(shift) + raw).decode()
        # without the characters at both ends that other bytes have a part in
        piece = encoded[(0, 2, 3)[shift] : (shift + len(raw)) * 8 // 6]
        if len(piece) >= _MIN_ENCODED:
            yield from (piece, piece.replace("+", "-").replace("/", "_"), quote(piece, safe=""))


def excerpt(text: str, secrets: Iterable[str] = (), limit: int = 300) -> str:
    """Return a short, redacted, one-line piece of what a vendor sent, for an error message.

    :param text: What the vendor sent.
    :param secrets: Values that must not be seen.
    :param limit: Longest result in characters.
    """
    known = list(secrets)
    window = limit * 20
    piece = redact(clean_text(text[:window]), known)
    if len(text) > window:
        # a secret that the window cut is not known any more, and encoded it is longer
        piece = piece[: -_LONGEST_FORM * max(map(len, known), default=1)]
    # redacted before it is cut to size, so that no part of a secret is left at the edge
    line = " ".join(piece.split())
    return line if len(line) <= limit else f"{line[:limit]}…"


def secret_values(names: Iterable[str], *parts: Any) -> list[str]:
    """Return the values of a request that must not be seen.

    :param names: Names of the secret parameters.
    :param parts: Path values, query parameters, body: mappings, lists of pairs, or anything else, which has none.
    """
    wanted = frozenset(names)
    return [text for part in parts for text in _named_values(part, wanted, False)] if wanted else []


def _named_values(part: Any, names: frozenset[str], secret: bool) -> Iterator[str]:
    if isinstance(part, Mapping):
        for name, value in part.items():
            # filter[hash] is named like hash
            yield from _named_values(value, names, secret or not names.isdisjoint(re.split(r"[^\w-]+", str(name))))
    elif isinstance(part, (list, tuple)):
        for one in part:
            yield from _named_values(one, names, secret)
    elif secret and part is not None:
        # several values may be joined into one
        yield from {str(part), *re.split(r"[,;|\s]+", str(part))}


class UrlFilter(logging.Filter):
    """Masks the secrets of our own requests in what urllib3 logs of them, for it logs whole URLs at level DEBUG, and
    with a traceback what it cannot read of an answer.

    :param secrets: Returns the secrets of the request that this thread is sending; ``None`` when it sends none of ours.
    """

    def __init__(self, secrets: Callable[[], Iterable[str] | None]) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the arguments of a record; all records pass."""
        secrets = self._secrets()
        if secrets is not None and isinstance(record.args, tuple):
            known = list(secrets)
            record.args = tuple(
                one if one is None or isinstance(one, (int, float)) else redact(str(one), known) for one in record.args
            )
            record.exc_info = record.exc_text = None  # the arguments say it
        return True

    def install(self) -> None:
        """Put it into urllib3's loggers, unless it is there."""
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self)  # twice is once
