"""Findings of a walk: a ticket for each, with its photo below it, handed over to the trade."""

from __future__ import annotations

import json

import requests
from airflow.sdk import DAG, Connection, ObjectStoragePath, task

with DAG("by_hand_findings", schedule="@daily", default_args={"retries": 2}) as dag:

    @task
    def tickets(dag_run=None):
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
        for one in json.loads((folder / "findings.json").read_text()):
            fields = {
                "ticket[name]": one["title"],
                "ticket[step_id]": extra["step_id"],
                "ticket[tags]": f"site walk,{one['trade']}",
            }
            ticket = f"{board}/tickets/{call('POST', f'{board}/tickets', data=fields)['id']}"
            seen = {"note[text]": f"As seen on {dag_run.run_after:%Y-%m-%d}", "note[notify_users]": 1}
            note = call("POST", f"{ticket}/notes", data={**seen, "note[has_attachments]": 1})["id"]
            with (folder / one["photo"]).open("rb") as photo:
                files = {"file": (one["photo"], photo)}
                call("POST", f"{ticket}/notes/{note}/filesv2", data={"is_last_file": 1}, files=files)
            call("PUT", ticket, data={**fields, "ticket[step_id]": steps["Accepted"]})

    tickets()
