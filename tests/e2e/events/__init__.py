"""Webhooks on a real Airflow: its API server is killed, answers are lost, and each event still has one run.

Besides, each part of Airflow that calls a notifier opens its ticket.
"""
