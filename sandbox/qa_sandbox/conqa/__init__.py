"""CONQA public API: projects, issues, milestones, webhooks, reports."""

from __future__ import annotations
