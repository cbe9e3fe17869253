"""Airflow imports this in the scheduler, so that tasks, which are forks of it, find imported what each would import."""

from __future__ import annotations

import importlib
import pkgutil

import airflow_qa_provider.operators
import airflow_qa_provider.transfers
import airflow_qa_provider.vendors

_ROOMS = (airflow_qa_provider.operators, airflow_qa_provider.transfers, airflow_qa_provider.vendors)

importlib.import_module("airflow.sdk.execution_time.task_runner")
importlib.import_module("tests.e2e.kills.catalogue")
for room in _ROOMS:
    for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        importlib.import_module(found.name)
