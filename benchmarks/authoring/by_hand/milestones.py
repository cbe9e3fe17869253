"""200 milestones follow the schedule of the site: what differs is sent, what was dropped is deleted."""

from __future__ import annotations

import csv
from datetime import datetime, timezone

import requests
from airflow.sdk import DAG, Connection, ObjectStoragePath, task

with DAG("by_hand_milestones", schedule="@daily", default_args={"retries": 2}) as dag:

    @task
    def sync():
        conn = Connection.get("conqa_default")
        session = requests.Session()
        session.headers["Authorization"] = conn.password
        path = ObjectStoragePath(Connection.get("site_files").extra_dejson["path"]) / "schedule.csv"
        project = f"{conn.host}/project/{conn.extra_dejson['project_id']}/milestones"
        for row in csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()):
            now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            if row["dropped"]:
                answer = session.delete(f"{project}/{row['activity']}", params={"timestamp": now}, timeout=60)
            else:
                fields = {"productType": {"value": row["product_type"]}, "area": {"value": row["area"]}}
                fields["startDate"] = row["start"] or None
                data = {"name": row["name"], "status": {"value": row["status"]}, "fields": fields}
                body = {"metadata": {"timestamp": now}, "data": data}
                answer = session.post(f"{project}/{row['activity']}", json=body, timeout=60)
            answer.raise_for_status()

    sync()
