"""Foo makes reports of inspections: a vendor in a distribution of its own."""
