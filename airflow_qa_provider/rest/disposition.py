"""The file name that a server suggests: ``Content-Disposition`` as RFC 6266 has it, and as servers write it."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import collapse_rfc2231_value
from urllib.parse import unquote

from airflow_qa_provider.rest.clean_json import clean_text

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_EXTENDED = re.compile(r"(?i)(utf-8|iso-8859-1)'[a-z-]*'(.*)", re.DOTALL)
_LONGEST = 8192  # some readings take the square of the length
# what Windows takes for a device, whatever the suffix
_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?")


def suggested_name(header: str) -> str | None:
    """Return the suggested file name, without folders and control characters; ``None`` when there is none to use.

    ``filename*`` counts before ``filename``, whatever their order. A name in bytes of UTF-8, or in encoded words as in
    mails, is read as browsers read it.

    :param header: Value of the header, as ``requests`` gives it (bytes as Latin-1); its first word may be missing.
    """
    message, value = Message(), _CONTROL.sub(" ", _in_utf8(header[:_LONGEST]))
    # the parser takes what stands first for the disposition, whatever it is
    message["Content-Disposition"] = f"attachment; {value}" if "=" in value.partition(";")[0] else value
    extended, plain = None, None
    for name, value in message.get_params(failobj=[], header="Content-Disposition"):
        if name.lower() != "filename":
            continue
        if isinstance(value, tuple):
            extended = extended or collapse_rfc2231_value(value)
        else:
            plain = plain or _decoded_words(value)
    return next((clean for name in (extended, plain) if (clean := _cleaned(name or ""))), None)


def _in_utf8(text: str) -> str:
    """Undo the reading of bytes as Latin-1 where they are UTF-8."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _decoded_words(text: str) -> str:
    extended = _EXTENDED.fullmatch(text)
    if extended:  # what belongs behind filename*
        return unquote(extended[2], extended[1], "replace")
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, UnicodeError):
        return text


def _cleaned(name: str) -> str:
    if name.startswith('"') and name.count('"') == 1:  # one that has no end
        name = name[1:]
    name = clean_text(_CONTROL.sub(" ", re.split(r"[/\\]", name)[-1])).strip()
    return "" if not name.strip(". ") or _DEVICE.fullmatch(name) else name
