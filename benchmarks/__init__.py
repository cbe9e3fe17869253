"""Measurements: how this package waits, beside what people use today."""
