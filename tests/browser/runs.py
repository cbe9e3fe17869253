"""The examples: triggered by hand, watched until they are green, and looked at, task by task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import requests
from playwright.sync_api import expect

from airflow_qa_provider.operators.monitorqa import MonitorQAAuditReportOperator
from tests.browser.window import Window

OURS = "airflow_qa_provider"
FLAGSHIP = ("example_report_distribution", "walk")
NAMED = {
    ("example_report_distribution", "region"): {"Nordics Pdf", "DACH Xlsx", "Iberia Pdf"},
    ("example_smartq_tickets", "ticket"): {"Fire door 2.14 without closer", "Membrane torn at the kerb"},
}
LOUD = ("warning", "error", "critical")


@dataclass(frozen=True)
class Task:
    """A task instance."""

    dag: str
    run: str
    task: str
    index: int
    tries: int
    state: str
    shown_as: str | None

    @property
    def page(self) -> str:
        mapped = f"/mapped/{self.index}" if self.index >= 0 else ""
        return f"dags/{self.dag}/runs/{quote(self.run, safe='')}/tasks/{self.task}{mapped}"

    def api(self, what: str) -> str:
        place = f"dags/{self.dag}/dagRuns/{quote(self.run, safe='')}/taskInstances/{self.task}/{what}"
        return f"{place}{'&' if '?' in place else '?'}map_index={self.index}"

    def __str__(self) -> str:
        return f"{self.dag}.{self.task}" + (f"[{self.shown_as or self.index}]" if self.index >= 0 else "")


def trigger_by_hand(window: Window, dags: Iterable[str]) -> dict[str, str]:
    """Press Trigger in the list of DAGs, one after the other; return their runs."""
    page, runs = window.page, {}
    window.open("dags?limit=100", FLAGSHIP[0])
    window.picture("dags")
    for dag in dags:
        with window.step(f"Trigger {dag}"):
            card = page.get_by_test_id("dag-card").filter(has=page.get_by_text(dag, exact=True))
            card.get_by_test_id("trigger-dag-button").click()
            submit = page.get_by_test_id("trigger-dag-submit")
            expect(submit).to_be_enabled()
            with page.expect_response(lambda one: one.url.endswith("/dagRuns")) as asked:
                submit.click()
            runs[dag] = asked.value.json().get("dag_run_id", "")
            window.problems.check(bool(runs[dag]), f"{dag} is triggered by hand")
            expect(submit).to_be_hidden()
    window.picture("triggered")
    return runs


def tasks_of(window: Window, runs: Mapping[str, str]) -> list[Task]:
    """The task instances of runs."""
    found = []
    for dag, run in runs.items():
        answer = window.site.ask("GET", f"dags/{dag}/dagRuns/{quote(run, safe='')}/taskInstances?limit=200")
        found += [
            Task(
                dag,
                run,
                one["task_id"],
                one["map_index"],
                one["try_number"],
                one["state"],
                one["rendered_map_index"],
            )
            for one in answer["task_instances"]
            if one["state"] in ("success", "skipped")
        ]
    return found


def look_at_logs(window: Window, tasks: Iterable[Task]) -> None:
    """No task has anything of ours to warn of."""
    loud, lines = [], 0
    for one in tasks:
        for number in range(1, one.tries + 1):
            answer = window.site.ask("GET", one.api(f"logs/{number}?full_content=true"))
            content = [line for line in answer.get("content", []) if isinstance(line, dict)]
            # a busy scheduler counts attempts that it never started
            if not content and number == one.tries:
                window.problems.check(False, f"{one} has no log {answer.get('error', '')}")
            lines += len(content)
            loud += [(one, line) for line in content if str(line.get("level", "")).lower() in LOUD]
    ours = [f"{one}: {line}" for one, line in loud if OURS in str(line)]
    for one, line in loud:
        if OURS not in str(line):
            print(f"         Airflow says in {one}: {line.get('level')} {line.get('event')}")
    window.problems.check(lines > 0 and not ours, f"{lines} lines of log, none of ours is a warning {ours or ''}")


def look_at_names(window: Window, tasks: Iterable[Task]) -> None:
    """Mapped tasks show names."""
    for (dag, task), names in NAMED.items():
        with window.step(f"Names of {dag}.{task}"):
            mapped = [one for one in tasks if (one.dag, one.task) == (dag, task)]
            window.open(mapped[0].page.partition("/mapped")[0] + "/mapped", min(names))
            for name in names:
                expect(window.page.get_by_text(name).first).to_be_visible()
            window.picture(f"names-{task}")
            window.problems.check(len(mapped) >= len(names), f"{dag}.{task} shows {sorted(names)}")


def follow_links(window: Window, tasks: Iterable[Task], audits: Any, *, quick: bool) -> None:
    """Every link leads to a page that answers; each kind of them is pressed, every one when there is time."""
    pressed: set[tuple[str, str]] = set()
    answered = 0
    # the flagship first: its walk has both kinds of buttons
    for one in sorted(tasks, key=lambda one: (one.dag, one.task) != FLAGSHIP):
        links = window.site.ask("GET", one.api("links")).get("extra_links", {})
        for name, address in links.items():
            if not address:
                if one.state == "success":
                    window.problems.check(False, f"{one} has an empty link {name!r}")
                continue
            answered += answers(window, one, name, address, audits)
            kind = (name, address.rpartition(".")[2] if name == "Stored file" else "")
            if kind in pressed and quick:
                continue
            pressed.add(kind)
            with window.step(f"{name} of {one}"):
                press(window, one, name, address)
    window.problems.check(answered > 0 and bool(pressed), f"{answered} links answer, {len(pressed)} kinds of them")


def answers(window: Window, one: Task, name: str, address: str, audits: Any) -> bool:
    """A file is there; a page of the vendor is one of an object that the sandbox has."""
    if not address.startswith("http://127.0.0.1:"):
        good = audits(address) is not None
        if not good:
            window.problems.check(False, f"{name} of {one} leads to {address}")
        return good
    answer = requests.get(address, timeout=60)
    begins = {".pdf": b"%PDF-", ".xlsx": b"PK", ".parquet": b"PAR1", ".json": b"{"}
    suffix = "." + urlsplit(address).path.rpartition(".")[2]
    good = answer.ok and answer.content.startswith(begins.get(suffix, b"")) and len(answer.content) > 0
    if not good:
        window.problems.check(False, f"{name} of {one} answers {answer.status_code} at {address}")
    return good


def shown(address: str) -> bool:
    """Whether a browser shows what is there; the rest it saves, and closes the window."""
    return not address.startswith("http://127.0.0.1:") or address.endswith((".pdf", ".json"))


def press(window: Window, one: Task, name: str, address: str) -> None:
    """The button leads where Airflow's API says, and what it opens is shown or saved."""
    page = window.page
    link = page.get_by_role("link", name=name, exact=True)
    window.open(f"{one.page}/details", link)
    window.picture(f"link-{one.dag}-{one.task}")
    window.problems.check(link.get_attribute("href") == address, f"{one} has the button {name!r}")
    with page.context.expect_page() as opened:
        link.click()
    popup = opened.value
    if shown(address):
        popup.wait_for_url(address)
        window.picture(f"opened-{name}-{one.task}", popup)
        popup.close()
    window.problems.check(True, f"{unquote(address)} is {'shown' if shown(address) else 'saved'}")


