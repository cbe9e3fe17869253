"""Month end: approve and invoice what was sent, each once, and hand on the numbers of the invoices."""

from __future__ import annotations

import time

import requests
from airflow.sdk import DAG, Connection, task
from airflow.sdk.exceptions import AirflowFailException
from requests.adapters import HTTPAdapter, Retry

with DAG("by_hand_safely_month_end", schedule="@monthly", max_active_runs=1, default_args={"retries": 2}) as dag:

    def call(method, path, *, repeats=True, **sent):
        conn = Connection.get("simplo_default")
        session = requests.Session()
        if repeats:  # never the GET that issues an invoice
            again = Retry(total=3, status_forcelist=[429, 502, 503, 504], backoff_factor=0.1)
            session.mount("http", HTTPAdapter(max_retries=again))
        headers = {"Authorization": f"Bearer {conn.password}", "Content-Type": "application/json"}
        answer = session.request(method, f"{conn.host}{path}", headers=headers, timeout=60, **sent)
        answer.raise_for_status()
        return answer

    @task
    def due():
        page, reports = 1, []
        while True:
            found = call("GET", "/reports", params={"page": page}).json()
            reports += found["items"]
            if page >= found["_meta"]["total_pages"]:
                break
            page += 1
        return [one["id"] for one in reports if one["is_active"] and one["sent_at"] and not one["invoiced_at"]]

    @task
    def bill(report_id, task_state_store=None):
        report, asked = call("GET", f"/reports/{report_id}").json(), task_state_store.get("asked")
        for _ in range(5) if asked else ():
            if report["invoiced_at"]:
                break
            time.sleep(Connection.get("simplo_default").extra_dejson.get("settle_time", 15) / 5)
            report = call("GET", f"/reports/{report_id}").json()
        if report["invoiced_at"]:
            return report["invoice_number"]
        if asked:
            raise AirflowFailException(f"Nobody can tell whether report {report_id} was invoiced")
        if not report["approved_at"]:
            call("POST", f"/reports/{report_id}/approved", json={"hash": report["hash"]})
        task_state_store.set("asked", True)
        try:
            call("GET", f"/reports/{report_id}/issue-invoice", repeats=False)
        except requests.HTTPError as error:
            if error.response.status_code < 500:  # refused
                task_state_store.delete("asked")
            raise
        return call("GET", f"/reports/{report_id}").json()["invoice_number"]

    bill.expand(report_id=due())
