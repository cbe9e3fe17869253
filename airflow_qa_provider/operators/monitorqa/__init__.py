"""Operators of MonitorQA."""

from __future__ import annotations

from airflow_qa_provider.operators.monitorqa.audits import MonitorQACreateAuditOperator, MonitorQAReopenAuditOperator
from airflow_qa_provider.operators.monitorqa.calls import MonitorQAOperator
from airflow_qa_provider.operators.monitorqa.corrective_actions import MonitorQAUpdateCorrectiveActionOperator
from airflow_qa_provider.operators.monitorqa.schedules import MonitorQACreateScheduleOperator

__all__ = [
    "MonitorQACreateAuditOperator",
    "MonitorQACreateScheduleOperator",
    "MonitorQAOperator",
    "MonitorQAReopenAuditOperator",
    "MonitorQAUpdateCorrectiveActionOperator",
]
