"""``make browser``: what a stranger does in ``make airflow``, in a real browser; exit code 0 when all is well.

Log in with the password of the terminal; test each stored connection, look at its form, make one by hand, and one
with a wrong key; trigger all examples; follow every link, open a PDF, read logs, XComs and the task state store.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.browser import forms, runs
from tests.browser.window import installed, opened
from tests.e2e.first_contact import Problems, await_all, await_events, served, trigger

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / ".airflow" / "screenshots"
DOCS = {
    "form-smartq": "connection",
    "link-example_report_distribution-walk": "links",
    "names-region": "regions",
    "task-state-store": "task-state-store",
}
_COLOURS, _MOST = 64, 150_000
_AUDIT = re.compile(r"https://app\.monitorqa\.com/audits/(?:archive|pending)/([\w-]+)")


def main() -> int:
    """Run it and return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="one of each kind, for make e2e")
    parser.add_argument("--limit", type=float, default=600, help="seconds that a start, or all runs, may take")
    parser.add_argument("--pictures", type=Path, default=PICTURES, help="folder for screenshots, emptied first")
    parser.add_argument("--docs", action="store_true", help="write the pictures of the documentation, too")
    args = parser.parse_args()
    chromium = installed()
    if chromium is None:
        print("No Chromium here: apt install chromium", file=sys.stderr)
        return 2
    shutil.rmtree(args.pictures, ignore_errors=True)
    args.pictures.mkdir(parents=True)
    problems, began = Problems(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="airflow-qa-browser-") as scratch:
        home = Path(scratch) / "ui"
        with served(home, args.limit) as site:
            print(f"  {time.monotonic() - began:.0f} s: Airflow is up", flush=True)
            accounts = forms.accounts_of(json.loads((home / "home" / "sandbox.json").read_text()))
            audits = audit_pages(accounts["monitorqa"])
            with opened(chromium, site, problems, args.pictures, audits) as window:
                window.log_in()
                dags = site.dags()
                by_hand = dags if not args.quick else dags[-1:]
                made = runs.trigger_by_hand(window, by_hand)
                made |= trigger(site, problems, [one for one in dags if one not in made])
                forms.try_forms(window, accounts, quick=args.quick)
                await_all(site, problems, made, args.limit)
                made |= await_events(site, problems, args.limit)
                window.open("dag_runs?limit=100", runs.FLAGSHIP[0])
                window.picture("runs")
                tasks = runs.tasks_of(window, made)
                runs.look_at_logs(window, tasks)
                runs.look_at_names(window, tasks)
                runs.follow_links(window, tasks, audits, quick=args.quick)
                runs.look_at_storage(window, tasks)
                problems.check(not window.console, f"The console of the browser has no error {window.console or ''}")
                problems.check(not window.outside, f"Nothing is asked of the internet {window.outside or ''}")
    if args.docs and not problems:
        for name, shown in DOCS.items():
            print(f"  {keep(window.taken[name], ROOT / 'docs' / 'pictures' / f'{shown}.png')}")
    print(f"Screenshots are in {args.pictures}; {len(problems)} problems in {time.monotonic() - began:.0f} s")
    return 1 if problems else 0


def keep(picture: Path, target: Path) -> str:
    """Store a picture for the documentation: small, for it stays in the repository for good."""
    from PIL import Image

    target.parent.mkdir(exist_ok=True)
    with Image.open(picture) as image:
        image.convert("RGB").quantize(_COLOURS).save(target, optimize=True)
    size = target.stat().st_size
    if size > _MOST:
        raise SystemExit(f"{target} has {size} bytes")
    return f"{target}: {size} bytes"


def audit_pages(account: Mapping[str, Any]) -> Callable[[str], str | None]:
    """Stand in for the app of MonitorQA: it shows the audits that the sandbox has."""
    from airflow.sdk import Connection

    from airflow_qa_provider.exceptions import QAError
    from airflow_qa_provider.vendors.connect import client_of

    fields = {**account, "extra": json.dumps(account.get("extra", {}))}
    client = client_of("monitorqa", Connection(conn_id="monitorqa_default", **fields))

    def page(address: str) -> str | None:
        named = _AUDIT.fullmatch(address)
        try:
            return f"<h1>Audit {client.audits.get(named[1])['number']}</h1>" if named else None
        except QAError:
            return None

    return page


if __name__ == "__main__":
    sys.exit(main())
