"""Many waits in one event loop: this package beside what people use today, and beside an ideal.

``make bench`` runs a small round, ``make bench ARGS=--full`` the one whose numbers are in docs/resilience.md. Each
contender has a process of its own; all talk to the same stub, which has another. Processor time and lag depend on
the machine, so compare within a run. The calls of those who ask for each wait alone are fewer than they should be
where they cannot keep up with their own interval: see how late they notice.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.certificate import write_certificate

ROOT = Path(__file__).resolve().parent.parent
PEERS = {"http_sensor": "airflow.providers.http", "dbt_cloud": "airflow.providers.dbt.cloud"}
TITLES = {
    "ours": "this package",
    "ideal": "ideal, by hand",
    "http_sensor": "HttpSensorTrigger",
    "dbt_cloud": "DbtCloudRunJobTrigger",
}
QUICK = {"waits": 200, "interval": 1.0, "seconds": 5.0}
FULL = {"waits": 1000, "interval": 5.0, "seconds": 30.0}


@contextmanager
def stub(certificate: Path | None) -> Iterator[int]:
    """Run the vendor for the length of a ``with`` block and yield its port."""
    command = [sys.executable, "-m", "benchmarks.stub"]
    if certificate:
        command += ["--certificate", str(certificate)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def run(name: str, config: dict[str, Any], home: Path) -> dict[str, Any]:
    """Run one contender in a process of its own."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("AIRFLOW_", "AIRFLOW__"))}
    settings = {"AIRFLOW_HOME": str(home), "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR", "PYTHONWARNINGS": "ignore"}
    if config["ca"]:
        settings["SSL_CERT_FILE"] = config["ca"]
    command = [sys.executable, "-m", "benchmarks.contenders", name, json.dumps(config)]
    limit = config["seconds"] * 20 + 120
    done = subprocess.run(
        command, cwd=ROOT, env={**clean, **settings}, capture_output=True, text=True, timeout=limit, check=False
    )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def table(results: dict[str, dict[str, Any]], title: str) -> Table:
    """Return the results as a table that fits a narrow terminal."""
    shown = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    shown.add_column("", no_wrap=True)
    for column in ("calls", "TCP", "CPU s", "KiB per\nwait", "lag, ms\np99 / max", "noticed, s\np50 / p99"):
        shown.add_column(column, justify="right", no_wrap=True)
    for name, found in results.items():
        shown.add_row(
            TITLES[name],
            f"{found['calls']:,}",
            f"{found['connections']:,}",
            f"{found['cpu']:.2f}",
            f"{found['kib_per_wait']:.1f}",
            f"{found['lag_p99'] * 1000:.0f} / {found['lag_max'] * 1000:.0f}",
            f"{found['latency_p50']:.2f} / {found['latency_p99']:.2f}",
        )
    return shown


def ratios(results: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Say what this package takes of what each other one does."""
    mine = results["ours"]
    for name, found in results.items():
        if name != "ours":
            calls, cpu = ratio(mine["calls"], found["calls"]), ratio(mine["cpu"], found["cpu"])
            yield f"Of {TITLES[name]}: {calls} of the calls, {cpu} of the processor time"


def ratio(mine: float, theirs: float) -> str:
    """Return a part of a whole, or a multiple."""
    return f"1/{theirs / mine:.0f}" if theirs >= 2 * mine else f"{mine / theirs:.2f}"


def main() -> None:
    """Run the contenders and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="1,000 waits, every 5 s, done after 30 s")
    parser.add_argument("--waits", type=int, help=f"how many; default {QUICK['waits']}")
    parser.add_argument("--interval", type=float, help=f"seconds between two looks; default {QUICK['interval']}")
    parser.add_argument("--seconds", type=float, help=f"after which all are done; default {QUICK['seconds']}")
    parser.add_argument("--only", nargs="+", choices=TITLES, default=list(TITLES), help="contenders, with ours first")
    parser.add_argument("--plain", action="store_true", help="HTTP without TLS; dbt Cloud needs TLS and is left out")
    parser.add_argument("--json", type=Path, help="write the numbers to a file, too")
    arguments = parser.parse_args()
    numbers = dict(FULL if arguments.full else QUICK)
    numbers.update({name: value for name in numbers if (value := getattr(arguments, name)) is not None})
    names = [name for name in TITLES if name in {"ours", *arguments.only}]
    missing = [name for name in names if name in PEERS and not installed(PEERS[name])]
    names = [name for name in names if name not in missing and not (arguments.plain and name == "dbt_cloud")]
    console = Console()
    results = {}
    with tempfile.TemporaryDirectory(prefix="airflow-qa-bench-") as folder:
        trusted, server = (None, None) if arguments.plain else write_certificate(Path(folder))
        with stub(server) as port:
            url = f"http{'' if arguments.plain else 's'}://127.0.0.1:{port}"
            for name in names:
                with console.status(f"{TITLES[name]} waits"):
                    results[name] = run(name, {"url": url, "ca": str(trusted or ""), **numbers}, Path(folder))
    what = "{waits:,} waits, a look every {interval:g} s, all done after {seconds:g} s".format(**numbers)
    console.print(table(results, f"{what}, over {'HTTP' if arguments.plain else 'HTTPS'}"))
    for line in ratios(results):
        console.print(line, highlight=False)
    for name in missing:
        console.print(f"{TITLES[name]} is not installed: use make bench")
    if arguments.json:
        arguments.json.write_text(json.dumps({**numbers, "tls": not arguments.plain, "results": results}, indent=1))


def installed(package: str) -> bool:
    """Tell whether a package can be imported."""
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        return False


if __name__ == "__main__":
    main()
