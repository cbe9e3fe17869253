"""The vendors that a sandbox can serve: each is one package whose module ``app`` holds a ``VENDOR``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa_sandbox.web import Vendor

VENDORS: dict[str, str] = {
    name: f"qa_sandbox.{name}.app" for name in ("monitorqa", "qalyptus", "conqa", "simplo", "smartq")
}


def load_vendor(name: str) -> Vendor:
    """Import a vendor, or raise ValueError for an unknown name."""
    home = VENDORS.get(name)
    if home is None:
        raise ValueError(f"No sandbox for vendor {name!r}; there is one for {', '.join(VENDORS)}.")
    vendor: Vendor = import_module(home).VENDOR
    return vendor
