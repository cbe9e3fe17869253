"""The tables at the end of the demo."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_STATES = {"success": "[green]success[/]", "skipped": "[yellow]skipped[/]"}


def print_summary(
    console: Console,
    results: Sequence[dict[str, Any]],
    mails: Sequence[Any],
    recipients: Collection[str],
    seconds: float,
) -> bool:
    """Print what each task did, which files there are, and who got them; check that all of it is true.

    :param console: Where to print.
    :param results: One ``result`` event per task instance.
    :param mails: Mails that the mail server took.
    :param recipients: Who should have got one each.
    :param seconds: Length of the run.
    :return: Whether every file is on disk as described and every recipient has exactly one mail with all of them.
    """
    files = [value for result in results if _is_manifest(value := result["xcoms"].get("return_value"))]
    console.print(_tasks(results))
    console.print(_files(files, mails, recipients))
    for folder in sorted({short(_path(manifest["uri"]).parent) for manifest in files}):
        console.print(f"The files are in {folder}", highlight=False, soft_wrap=True)
    console.print(_mails(mails))
    problems = [*_file_problems(files), *_mail_problems(files, mails, recipients)]
    for problem in problems:
        console.print(f"[bold red]{escape(problem)}[/]")
    if not problems:
        console.print(
            f"{len(files)} files, {len(mails)} mails, every attachment equal to its file, in {seconds:.0f} s.",
            highlight=False,
        )
    return not problems


def print_dags(
    console: Console,
    dags: Sequence[dict[str, Any]],
    results: Sequence[dict[str, Any]],
    failures: Sequence[dict[str, Any]],
) -> bool:
    """Print how each DAG ended.

    :param console: Where to print.
    :param dags: The last event of each DAG.
    :param results: One ``result`` event per task instance, of all DAGs.
    :param failures: The event of each task that failed.
    :return: Whether all of them were a success.
    """
    table = Table(title="All examples", title_justify="left")
    for name, justify in (("DAG", "left"), ("State", "left"), ("Seconds", "right"), ("Tasks", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for dag in dags:
        states = Counter(one["state"] for one in results if one["dag_id"] == dag["dag_id"])
        tasks = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        state = _STATES.get(dag["state"], f"[red]{dag['state']}[/]")
        table.add_row(dag["dag_id"], state, f"{dag['seconds']:.1f}", tasks)
    console.print(table)
    reasons = [f"{one['dag_id']}.{one['task_id']}: {one.get('error', 'no reason given')}" for one in failures]
    reasons += [f"{dag['dag_id']}: {dag['error']}" for dag in dags if dag.get("error")]
    for reason in reasons:
        console.print(f"[bold red]{escape(reason)}[/]", highlight=False, soft_wrap=True)
    good = [dag for dag in dags if dag["state"] == "success"]
    console.print(f"{len(good)} of {len(dags)} DAGs were a success.", highlight=False)
    return len(good) == len(dags)


def _is_manifest(value: Any) -> bool:
    return isinstance(value, dict) and {"uri", "sha256", "bytes"} <= value.keys()


def _tasks(results: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="What happened", title_justify="left")
    for name, justify in (("Task", "left"), ("State", "left"), ("Seconds", "right"), ("Outcome", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for result in results:
        name = result["task_id"] if result["map_index"] < 0 else f"{result['task_id']}[{result['map_index']}]"
        took = "" if result["seconds"] is None else f"{result['seconds']:.1f}"
        table.add_row(name, _STATES.get(result["state"], f"[red]{result['state']}[/]"), took, _outcome(result["xcoms"]))
    return table


def _outcome(xcoms: dict[str, Any]) -> str:
    value: Any = xcoms.get("return_value")
    if xcoms.get("phase"):
        score = f", score {xcoms['score']}" if xcoms.get("score") is not None else ""
        return f"{xcoms['phase']} ({xcoms['status']}{score})"
    if _is_manifest(value):
        return str(value["name"])
    if isinstance(value, dict) and "delivered" in value:
        return f"{len(value['delivered'])} mails sent"
    return ""


def _files(files: Sequence[dict[str, Any]], mails: Sequence[Any], recipients: Collection[str]) -> Table:
    table = Table(title="Files", title_justify="left")
    table.add_column("Name", overflow="fold")
    table.add_column("Size", justify="right", no_wrap=True)
    table.add_column("Holds", justify="right", no_wrap=True)
    table.add_column("SHA-256", no_wrap=True)
    table.add_column("Mailed to", no_wrap=True)
    for manifest in files:
        holds = [_count(manifest[unit], unit) for unit in ("pages", "rows") if manifest.get(unit) is not None]
        got = {to for mail in mails if manifest["sha256"] in _digests(mail) for to in mail.recipients}
        to = "everyone" if got == set(recipients) else ", ".join(sorted(got)) or "[red]nobody[/]"
        table.add_row(
            _path(manifest["uri"]).name, _size(manifest["bytes"]), ", ".join(holds), manifest["sha256"][:12], to
        )
    return table


def _mails(mails: Sequence[Any]) -> Table:
    table = Table(title="Mails", title_justify="left")
    table.add_column("Recipient")
    table.add_column("Subject")
    table.add_column("Attachments", justify="right")
    table.add_column("Size", justify="right")
    table.add_column("Kept as", overflow="fold")
    for mail in mails:
        table.add_row(
            ", ".join(mail.recipients),
            mail.subject,
            str(len(mail.attachments)),
            _size(len(mail.raw)),
            short(mail.path),
        )
    return table


def _digests(mail: Any) -> list[str]:
    return [attachment.sha256 for attachment in mail.attachments]


def _path(uri: str) -> Path:
    return Path(urlsplit(uri).path if "://" in uri else uri)


def short(path: Path) -> str:
    """Return a path as people read it: relative to where they are."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _count(number: int, units: str) -> str:
    return f"{number:,} {units[:-1] if number == 1 else units}"


def _size(count: int) -> str:
    return f"{count / 1024:,.1f} KiB" if count < 1024 * 1024 else f"{count / 1024 / 1024:,.1f} MiB"


def _file_problems(files: Sequence[dict[str, Any]]) -> list[str]:
    problems = []
    for manifest in files:
        path = _path(manifest["uri"])
        if not path.is_file():
            problems.append(f"{path} is not there.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != manifest["sha256"]:
            problems.append(f"{path} is not what was stored.")
    return problems if files else ["No file was stored."]


def _mail_problems(files: Sequence[dict[str, Any]], mails: Sequence[Any], recipients: Collection[str]) -> list[str]:
    problems = []
    for recipient in recipients:
        got = [mail for mail in mails if recipient in mail.recipients]
        if len(got) != 1:
            problems.append(f"{recipient} got {len(got)} mails.")
        elif missing := [m["name"] for m in files if m["sha256"] not in _digests(got[0])]:
            problems.append(f"The mail to {recipient} lacks {', '.join(missing)}.")
    return problems
