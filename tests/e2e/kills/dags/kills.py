"""The DAGs of the kill harness, made of its plan: a task per operator, mapped where it has several creates."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

from airflow.sdk import DAG, get_parsing_context

from airflow_qa_provider.bases.bulk import BulkOperator
from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from tests.e2e.kills import boundary
from tests.e2e.kills.catalogue import CATALOGUE

boundary.install()
# the sandboxes are quick, and never go on with a request whose client is gone
for base in (BulkOperator, CreatingOperator, ChangingOperator, VendorOperator):
    base.lookup_timeouts = LookupTimeouts(pause=0.2, lost_answer=4.0, no_id=4.0, settled=1.0, not_found=5.0)

RETRY = {"retries": 12, "retry_delay": timedelta(0)}
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
wanted = get_parsing_context().dag_id

for dag_id, tasks in json.loads(Path(os.environ["KILLS_PLAN"]).read_text()).items():
    # a task's process needs its own DAG only
    if wanted not in (None, dag_id):
        continue
    with DAG(dag_id, schedule=None, start_date=START, default_args=RETRY) as dag:
        for task in tasks:
            entry = CATALOGUE[task["entry"]]
            fixed = {**entry.fixed, **task["fixed"]}
            operator, cases = entry.operator(), task["cases"]
            if len(cases) == 1:
                operator(task_id=task["task_id"], **fixed, **cases[0])
            else:
                operator.partial(task_id=task["task_id"], **fixed).expand_kwargs(cases)
    globals()[dag_id] = dag
