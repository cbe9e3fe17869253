"""Notifiers: what is done when a task, a run or a deadline tells that something happened."""
