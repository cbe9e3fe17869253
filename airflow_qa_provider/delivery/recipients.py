"""Addresses and header values: read, checked and made safe before the first mail."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.fields import Fields

NOTHING_SENT = "No mail was sent"

_SEPARATED = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,;"])+')
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_LINE_BREAKERS = frozenset({"Cc", "Zl", "Zp"})


@dataclass(frozen=True)
class Address:
    """One e-mail address, ASCII only (an international domain in its xn-- form), with the name beside it."""

    email: str
    name: str = ""

    @property
    def key(self) -> str:
        """What makes two spellings the same recipient."""
        return self.email.casefold()

    @property
    def domain(self) -> str:
        """The part behind the @."""
        return self.email.rpartition("@")[2]


def parse_recipients(value: Any) -> list[Address]:
    """Return the recipients in the given order, each once whatever the case of its letters.

    :param value: Addresses (``"a@example.com"`` or ``"Anna <a@example.com>"``) as a list, a nested list, or a string
        that separates them by comma or semicolon, or is JSON of a list.
    :raises QAValidationError: There is none, or some are not addresses; the message names them all.
    """
    found: dict[str, Address] = {}
    wrong: list[str] = []
    for text in (header_safe(text, "to") for text in _texts(value)):
        address = _parse(text)
        if address is None:
            wrong.append(text)
        else:
            found.setdefault(address.key, address)
    if wrong:
        raise QAValidationError(
            "to holds what cannot be used as e-mail address: " + ", ".join(repr(text[:80]) for text in wrong),
            outcome=NOTHING_SENT,
            hint="In front of the @ only ASCII letters, digits and signs are taken: few mail servers know others. A "
            "retry will be refused the same way",
        )
    if not found:
        raise QAValidationError("to holds no recipient", outcome=NOTHING_SENT)
    return list(found.values())


def parse_sender(value: str, field: str = "from_email") -> Address:
    """Return the address that mails come from.

    :param value: ``"reports@example.com"`` or ``"Reports <reports@example.com>"``.
    :param field: Where the value comes from, for the message.
    :raises QAValidationError: It is not one address.
    """
    address = _parse(header_safe(value, field))
    if address is None:
        raise QAValidationError(f"{field} is {value[:80]!r}, which is no e-mail address", outcome=NOTHING_SENT)
    return address


def structured(value: Any, field: str) -> Any:
    """Return a structured value; a text is read as JSON.

    :param value: A native value, or text.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is no JSON.
    """
    try:
        return Fields().structure(value, field)
    except QAValidationError as error:
        error.outcome = NOTHING_SENT
        raise


def header_safe(value: Any, field: str) -> str:
    """Return a text that may stand in a mail header, without the blanks around it.

    :param value: Subject, address or file name.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is no text, or holds a line break or another control character, which could add
        headers.
    """
    if not isinstance(value, str):
        raise QAValidationError(f"{field} takes text, got {value!r:.80}", outcome=NOTHING_SENT)
    text = value.strip()
    for character in text:
        if unicodedata.category(character) in _LINE_BREAKERS:
            raise QAValidationError(
                f"{field} holds {character!r} in {text[:80]!r}: line breaks and control characters are refused in mail "
                "headers, for they could add headers of their own",
                outcome=NOTHING_SENT,
            )
    return text


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        yield from _texts(structured(value, "to"))
    elif isinstance(value, str):
        yield from (part for part in _SEPARATED.findall(value) if part.strip())
    elif isinstance(value, Iterable) and not isinstance(value, Mapping | bytes):
        for item in value:
            yield from _texts(item)
    elif value is not None:
        raise QAValidationError(
            f"to takes addresses as a string or a list of strings, got {value!r:.80}", outcome=NOTHING_SENT
        )


def _parse(text: str) -> Address | None:
    name, email = parseaddr(text)
    local, at, domain = email.rpartition("@")
    domain = _ascii_domain(domain)
    valid = at and len(local) <= 64 and len(domain) <= 253 and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
    # parseaddr takes the first address it can make out: what it left out means that the text was something else
    whole = email == text or text.endswith(f"<{email}>")
    return Address(f"{local}@{domain}", name.strip()) if valid and whole else None


def _ascii_domain(domain: str) -> str:
    """Return the domain as mail servers look it up: ``xn--`` labels in place of international ones."""
    if domain.isascii():
        return domain
    # not the codec of the standard library: its IDNA 2003 makes "strasse" of "straße", which is another owner's domain
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""
