"""JSON that is read as it passes: is it valid, how many items has it, what does its top level say; in little memory."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

WINDOW = 64 * 1024
"""Characters that are looked at together: what is larger is read piece by piece."""

MAX_DEPTH = 1000
ITEM_LISTS = ("items", "data")

_RUN = 8 * 1024
_KEPT_MEMBERS, _KEPT_CHARACTERS = 64, 4096
_LARGE = ["…"]
_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_TEXT = re.compile(rf'[^"\\\x00-\x1f]*(?:{_ESCAPE.pattern}[^"\\\x00-\x1f]*)*')
_NUMBER_SIGNS = re.compile(r"[-+.0-9eE]*")

_W = r"[ \t\r\n]*"
_STRING = r'"[^"\\\x00-\x1f]*"'
_SIMPLE = rf"(?:{_STRING}|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)"
# many small values or members in a row, each with its comma: what makes long lists quick
_VALUES = re.compile(rf"(?:{_SIMPLE}{_W},{_W})+")
_MEMBERS = re.compile(rf"(?:{_STRING}{_W}:{_W}{_SIMPLE}{_W},{_W})+")


class NotJsonError(ValueError):
    """Says where and why a document is not JSON."""


def _refuse_constant(name: str) -> Any:
    raise NotJsonError(f"{name} is no JSON")


# integers become floats, for int() refuses many digits; whole values are thrown away anyway
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=float)


class JsonScan:
    """Reads a document that comes in chunks.

    Small values are given to the parser of the standard library as a whole, which is quick; containers and texts that
    do not fit into :data:`WINDOW` are entered. Memory is a few times the window, whatever the document.

    :ivar top: Members of a document that is an object, as far as they are small; ``None`` for another one, or one of
        many members. In place of what is large stands a list that is not empty.
    :ivar is_single: Whether the document is neither an object nor a list.
    :ivar counts: Items of the document that is a list, under ``""``, or of its lists ``items`` and ``data``.
    """

    def __init__(self) -> None:
        self.top: dict[str, Any] | None = None
        self.is_single = False
        self.counts: dict[str, int] = {}
        self._decoder: codecs.IncrementalDecoder | None = None
        self._start = b""
        self._text, self._at, self._gone = "", 0, 0
        self._final = False
        self._stack: list[str] = []
        self._wants = "value"
        self._key = ""

    @property
    def items(self) -> int | None:
        """Number of items, ``None`` when there is no list to count."""
        return next((self.counts[name] for name in ("", *ITEM_LISTS) if name in self.counts), None)

    def feed(self, chunk: bytes) -> None:
        """Read the next bytes.

        :param chunk: The bytes.
        :raises NotJsonError: They cannot go on like this.
        """
        if self._decoder is None:
            self._start += chunk
            if len(self._start) < 4:
                return
            chunk, self._start = self._start, b""
            self._decoder = codecs.getincrementaldecoder(json.detect_encoding(chunk))()
        for start in range(0, len(chunk), WINDOW):
            self._read(chunk[start : start + WINDOW])

    def close(self) -> None:
        """Say that no more bytes come.

        :raises NotJsonError: The document is not complete.
        """
        if self._decoder is None:
            self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._final = True
        self._read(self._start)
        if self._wants != "nothing":
            raise self._error("it ends too early")

    def _read(self, piece: bytes) -> None:
        decoder = self._decoder
        try:
            text = decoder.decode(piece, self._final) if decoder else ""
        except UnicodeDecodeError as error:
            raise NotJsonError(f"it is not {error.encoding.upper()}") from None
        self._gone += self._at
        self._text, self._at = self._text[self._at :] + text, 0
        while self._step():
            pass

    def _step(self) -> bool:
        """Take the next token; say whether there was one."""
        if self._wants == "text":
            return self._go_on_in_text()
        self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
        if self._at >= len(self._text):
            return False
        sign = self._text[self._at]
        if self._wants == "nothing":
            raise self._error("more follows after its end")
        if sign in "]}" and self._stack and self._closes(sign):
            return True
        if self._wants in ("key", "first key"):
            return self._take_key(sign)
        if self._wants in ("value", "first value"):
            return self._take_value(sign)
        if sign != {"colon": ":", "comma": ","}[self._wants]:
            raise self._error(f"{'a colon' if self._wants == 'colon' else 'a comma'} is missing")
        self._at += 1
        self._wants = "value" if self._wants == "colon" or self._stack[-1] == "[" else "key"
        return True

    def _closes(self, sign: str) -> bool:
        opened = self._stack[-1]
        if (opened == "[") != (sign == "]") or self._wants not in ("comma", "first key", "first value"):
            return False
        self._at += 1
        self._stack.pop()
        self._wants = "comma" if self._stack else "nothing"
        return True

    def _take_key(self, sign: str) -> bool:
        if sign != '"':
            raise self._error("the name of a member is missing")
        if run := _MEMBERS.match(self._text, self._at, self._at + _RUN):
            if self._stack == ["{"] and self.top is not None:
                self._keep(json.loads(f"{{{run[0].rpartition(',')[0]}}}", parse_int=float))
            self._at, self._wants = run.end(), "key"
            return True
        found = self._scanned()
        if found is None:
            if self._may_grow():
                return False
            raise self._error("the name of a member has no end")
        if len(self._stack) == 1:
            self._key = found[0]
        self._at, self._wants = found[1], "colon"
        return True

    def _take_value(self, sign: str) -> bool:
        if self._is_entered(sign):
            self._enter(sign)
            return True
        self.is_single = self.is_single or not self._stack
        if self._stack and self._stack[-1] == "[" and (run := _VALUES.match(self._text, self._at, self._at + _RUN)):
            if self._is_counted():
                self._count(len(json.loads(f"[{run[0].rpartition(',')[0]}]", parse_int=float)))
            self._at, self._wants = run.end(), "value"
            return True
        found = self._scanned()
        if sign in "-0123456789" and self._may_grow() and self._ends_in_number():
            return False
        if found is not None:
            self._note(found[0] if found[1] - self._at <= _KEPT_CHARACTERS else _LARGE)
            self._at = found[1]
            self._wants = "comma" if self._stack else "nothing"
            return True
        if self._may_grow():
            return False
        if sign == '"':
            self._note(_LARGE)
            self._at += 1
            self._wants = "text"
        elif sign in "{[":
            self._enter(sign)
        else:
            raise self._error("there is no JSON value")
        return True

    def _is_entered(self, sign: str) -> bool:
        """Tell whether a value is read item by item however small it is: those that are counted or shown."""
        depth = len(self._stack)
        counted = depth == 1 and self._stack[0] == "{" and self._key in ITEM_LISTS and sign == "["
        return sign in "{[" and (depth == 0 or counted)

    def _enter(self, sign: str) -> None:
        self._note(_LARGE)
        depth = len(self._stack)
        if depth == 0 and sign == "{":
            self.top = {}
        elif sign == "[" and self._is_entered(sign):
            self.counts["" if depth == 0 else self._key] = 0
        if depth >= MAX_DEPTH:
            raise self._error(f"it is nested more than {MAX_DEPTH} levels deep")
        self._stack.append(sign)
        self._at += 1
        self._wants = "first key" if sign == "{" else "first value"

    def _ends_in_number(self) -> bool:
        return _NUMBER_SIGNS.match(self._text, self._at).end() == len(self._text)  # type: ignore[union-attr]

    def _go_on_in_text(self) -> bool:
        self._at = _TEXT.match(self._text, self._at, self._at + _RUN).end()  # type: ignore[union-attr]
        if self._at >= len(self._text):
            return False
        if self._text[self._at] == '"':
            self._at += 1
            self._wants = "comma" if self._stack else "nothing"
            return True
        if self._text[self._at] >= " " and self._text[self._at] != "\\":
            # the run ended, not the text
            return True
        escape = _ESCAPE.match(self._text, self._at)
        if escape is None and len(self._text) - self._at < 6 and not self._final:
            return False
        if escape is None:
            raise self._error("a text holds a sign that must be escaped")
        self._at = escape.end()
        return True

    def _scanned(self) -> tuple[Any, int] | None:
        try:
            found: tuple[Any, int] = _DECODER.raw_decode(self._text, self._at)
        except (ValueError, RecursionError):
            return None
        return found

    def _may_grow(self) -> bool:
        return not self._final and len(self._text) - self._at < WINDOW

    def _note(self, value: Any) -> None:
        if self._stack == ["{"] and self.top is not None:
            self._keep({self._key: value})
        if self._is_counted():
            self._count(1)

    def _keep(self, members: dict[str, Any]) -> None:
        if self.top is not None:
            self.top |= members
            if len(self.top) > _KEPT_MEMBERS:
                self.top = None

    def _is_counted(self) -> bool:
        """Tell whether the values that come now are items of a list that is counted."""
        return (self._stack == ["["] or self._stack == ["{", "["]) and self._counted_name() in self.counts

    def _counted_name(self) -> str:
        return "" if len(self._stack) == 1 else self._key

    def _count(self, number: int) -> None:
        self.counts[self._counted_name()] += number

    def _error(self, what: str) -> NotJsonError:
        sign = self._text[self._at : self._at + 12]
        return NotJsonError(f"{what} at character {self._gone + self._at:,}{f': {sign!r}' if sign else ''}")
