"""What a transfer leaves: files, known by address and content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.e2e.kills.catalogue.entry import Arguments, World


def path_of(arguments: Arguments) -> Path:
    """Return the final place of a file.

    :param arguments: Arguments of the transfer.
    """
    return Path(arguments["target"].removeprefix("file://"))


def stored(world: World, label: str, arguments: Arguments) -> list[str]:
    """Return the file under the final name, if it is there."""
    path = path_of(arguments)
    return [_described(path)] if path.is_file() else []


def all_stored(operator: str) -> Callable[[World], set[str]]:
    """Return a function that lists all files of an operator, but not those in the making, whose names begin with a dot.

    :param operator: Its name, which is in the labels and so in the names of the files.
    """
    return lambda world: {_described(path) for path in world.files.glob(f"[!.]*{operator}*")}


def uri_and_digest(xcoms: Mapping[str, Any], arguments: Arguments) -> str | None:
    """Return what a manifest says, in the form of :func:`stored`."""
    manifest = xcoms.get("return_value") or {}
    return f"{manifest['uri']} {manifest['sha256']}" if manifest else None


def stored_and_made(xcoms: Mapping[str, Any], arguments: Arguments) -> str | None:
    """Return the id of the object whose file a manifest describes, when the file is there and is that one."""
    told, path = uri_and_digest(xcoms, arguments), path_of(arguments)
    return xcoms.get("remote_id") if told and path.is_file() and told == _described(path) else None


def _described(path: Path) -> str:
    return f"file://{path} {hashlib.sha256(path.read_bytes()).hexdigest()}"
