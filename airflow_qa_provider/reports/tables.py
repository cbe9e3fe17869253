"""Rows of a CSV file, counted in pieces by whole-text operations: a few times the cost of its digest."""

from __future__ import annotations

import codecs
import re

from airflow_qa_provider.reports.counting import NotCountedError

PIECE_BYTES = 64 * 1024
LONGEST_LINE = 1024 * 1024

_DELIMITERS = b",;\t|"
_SEPARATOR_HINT = re.compile(rb'(?i)^"?sep=(.)"?$')
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# what stands for a quoted field with content, once the text in quotes is gone
_FIELD = b"\x01"
_NO_TEXT = (b"\0", _FIELD)
_NO_QUOTE = bytes(sign for sign in range(256) if sign not in b'"\n')


class TableCount:
    """Counts records with content.

    A line in quotes is no line of its own; empty lines, and lines of nothing but separators, are no records. Excel's
    first line ``sep=;`` names the separator and is none either.
    """

    def __init__(self) -> None:
        self._decoder: codecs.IncrementalDecoder | None = None
        self._started = False
        self._waiting = b""
        self._in_quotes = False
        self._unfinished = b""
        self._delimiter = b""
        self._kinds = b""
        self._fields: int | None = None
        self._filled = 0

    def feed(self, chunk: bytes) -> None:
        """Count in the next bytes.

        :param chunk: The bytes.
        :raises NotCountedError: The table cannot be told apart into rows.
        """
        if not self._started:
            self._started = True
            if chunk.startswith(_UTF16):
                self._decoder = codecs.getincrementaldecoder("utf-16")()
        if self._decoder is not None:
            chunk = self._decoder.decode(chunk).encode()
        if any(sign in chunk for sign in _NO_TEXT):
            raise NotCountedError("it holds control characters")
        self._waiting += chunk
        self._take(final=False)

    def close(self) -> int:
        """Return the number of records below the first one.

        :raises NotCountedError: The rows are not those of one table.
        """
        self._take(final=True)
        if self._in_quotes:
            raise NotCountedError("a quoted field has no end")
        return max(0, self._filled - 1)

    def _take(self, *, final: bool) -> None:
        waiting = self._waiting
        start = 0
        while start < len(waiting):
            end = waiting.rfind(b"\n", start, start + PIECE_BYTES) + 1
            if end == 0:
                end = waiting.find(b"\n", start) + 1
            if end == 0 and not final:
                break
            end = end or len(waiting)
            if not self._delimiter:
                start = self._begin(waiting, start)
            if start < end:
                self._count(waiting[start:end])
            start = end
        self._waiting = waiting[start:]
        if len(self._waiting) > LONGEST_LINE:
            raise NotCountedError(f"it has a line of more than {LONGEST_LINE:,} bytes")

    def _begin(self, text: bytes, start: int) -> int:
        """Find the separator in the first line; return where the table begins."""
        if text.startswith(codecs.BOM_UTF8):
            start += len(codecs.BOM_UTF8)
        line_end = text.find(b"\n", start)
        line_end = len(text) if line_end < 0 else line_end
        line = text[start:line_end].rstrip(b"\r")
        hint = _SEPARATOR_HINT.match(line)
        if hint:
            start = min(line_end + 1, len(text))
            self._delimiter = hint[1]
        else:
            outside = b"".join(line.split(b'"')[0::2])
            self._delimiter = max((_DELIMITERS[i : i + 1] for i in range(len(_DELIMITERS))), key=outside.count)
        kinds = bytearray(b"o" * 256)
        for sign in self._delimiter + b"\r\n":
            kinds[sign] = ord("d")
        kinds[_FIELD[0]] = ord("x")
        self._kinds = bytes(kinds)
        return start

    def _count(self, piece: bytes) -> None:
        """Count in whole lines, of which the first may go on in quotes and the last may leave them open."""
        if self._counts_at_once(piece):
            return
        if b'"' in piece:
            piece = self._without_quoted(piece)
        elif self._in_quotes:
            # a line of a quoted field
            return
        if not self._in_quotes and not piece.endswith(b"\n"):
            piece += b"\n"
        if not piece or self._counts_plain(piece):
            return
        lines = [line for line in piece.replace(b"\r", b"\n").split(b"\n") if line]
        for line in lines:
            if self._fields is None:
                self._fields = line.count(self._delimiter)
            if line.count(self._delimiter) != self._fields:
                raise NotCountedError("its lines have different numbers of fields")
        self._filled += sum(bool(line.strip(self._delimiter)) for line in lines)

    def _counts_at_once(self, piece: bytes) -> bool:
        """Count a piece in which every field is in quotes, if what is left without their texts looks so."""
        if self._in_quotes or self._fields is None or not piece.startswith(b'"') or not piece.endswith(b"\n"):
            return False
        # two quotes for each field of each line, and nothing else of the kind: no line lies within quotes
        line = b'""' * (self._fields + 1) + b"\n"
        quotes = piece.translate(None, _NO_QUOTE)
        lines = len(quotes) // len(line)
        if quotes != line * lines or (b"\r" in piece and piece.count(b'"\r\n') != lines):
            return False
        empty = b'""' + (self._delimiter + b'""') * self._fields
        if piece.startswith(empty) or b"\n" + empty in piece or self._between_quotes(piece) != self._fields * lines:
            return False
        self._filled += lines
        return True

    def _between_quotes(self, piece: bytes) -> int:
        return piece.count(b'"' + self._delimiter + b'"')

    def _counts_plain(self, piece: bytes) -> bool:
        """Count a piece without quotes and without lines that may be empty; say whether it is one."""
        lines = piece.count(b"\n")
        end = b"\n"
        if b"\r" in piece:
            if piece.count(b"\r") != lines:
                return False
            end = b"\r\n"
        fields = self._fields
        if fields is None:
            fields = piece.partition(b"\n")[0].count(self._delimiter)
        nothing = self._delimiter * fields + end
        if piece.startswith(nothing) or b"\n" + nothing in piece or piece.count(self._delimiter) != fields * lines:
            return False
        self._fields = fields
        self._filled += lines
        return True

    def _without_quoted(self, piece: bytes) -> bytes:
        """Return whole records with a sign in place of each quoted field; keeps the record that goes on."""
        if b'""' in piece:
            # four are a field that holds a quote and nothing else; two a quote in a field, or the whole of an empty one
            piece = piece.replace(b'""""', b'"."').replace(b'""', b"")
        parts = piece.split(b'"')
        text = _FIELD.join(parts[0::2])
        if self._in_quotes:
            # what comes first belongs to the field that was left open, which has its sign already
            text = self._unfinished + _FIELD.join(parts[1::2])
        self._in_quotes ^= len(parts) % 2 == 0
        if self._in_quotes:
            whole = text.rfind(b"\n") + 1
            text, self._unfinished = text[:whole], text[whole:] + _FIELD
        kinds = text.translate(self._kinds)
        if b"ox" in kinds or b"xo" in kinds or b"xx" in kinds:
            raise NotCountedError("it has quotes within fields")
        return text