def look_at_storage(window: Window, tasks: Iterable[Task]) -> None:
    """XComs have flat names, and the note of the journal is where the docs say."""
    one = next(one for one in tasks if (one.dag, one.task) == FLAGSHIP)
    with window.step(f"XComs of {one}"):
        window.open(f"{one.page}/xcom", "remote_id")
        window.picture("xcoms")
        entries = window.site.ask("GET", one.api("xcomEntries"))["xcom_entries"]
        keys = {entry["key"] for entry in entries if not entry["key"].startswith("_link_")}
        for key in keys:
            expect(window.page.get_by_text(key, exact=True).first).to_be_visible()
        documented = {"return_value", *MonitorQAAuditReportOperator.xcom_keys()}
        wanted = {"return_value", "remote_id", "outcome", "phase", "status", "score", "uri"}
        window.problems.check(wanted <= keys <= documented, f"{one} shows the XComs {sorted(keys)}")
    with window.step(f"Task state store of {one}"):
        window.open(one.page, "Storage")
        window.page.get_by_text("Storage", exact=True).first.click()
        expect(window.page.get_by_text("Task State Store", exact=True).first).to_be_visible()
        expect(window.page.get_by_text("journal", exact=True).first).to_be_visible()
        expect(window.page.get_by_text('"object_id"').first).to_be_visible()
        window.picture("task-state-store")
        window.problems.check(True, "Storage, Task State Store has the note of the journal")
    with window.step(f"Log of {one}"):
        window.open(one.page, "no earlier attempt sent a request")
        window.picture("log")
