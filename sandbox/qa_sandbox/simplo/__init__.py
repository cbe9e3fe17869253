"""Simplo IS API v0: reports, report settings, report tasks."""

from __future__ import annotations
