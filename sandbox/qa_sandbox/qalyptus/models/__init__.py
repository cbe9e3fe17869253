"""Qalyptus' request bodies, with the names that its documentation prints."""

from __future__ import annotations
