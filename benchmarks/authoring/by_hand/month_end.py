"""Month end: approve and invoice what was sent, and hand on the numbers of the invoices."""

from __future__ import annotations

import requests
from airflow.sdk import DAG, Connection, task
from requests.adapters import HTTPAdapter, Retry

with DAG("by_hand_month_end", schedule="@monthly", max_active_runs=1, default_args={"retries": 2}) as dag:

    def call(method, path, **sent):
        conn = Connection.get("simplo_default")
        session = requests.Session()
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
    def bill(report_id):
        report = call("GET", f"/reports/{report_id}").json()
        if not report["approved_at"]:
            call("POST", f"/reports/{report_id}/approved", json={"hash": report["hash"]})
        call("GET", f"/reports/{report_id}/issue-invoice")
        return call("GET", f"/reports/{report_id}").json()["invoice_number"]

    bill.expand(report_id=due())
