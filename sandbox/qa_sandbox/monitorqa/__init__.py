"""MonitorQA external API: audits, templates, objects, users."""

from __future__ import annotations
