"""Findings of a walk: a ticket for each, with its photo below it, handed over to the trade; each once."""

from __future__ import annotations

import json
import time
import uuid

import requests
from airflow.sdk import DAG, Connection, ObjectStoragePath, task

with DAG("by_hand_safely_findings", schedule="@daily", default_args={"retries": 2}) as dag:

    @task
    def tickets(dag_run=None, task_state_store=None):
        conn = Connection.get("smartq_default")
        extra = conn.extra_dejson
        session = requests.Session()
        session.headers["X-Auth-Client-Id"] = extra["api_key"]

        def call(method, path, **sent):
            answer = session.request(method, f"{conn.host}{path}", timeout=60, **sent)
            answer.raise_for_status()
            return answer.json()["data"]

        token = call("POST", "/oauth2/", auth=(conn.login, conn.password))["access_token"]
        session.headers["X-Authorization"] = f"OAUTH2 {token}"
        folder = ObjectStoragePath(extra["folder"])
        board = f"/projects/{extra['project_id']}"
        steps = {step["name"]: step["id"] for step in call("GET", f"{board}/steps")["items"]}
        text = f"As seen on {dag_run.run_after:%Y-%m-%d}"
        for number, one in enumerate(json.loads((folder / "findings.json").read_text())):
            key, photo = f"finding.{number}", folder / one["photo"]
            note, content = task_state_store.get(key) or {"marker": f"airflow-{uuid.uuid4().hex}"}, photo.read_bytes()
            fields = {
                "ticket[name]": one["title"],
                "ticket[step_id]": extra["step_id"],
                "ticket[tags]": f"site walk,{one['trade']},{note['marker']}",
            }
            if note.get("asked") and not note.get("ticket"):
                time.sleep(extra.get("settle_time", 15))  # the request may still be at work
                found = call(
                    "GET", f"{board}/tickets", params={"nameFilter": one["title"], "archived": 2, "count": 100}
                )
                note["ticket"] = next((row["id"] for row in found["items"] if note["marker"] in row["tags"]), None)
            task_state_store.set(key, {**note, "asked": True})
            if not note.get("ticket"):
                note["ticket"] = call("POST", f"{board}/tickets", data=fields)["id"]
                task_state_store.set(key, note)
            ticket = f"{board}/tickets/{note['ticket']}"
            if not note.get("note"):
                there = call("GET", f"{ticket}/notes")["items"] if note.get("asked") else []
                seen = {"note[text]": text, "note[notify_users]": 1, "note[has_attachments]": 1}
                found = [row["id"] for row in there if row["text"] == text]
                note["note"] = found[0] if found else call("POST", f"{ticket}/notes", data=seen)["id"]
                task_state_store.set(key, note)
            files = f"{ticket}/notes/{note['note']}/files"
            if not note.get("moved"):
                if not (note.get("asked") and call("GET", files)["items"]):
                    sent = {"file": (one["photo"], content)}
                    call("POST", f"{files}v2", data={"is_last_file": 1}, files=sent)
                call("PUT", ticket, data={**fields, "ticket[step_id]": steps["Accepted"]})
                task_state_store.set(key, {**note, "moved": True})

    tickets()
