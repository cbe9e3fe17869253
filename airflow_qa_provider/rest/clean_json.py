"""Reading the JSON of a vendor, once and for all: what comes out can be kept, shown and sent on by anybody.

============================================ ======================================================================
in the text                                  what becomes of it
============================================ ======================================================================
a lone surrogate, NUL                        U+FFFD: neither can be stored in PostgreSQL or written as UTF-8
``NaN``, ``Infinity``, ``1e999``             ``None``: no number that JSON, XCom or a database can carry
a whole number beyond 64 bits                its digits as a text: nothing that Airflow sends to a process can carry
                                             it, and a triggerer that tries to ends
one of more than 4,300 digits                ``None``: Python refuses to write it out
more than 100 levels                         refused: whoever writes it again would run out of stack
more than memory for it                      refused, see :data:`MEMORY_FACTOR`
============================================ ======================================================================
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

MAX_DEPTH = 100
"""Most levels of arrays and objects in each other."""
LEAST, MOST = -(2**63), 2**63 - 1
"""The whole numbers that everybody can carry."""
MEMORY_FACTOR = 2.5
"""What a text and its value may take at most, in times the longest text that is allowed: 160 MiB for 64 MiB.

A text of ``[[],[],[],...`` takes twenty times its size as Python objects, so the length alone limits nothing.
"""

_VALUE_BYTES, _OBJECT_BYTES = 72, 200  # of a small object with the reference to it; of a dictionary
_MOST_OF_A_BYTE = _VALUE_BYTES + _OBJECT_BYTES + 8
_LEAST_MEMORY = 64 * 1024 * 1024
_SUSPICIOUS = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")  # as a lone surrogate, or as one of a pair
_ESCAPED_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
_UNWANTED = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
_CONTAINERS = frozenset({dict, list})
_HANDLER = "airflow_qa_provider.replacement"


class UnusableJSONError(ValueError):
    """The text is JSON, or may be, but too deep or too large to be used; the message says which.

    :param problem: What is wrong with "the answer".
    :param large: Whether it is its size.
    """

    def __init__(self, problem: str, *, large: bool) -> None:
        super().__init__(problem)
        self.large = large


def read_json(content: bytes, most: int) -> Any:
    """Return the value of a JSON text, cleaned.

    :param content: The text, in UTF-8 (16 and 32 are read too).
    :param most: Longest text that is allowed, in bytes; also limits the memory.
    :raises UnusableJSONError: It is too deep or too large.
    :raises ValueError: It is not JSON.
    """
    return value_of(decoded(content, most))


def decoded(content: bytes, most: int) -> str:
    """Return a JSON text that there is memory for: the first half of :func:`read_json`, after which the bytes can go.

    :param content: The text, in UTF-8 (16 and 32 are read too).
    :param most: Longest text that is allowed, in bytes; also limits the memory.
    :raises UnusableJSONError: It is too large.
    :raises ValueError: It is no text.
    """
    if len(content) > most:
        raise UnusableJSONError(f"is longer than {size_words(most)}", large=True)
    limit = max(most * MEMORY_FACTOR, _LEAST_MEMORY)
    # to count takes a third of the time of reading, and a text of this length cannot cost more
    if len(content) * _MOST_OF_A_BYTE > limit and _cost(content) > limit:
        problem = f"has so many values that they take more memory than {size_words(most)} of text may"
        raise UnusableJSONError(problem, large=True)
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return clean_text(content.decode(encoding, "surrogatepass"))


def value_of(text: str) -> Any:
    """Return the value of a JSON text, cleaned: the second half of :func:`read_json`.

    :param text: The text.
    :raises UnusableJSONError: It is too deep.
    :raises ValueError: It is not JSON.
    """
    texts = "\\" in text and _SUSPICIOUS.search(text) is not None
    # a function for each number costs time, and hardly any text has numbers that need one
    for whole in (None, _whole):
        try:
            return _cleaned(_parsed(text, whole), texts=texts)
        except _LargeNumberError:
            pass  # its traceback holds the first value, so the second is read only when it is gone
        except RecursionError:
            raise _too_deep() from None
    raise AssertionError("numbers that are read one by one are never too large")


def parsed(text: str | bytes) -> Any:
    """Return the value of a JSON text that an author or a file of this Airflow holds, as it is.

    :param text: The text.
    :raises ValueError: It is not JSON, or nested too deep to be read.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def clean_text(text: str) -> str:
    """Return a text without lone surrogates and NUL, each replaced by U+FFFD."""
    # not with a regular expression: it would take many times the memory of a long text
    return text.replace("\x00", _REPLACEMENT).encode("utf-8", _HANDLER).decode()


def _replaced(error: UnicodeError) -> tuple[bytes, int]:
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - nothing else is asked of this handler
    return _REPLACEMENT.encode() * (error.end - error.start), error.end


codecs.register_error(_HANDLER, _replaced)


def size_words(size: float) -> str:
    """Return a number of bytes for people.

    :param size: Number of bytes.
    """
    for unit, one in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= one:
            return f"{size / one:.4g} {unit}"
    return f"{size:g} bytes"


class _LargeNumberError(Exception):
    """A whole number is beyond 64 bits, or beyond what Python reads."""


def _parsed(text: str, whole: Callable[[str], Any] | None) -> Any:
    try:
        return json.loads(text, parse_constant=_nothing, parse_float=_finite, parse_int=whole)
    except json.JSONDecodeError:
        raise
    except ValueError:
        raise _LargeNumberError from None


def _cost(content: bytes) -> int:
    """Return about how many bytes a text and its value will take, at the most."""
    objects = content.count(b"{")
    values = content.count(b",") + content.count(b"[") + objects
    return sum(_widths(content)) * len(content) + _VALUE_BYTES * values + _OBJECT_BYTES * objects


def _widths(content: bytes) -> tuple[int, int]:
    """Return how many bytes Python takes for each character, as many as the widest needs: of the text, and of values.

    An escaped character counts in the value only.
    """
    text = 1
    if not content.isascii():  # the first byte of a character tells its range
        text = 4 if re.search(rb"[\xf0-\xf7]", content) else 2
    value = text
    if b"\\u" in content:
        value = 4 if _ESCAPED_PAIR.search(content) else max(text, 2)
    return text, value


def _nothing(_: str) -> None:
    return None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _whole(text: str) -> int | str | None:
    try:
        number = int(text)
    except ValueError:  # more digits than Python converts
        return None
    return number if LEAST <= number <= MOST else text


def _cleaned(value: Any, *, texts: bool) -> Any:
    """Clean texts in place, where there may be something to clean, and look how deep the value is."""
    root = [value]
    level: list[Any] = [root]
    for _ in range(MAX_DEPTH + 1):
        if texts:
            for container in level:
                _clean_texts(container)
        # the kinds alone, at first: in most answers the deepest level has nearly all values, and no container
        kinds = set(map(type, _members(level)))
        if int in kinds and not all(LEAST <= one <= MOST for one in _members(level) if type(one) is int):
            raise _LargeNumberError
        if _CONTAINERS.isdisjoint(kinds):
            return root[0]
        level = [one for one in _members(level) if type(one) in _CONTAINERS]
    raise _too_deep()


def _members(level: list[Any]) -> Iterator[Any]:
    return chain.from_iterable(one.values() if type(one) is dict else one for one in level)


def _clean_texts(container: Any) -> None:
    if type(container) is list:
        for position, one in enumerate(container):
            if type(one) is str:
                container[position] = clean_text(one)
        return
    dirty = any(_UNWANTED.search(part) for pair in container.items() for part in pair if type(part) is str)
    if dirty:
        pairs = [(clean_text(name), clean_text(one) if type(one) is str else one) for name, one in container.items()]
        container.clear()
        container.update(pairs)


def _too_deep() -> UnusableJSONError:
    return UnusableJSONError(f"is nested more than {MAX_DEPTH} levels deep", large=False)
