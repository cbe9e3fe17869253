"""From MonitorQA's state to its answers."""

from __future__ import annotations
