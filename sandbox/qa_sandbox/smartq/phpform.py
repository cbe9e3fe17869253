"""Form bodies as PHP reads them: ``ticket[name]=a&ticket[assigned_to][]=1`` becomes nested arrays."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from fastapi import Request

from qa_sandbox.web import Refused

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_KEY = re.compile(r"\[([^\[\]]*)\]")
_DEEPEST = 8


async def read_form(request: Request) -> dict[str, Any]:
    """Read a urlencoded or multipart body; any other body is empty, as it is to PHP."""
    try:
        form = await request.form()
    except (ValueError, LookupError):
        raise Refused(400, "The body cannot be read as a form.") from None
    return nested(form.multi_items())


def nested(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Build PHP's nested arrays out of names with brackets; ``[]`` counts up, the last of equal names wins."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        match = _NAME.fullmatch(name)
        keys = [match[1], *_KEY.findall(match[2])] if match else [name]
        if len(keys) <= _DEEPEST:
            _place(root, keys, value)
    return root


def _place(node: dict[str, Any], keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        key = key or _next_index(node)
        child = node.get(key)
        if not isinstance(child, dict):
            child = node[key] = {}
        node = child
    node[keys[-1] or _next_index(node)] = value


def _next_index(node: dict[str, Any]) -> str:
    taken = [int(key) for key in node if key.isascii() and key.isdigit() and len(key) < 10]
    return str(max(taken, default=-1) + 1)
