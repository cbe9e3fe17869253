"""MonitorQA's request bodies and answers."""

from __future__ import annotations
