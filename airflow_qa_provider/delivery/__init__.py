"""Stored reports on their way to people: one mail per recipient, once."""
