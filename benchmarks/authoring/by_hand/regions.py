"""A report for each region: ask for it, wait, store it, and one mail with all of them."""

from __future__ import annotations

import time

import requests
from airflow.providers.smtp.hooks.smtp import SmtpHook
from airflow.sdk import DAG, Connection, ObjectStoragePath, task

REGIONS = ["Nordics", "DACH", "Iberia", "Benelux", "UK", "France"]

with DAG("by_hand_regions", schedule="@daily", default_args={"retries": 2}) as dag:

    def call(method, path, **sent):
        conn = Connection.get("qalyptus_default")
        headers = {"Authorization": f"Bearer {conn.password}"}
        answer = requests.request(method, f"{conn.host}{path}", headers=headers, timeout=60, **sent)
        answer.raise_for_status()
        return answer

    @task
    def report(region, dag_run=None):
        extra = Connection.get("qalyptus_default").extra_dejson
        chosen = {"fieldName": "Region", "selectedCount": 1, "selectedValues": [region], "isNumeric": False}
        asked = call("POST", f"/reports/{extra['report_id']}/on-demand/Pdf", json={"selections": [chosen]})
        request_id = asked.json()["data"]["id"]
        while True:
            status = call("GET", f"/status/on-demand-requests/{request_id}").json()["data"]["status"]
            if status == "completed":
                break
            if status in ("error", "stopped"):
                raise RuntimeError(f"The report for {region} ended as {status}")
            time.sleep(extra["poll_interval"])
        folder = ObjectStoragePath(extra["folder"]) / f"{dag_run.run_after:%Y-%m-%d}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{region}.pdf"
        path.write_bytes(call("GET", f"/status/{request_id}/download/stream").content)
        return path.path

    @task
    def mail(paths, dag_run=None):
        subject = f"Regions {dag_run.run_after:%Y-%m-%d}"
        with SmtpHook() as smtp:
            smtp.send_email_smtp(to="quality@example.com", subject=subject, html_content=subject, files=list(paths))

    mail(report.expand(region=REGIONS))
