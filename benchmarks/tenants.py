"""Many waits over many connections: what each further account costs.

``make bench`` runs 200 waits over 10 connections beside the same over one; ``--full`` 1,000 over 50. Each connection is
an account of its own. Fails when calls or processor time are missed by more than a fifth.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import requests

from benchmarks.certificate import write_certificate
from benchmarks.contenders import connect, first_event
from benchmarks.stub import audit_id
from benchmarks.wait import ROOT, stub
from benchmarks.wanted import Wanted, conclude

QUICK = {"waits": 200, "connections": 10, "interval": 2.0, "seconds": 8.0}
FULL = {"waits": 1000, "connections": 50, "interval": 5.0, "seconds": 30.0}
MOST_CALLS = 10.0
"""Of each connection."""
MOST_CPU = 4.0
"""Times what the same waits take over one connection."""


def wait(config: dict[str, Any]) -> None:
    """Wait for all, and print what it cost as JSON."""
    from airflow_qa_provider.triggers.wait import WaitTrigger
    from airflow_qa_provider.vendors import kind_of
    from airflow_qa_provider.waiting.verdict import Terms

    count = config["connections"]
    for number in range(count):
        key = f"key-{number}-of-{count}"
        extra = {"ca_path": config["ca"]}
        connect(f"TENANT_{number}", conn_type="monitorqa", host=config["url"], password=key, extra=extra)
    terms = Terms("monitorqa.audit", "audit", retry_advice="A retry looks at the same object again").as_dict()

    async def one(number: int) -> None:
        now = time.time()
        policy = {"poll_interval": config["interval"], "started_at": now, "deadline": now + 7 * 86400}
        trigger = WaitTrigger("monitorqa.audit", f"tenant_{number % count}", audit_id(number), policy, dict(terms))
        event = await first_event(trigger)
        assert event.payload["outcome"]["finished"]["phase"] == "succeeded"

    async def every() -> None:
        await asyncio.gather(*(one(number) for number in range(config["waits"])))

    kind_of("monitorqa.audit")
    begin = {"seconds": config["seconds"], "waits": config["waits"]}
    requests.get(f"{config['url']}/__begin", params=begin, verify=config["ca"], timeout=10)
    began = time.process_time()
    asyncio.run(every())
    print(json.dumps({"cpu": time.process_time() - began}))


def cost(config: dict[str, Any], home: str) -> dict[str, float]:
    """Return what the waits cost, in a process of their own."""
    environment = {**os.environ, "AIRFLOW_HOME": home, "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"}
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.tenants", "--wait", json.dumps(config)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    counts = requests.get(f"{config['url']}/__counts", verify=config["ca"], timeout=10).json()
    return {"calls": counts["calls"], **json.loads(done.stdout.splitlines()[-1])}


def main() -> None:
    """Wait over one connection, then over many, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="1,000 waits over 50 connections, a look every 5 s")
    parser.add_argument("--json", type=Path, help="write the figures to a file, too")
    parser.add_argument("--wait", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.wait:
        wait(json.loads(arguments.wait))
        return
    numbers = FULL if arguments.full else QUICK
    with tempfile.TemporaryDirectory(prefix="airflow-qa-bench-") as folder:
        trusted, server = write_certificate(Path(folder))
        with stub(server) as port:
            config = {"url": f"https://127.0.0.1:{port}", "ca": str(trusted), **numbers}
            one = cost({**config, "connections": 1}, folder)
            many = cost(config, folder)
    each, ratio = many["calls"] / numbers["connections"], many["cpu"] / one["cpu"]
    job = "{waits:,} waits over {connections:g} connections".format(**numbers)
    print(f"{job}: {many['cpu']:.2f} CPU s; over one: {one['calls']:.0f} calls, {one['cpu']:.2f} CPU s")
    wanted = [
        Wanted(f"{job}: calls each", each, MOST_CALLS),
        Wanted(f"{job}: CPU to one connection's", ratio, MOST_CPU),
    ]
    conclude(wanted, arguments.json)


if __name__ == "__main__":
    main()
