"""The invented texts of each vendor's account and other tables, from YAML files beside the code."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


@lru_cache(maxsize=8)
def invented(vendor: str, name: str = "seed") -> Any:
    """Return what a vendor's file holds; what is a list there is a tuple here."""
    path = Path(__file__).parent / vendor / f"{name}.yaml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return _frozen(yaml.load(path.read_bytes(), loader))  # noqa: S506 - both loaders are safe


def email_of(name: str) -> str:
    """Invent the mail address of an invented person."""
    return name.lower().replace(" ", ".") + "@example.com"


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return {key: _frozen(item) for key, item in value.items()} if isinstance(value, dict) else value
