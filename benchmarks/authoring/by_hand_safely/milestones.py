"""200 milestones follow the schedule of the site: each row once, and a bad row does not keep the others."""

from __future__ import annotations

import csv
from datetime import datetime, timezone

import requests
from airflow.sdk import DAG, Connection, ObjectStoragePath, task

with DAG("by_hand_safely_milestones", schedule="@daily", default_args={"retries": 2}) as dag:

    @task
    def sync(task_state_store=None):
        conn = Connection.get("conqa_default")
        session = requests.Session()
        session.headers["Authorization"] = conn.password
        path = ObjectStoragePath(Connection.get("site_files").extra_dejson["path"]) / "schedule.csv"
        project = f"{conn.host}/project/{conn.extra_dejson['project_id']}/milestones"
        note = task_state_store.get("note") or {"done": []}  # CONQA knows a repeated request by its time
        note.setdefault("time", datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z"))
        task_state_store.set("note", note)
        done, failed, seen = set(note["done"]), {}, set()
        for row in csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()):
            activity = row["activity"]
            if activity in seen:
                failed[activity] = "twice in the file"
            if activity in done or activity in seen:
                continue
            seen.add(activity)
            if row["dropped"]:
                sent = ("DELETE", {"params": {"timestamp": note["time"]}})
            else:
                fields = {"productType": {"value": row["product_type"]}, "area": {"value": row["area"]}}
                fields["startDate"] = row["start"] or None
                data = {"name": row["name"], "status": {"value": row["status"]}, "fields": fields}
                sent = ("POST", {"json": {"metadata": {"timestamp": note["time"]}, "data": data}})
            try:
                answer = session.request(sent[0], f"{project}/{activity}", timeout=60, **sent[1])
                answer.raise_for_status()
                if "html" in answer.headers.get("Content-Type", ""):
                    raise RuntimeError("the answer is a page")
                done.add(activity)
            except (requests.RequestException, RuntimeError) as error:
                failed[activity] = str(error)
            if len(done) % 50 == 0:
                task_state_store.set("note", {**note, "done": sorted(done)})
        task_state_store.set("note", {**note, "done": sorted(done)})
        if failed:
            raise RuntimeError(f"{len(failed)} milestones were not taken: {failed}")

    sync()
