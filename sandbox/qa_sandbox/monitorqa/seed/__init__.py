"""The invented account that a sandbox starts with."""

from __future__ import annotations
