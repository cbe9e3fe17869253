"""Qalyptus Cloud API: catalogue, on-demand reports, tasks, status and downloads."""

from __future__ import annotations
