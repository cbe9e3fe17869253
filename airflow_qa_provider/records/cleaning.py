"""Rows without secrets: names that are secrets are left out, keys in addresses are masked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from airflow_qa_provider.rest.redaction import SECRET_NAME, redact

try:
    import orjson
except ImportError:  # writes the same, and takes a tenth of the time
    orjson = None  # type: ignore[assignment]

_WORDS = ("://", "api", "token", "password", "secret", "authorization")
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


Shape = tuple[Any, ...]


def shape_of(row: Mapping[str, Any]) -> Shape:
    """Return the names of a row, and the types of its values."""
    return (*row, *map(type, row.values()))


class Cleaner:
    """Takes the secrets out of rows, and remembers their names.

    :param secrets: Names that are secrets, beside those that are called so.
    :ivar left_out: Names that were left out, or had a key masked, with dots where they are nested.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = frozenset(secrets)
        self._words = (*_WORDS, *(name.lower() for name in self._secrets))
        self._harmless: dict[Shape, bool] = {}
        self.left_out: set[str] = set()

    def line(self, row: Mapping[str, Any], shape: Shape) -> tuple[Mapping[str, Any], str]:
        """Return a row without its secrets, and the JSON text of it.

        :param row: The row.
        :param shape: Its shape.
        """
        text = _json(row)
        # most rows have nothing of the kind, and a search through the text is cheap
        if self._is_harmless(row, shape):
            if "://" not in text:
                return row, text
        elif not any(map(text.lower().__contains__, self._words)):
            return row, text
        cleaned = self._cleaned(row, "")
        return cleaned, (text if cleaned == row else _json(cleaned))

    def row(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a row without its secrets."""
        return self.line(row, shape_of(row))[0]

    def _is_harmless(self, row: Mapping[str, Any], shape: Shape) -> bool:
        """Tell whether rows of a shape hold no secret but such as are part of an address."""
        found = self._harmless.get(shape)
        if found is None:
            named = any(name in self._secrets or SECRET_NAME.search(name) for name in row)
            nested = any(isinstance(value, (dict, list)) for value in row.values())
            found = self._harmless[shape] = not named and not nested
        return found

    def _cleaned(self, value: Any, path: str) -> Any:
        if isinstance(value, Mapping):
            return {
                name: self._cleaned(one, f"{path}.{name}" if path else name)
                for name, one in value.items()
                if not self._is_secret(name, one, path)
            }
        if isinstance(value, list):
            return [self._cleaned(one, path) for one in value]
        if isinstance(value, str) and value.startswith(("https://", "http://")):
            shown = redact(value)
            if shown != value:
                self.left_out.add(path)
            return shown
        return value

    def _is_secret(self, name: str, value: Any, path: str) -> bool:
        nothing = value is None or isinstance(value, bool)
        found = name in self._secrets or (not nothing and bool(SECRET_NAME.search(name)))
        if found:
            self.left_out.add(f"{path}.{name}" if path else name)
        return found


def _json(row: Mapping[str, Any]) -> str:
    if orjson is not None:
        try:
            return str(orjson.dumps(row), "utf-8")
        except TypeError:  # a whole number of more than 64 bits
            pass
    return _ENCODER.encode(row)
