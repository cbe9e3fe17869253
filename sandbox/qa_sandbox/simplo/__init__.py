"""Simplo IS API v0: reports, report settings, report tasks."""
