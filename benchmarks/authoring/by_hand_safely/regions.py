"""A report for each region: ask for it, wait, store it whole, and one mail with all of them."""

from __future__ import annotations

import time

import requests
from airflow.providers.smtp.hooks.smtp import SmtpHook
from airflow.sdk import DAG, Connection, ObjectStoragePath, task
from airflow.sdk.exceptions import AirflowFailException

REGIONS = ["Nordics", "DACH", "Iberia", "Benelux", "UK", "France"]

with DAG("by_hand_safely_regions", schedule="@daily", default_args={"retries": 2}) as dag:

    def call(method, path, **sent):
        conn = Connection.get("qalyptus_default")
        headers = {"Authorization": f"Bearer {conn.password}"}
        answer = requests.request(method, f"{conn.host}{path}", headers=headers, timeout=60, **sent)
        answer.raise_for_status()
        if "html" in answer.headers.get("Content-Type", ""):
            raise RuntimeError(f"{path} answered with a page")
        return answer

    @task
    def report(region, dag_run=None, task_state_store=None):
        extra, request_id = Connection.get("qalyptus_default").extra_dejson, task_state_store.get("id")
        if not request_id:
            chosen = {"fieldName": "Region", "selectedCount": 1, "selectedValues": [region], "isNumeric": False}
            asked = call("POST", f"/reports/{extra['report_id']}/on-demand/Pdf", json={"selections": [chosen]})
            request_id = asked.json()["data"]["id"]
            task_state_store.set("id", request_id)
        while True:
            status = call("GET", f"/status/on-demand-requests/{request_id}").json()["data"]["status"]
            if status == "completed":
                break
            if status in ("error", "stopped"):
                task_state_store.delete("id")
                raise RuntimeError(f"The report for {region} ended as {status}")
            time.sleep(extra["poll_interval"])
        content = call("GET", f"/status/{request_id}/download/stream").content
        if not content.startswith(b"%PDF") or b"%%EOF" not in content[-1024:]:
            raise RuntimeError("The report is no whole PDF")
        folder = ObjectStoragePath(extra["folder"]) / f"{dag_run.run_after:%Y-%m-%d}"
        folder.mkdir(parents=True, exist_ok=True)
        part, path = folder / f".{region}.pdf.part", folder / f"{region}.pdf"
        part.write_bytes(content)
        part.rename(path)
        return path.path

    @task
    def mail(paths, dag_run=None, task_state_store=None):
        if task_state_store.get("mail") == "sending":
            raise AirflowFailException("Nobody can tell whether the mail was sent")
        subject = f"Regions {dag_run.run_after:%Y-%m-%d}"
        with SmtpHook() as smtp:
            task_state_store.set("mail", "sending")
            smtp.send_email_smtp(to="quality@example.com", subject=subject, html_content=subject, files=list(paths))

    mail(report.expand(region=REGIONS))
