"""Airflow imports this in the workers, so that tasks, which are forks of them, find imported what each would import."""

from __future__ import annotations

import importlib

for name in (
    "airflow.sdk.execution_time.task_runner",
    "airflow.providers.amazon.aws.fs.s3",
    "airflow.providers.amazon.aws.hooks.s3",
    "s3fs",
    "airflow_qa_provider.bases.bulk_run",
    "airflow_qa_provider.operators.conqa",
    "airflow_qa_provider.operators.delivery",
    "airflow_qa_provider.operators.monitorqa",
    "airflow_qa_provider.operators.qalyptus",
    "airflow_qa_provider.operators.smartq",
    "airflow_qa_provider.transfers.monitorqa",
    "airflow_qa_provider.vendors.conqa.client",
    "airflow_qa_provider.vendors.monitorqa.client",
    "airflow_qa_provider.vendors.qalyptus.client",
    "airflow_qa_provider.vendors.smartq.client",
):
    importlib.import_module(name)
