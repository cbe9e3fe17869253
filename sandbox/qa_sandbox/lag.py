"""Lists that do not show yet what was just made, as where a search index follows the database."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

_COUNTS = ("totalCount", "total_records", "records", "count")


def made_ids(body: bytes) -> list[str]:
    """Return the ids in the answer to a creation, on its first two levels."""
    answer = _parsed(body)
    levels = [answer, *answer.values()] if isinstance(answer, dict) else []
    return [str(level["id"]) for level in levels if isinstance(level, dict) and isinstance(level.get("id"), (str, int))]


def without(body: bytes, hidden: Collection[str]) -> bytes:
    """Remove objects from every list of an answer, and count them out of the totals."""
    answer = _parsed(body)
    removed = _remove(answer, hidden)
    if not removed:
        return body
    if isinstance(answer, dict):
        for level in [answer, *answer.values(), *_members(answer.get("data"))]:
            for name in _COUNTS:
                if isinstance(level, dict) and isinstance(level.get(name), int):
                    level[name] -= removed
    return json.dumps(answer).encode()


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _members(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else []


def _remove(value: Any, hidden: Collection[str]) -> int:
    removed = 0
    if isinstance(value, list):
        kept = [item for item in value if not (isinstance(item, dict) and str(item.get("id")) in hidden)]
        removed = len(value) - len(kept)
        value[:] = kept
    children = value if isinstance(value, list) else _members(value)
    return removed + sum(_remove(child, hidden) for child in children)
