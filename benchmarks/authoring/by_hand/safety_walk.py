"""A safety walk: create an audit, wait for its end, store the PDF, mail it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import requests
from airflow.providers.smtp.hooks.smtp import SmtpHook
from airflow.sdk import DAG, Connection, ObjectStoragePath, task

with DAG("by_hand_safety_walk", schedule="@daily", default_args={"retries": 2}) as dag:

    def call(method, path, **sent):
        conn = Connection.get("monitorqa_default")
        headers = {"X-API-KEY": conn.password}
        answer = requests.request(method, f"{conn.host}{path}", headers=headers, timeout=60, **sent)
        answer.raise_for_status()
        return answer

    @task
    def create(dag_run=None):
        extra = Connection.get("monitorqa_default").extra_dejson
        due = datetime.now(timezone.utc) + timedelta(days=1)
        body = {
            "name": f"Safety walk {dag_run.run_after:%Y-%m-%d}",
            "templateId": extra["template_id"],
            "auditObjectId": extra["audit_object_id"],
            "endDate": due.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }
        return call("POST", "/audit", json=body).json()["id"]

    @task
    def wait(audit_id):
        while not call("GET", f"/audit/{audit_id}").json()["isCompleted"]:
            time.sleep(Connection.get("monitorqa_default").extra_dejson["poll_interval"])
        return audit_id

    @task
    def store(audit_id, dag_run=None):
        folder = ObjectStoragePath(Connection.get("monitorqa_default").extra_dejson["folder"])
        path = folder / f"{dag_run.run_after:%Y-%m-%d}" / f"walk-{audit_id}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        report = call("GET", f"/audit/complete/{audit_id}/report-pdf", params={"reportType": 2})
        path.write_bytes(report.content)
        return path.path

    @task
    def mail(path, dag_run=None):
        subject = f"Safety walk {dag_run.run_after:%Y-%m-%d}"
        with SmtpHook() as smtp:
            smtp.send_email_smtp(to="quality@example.com", subject=subject, html_content=subject, files=[path])

    mail(store(wait(create())))
