"""The choices that a delivery leaves to its user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

AttachPolicy = Literal["fit", "all", "none"]
"""Attach what fits and link the rest; attach all or fail; link all."""

UncertainPolicy = Literal["fail", "skip", "repeat"]
"""Recipients whose mail may or may not have gone out: leave them to a person, count them as served, send again."""

EmptyPolicy = Literal["fail", "skip", "send"]
"""No report to deliver: fail, skip the task, send a mail that says so."""

LinkUrl = str | Mapping[str, str] | None
"""Where files can be had that are not attached: a template, or addresses by file name."""

DEFAULT_MAX_ATTACHMENT_BYTES = 20 * 1024 * 1024
