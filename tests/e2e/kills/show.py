"""Runs the plan on one Airflow."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from rich.console import Console

from airflow_qa_provider.demo.runner import tail
from qa_sandbox import Sandbox, SandboxSettings
from tests.e2e.events import plan as events_plan
from tests.e2e.events.show import Events
from tests.e2e.kills.alike import SCHEDULED, Undisturbed
from tests.e2e.kills.catalogue.entry import World
from tests.e2e.kills.gate import Gate
from tests.e2e.kills.plan import DEFERRED, HANDS, KILLS, LATE, RESETS, TWINS, Case, cases, enter_scripts, write_plan
from tests.e2e.kills.processes import ShowStopped
from tests.e2e.kills.script import Book, Deed, Key, Point, Step, Strike, Visit
from tests.e2e.kills.stage import Stage, staged
from tests.e2e.kills.verdict import Findings, judge
from tests.e2e.triggerers.plan import DAG_IDS
from tests.e2e.triggerers.show import Triggerers

SANDBOX = SandboxSettings(
    audit_pickup_seconds=0.1,
    audit_seconds=0.5,
    report_queue_seconds=0.1,
    report_seconds=0.5,
    task_seconds=0.5,
    milestone_seconds=0.2,
    pdf_bytes=3_000_000,
)
_POLL_SECONDS = 1.0
_WAIT_SECONDS = 0.5
_TELL_SECONDS = 10.0
_QUIET_SECONDS = 150.0
# less than tasks wait for what they have lost
_LATE_SECONDS = 0.5
_OVER = ("success", "failed", "upstream_failed", "skipped", "removed")


class Show:
    """One Airflow under fire.

    :param stage: The Airflow.
    :param world: The vendors.
    :param book: The scripts.
    :param made: The plan.
    :param console: For progress.
    """

    def __init__(self, stage: Stage, world: World, book: Book, made: list[Case], console: Console) -> None:
        self.stage = stage
        self.world = world
        self.book = book
        self.made = made
        self._console = console
        self._began = time.monotonic()
        self._tasks: dict[Key, dict[str, Any]] = {}
        self._acts = (DeferredAct(self), HandsAct(self))

    def run(self) -> None:
        """Run all DAGs to their ends."""
        for section, fault in ((RESETS, "reset_after"), (LATE, {"commit_late": _LATE_SECONDS})):
            if self.of(section):
                with self._disturbing(section, fault):
                    self._play([section])
        self._play([section for section in (DEFERRED, HANDS, KILLS, *TWINS) if self.of(section)])

    def of(self, section: str) -> list[Case]:
        """Return the creates of a DAG.

        :param section: The DAG.
        """
        return [case for case in self.made if case.section == section]

    def state(self, case: Case) -> str:
        """Return the state of a task instance at the latest look.

        :param case: The create.
        """
        return str((self._tasks.get(case.key) or {}).get("state"))

    def forget(self, case: Case) -> None:
        """Forget the state of a task instance, which has just been changed.

        :param case: The create.
        """
        self._tasks.pop(case.key, None)

    def say(self, what: str) -> None:
        """Print a line of progress.

        :param what: What happened.
        """
        self._console.print(f"  {time.monotonic() - self._began:4.0f} s  {what}", highlight=False)

    def _play(self, sections: list[str]) -> None:
        for section in sections:
            self.stage.trigger(section)
        last, since, told = "", time.monotonic(), 0.0
        while True:
            self.stage.check()
            for section in sections:
                self._tasks |= self.stage.api.tasks(section, self.stage.runs[section])
            for act in self._acts:
                act.poll()
            involved = [case for case in self.made if case.section in sections]
            over = [case for case in involved if self.state(case) in _OVER]
            done = len(over) == len(involved) and all(act.done for act in self._acts if act.section in sections)
            now = f"{', '.join(sections)}: {len(over)} of {len(involved)} tasks over, {self.book.kills} kills"
            if now != last:
                last, since = now, time.monotonic()
            if done or since > told + _TELL_SECONDS:
                self.say(now)
                told = time.monotonic()
            if done:
                return
            if time.monotonic() - since > _QUIET_SECONDS:
                states = Counter(f"{case.key.task_id} {self.state(case)}" for case in involved if case not in over)
                what = f"nothing has happened for {_QUIET_SECONDS:g} s; {dict(states)}; {self.book.problems}"
                raise ShowStopped(f"{what}\n{tail(self.stage.home / 'scheduler.log', 20)}")
            time.sleep(_POLL_SECONDS)

    @contextmanager
    def _disturbing(self, section: str, fault: str | dict[str, float]) -> Iterator[None]:
        """Disturb all writes of a DAG; of those that are repeated, the first."""
        sandbox = self.world.sandbox
        wanted = {(case.entry.vendor, case.entry.write, case.entry.repeats) for case in self.of(section)}
        for vendor, write, repeats in wanted:
            if write is not None:
                limit = {"times": 1} if repeats else {}
                sandbox.add_fault(fault, vendor=vendor, method=write.method, path=write.path, **limit)
        yield
        for rule in sandbox.scenario.describe():
            if not rule["applied"]:
                self.book.complain(f"no {rule['method']} {rule['path']} of {rule['vendor']} was disturbed")
            sandbox.remove_fault(rule["id"])


class DeferredAct:
    """Kills triggerers while tasks are deferred, then lets the objects end.

    :param show: The show that it is part of.
    """

    section = DEFERRED

    def __init__(self, show: Show) -> None:
        self._show = show
        self._cases = show.of(DEFERRED)
        self._rounds = max((len(case.script) for case in self._cases), default=0)
        self._seen_since: float | None = None
        self.done = not self._cases

    def poll(self) -> None:
        """Do the next kill, if all tasks are deferred and the triggerer has polled for them."""
        if self.done or any(self._show.state(case) != "deferred" for case in self._cases):
            self._seen_since = None
            return
        if self._seen_since is None:
            self._seen_since = time.monotonic()
        polled = self._show.book.polled
        if any(polled.get(case.entry.vendor, 0.0) <= self._seen_since for case in self._cases):
            return
        self._seen_since = None
        if self._rounds:
            self._rounds -= 1
            pid = self._show.stage.kill_triggerer()
            for case in self._cases:
                self._show.book.enter(Strike(case.script[0], Visit(case.key, 1, pid), (pid,)))
            return
        for case in self._cases:
            self._release(case)
        self.done = True

    def _release(self, case: Case) -> None:
        job, world = case.entry.job, self._show.world
        if job is None:
            return
        for object_id in case.entry.effects(world, case.label, case.arguments):
            world.end(case.entry.vendor, job.kind, object_id, job.done)


class HandsAct:
    """Clears what was marked as failed, and clears or marks as failed what has ended.

    :param show: The show that it is part of.
    """

    section = HANDS

    def __init__(self, show: Show) -> None:
        self._show = show
        self._open = {case.key: list(_by_hand(case)) for case in show.of(HANDS)}

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do."""
        return not any(self._open.values())

    def poll(self) -> None:
        """Do what is due."""
        for case in self._show.of(HANDS):
            deeds = self._open[case.key]
            in_flight = any(step.point is not Point.AFTERWARDS for step in self._show.book.parts[case.key].pending)
            if deeds and not in_flight and self._show.state(case) in _OVER:
                self._do(case, *deeds.pop(0))

    def _do(self, case: Case, deed: Deed, step: Step | None) -> None:
        api, run_id = self._show.stage.api, self._show.stage.runs[HANDS]
        if deed is Deed.CLEAR:
            api.clear([case.key], run_id)
        else:
            api.mark_failed(case.key, run_id)
        if step is not None:
            self._show.book.enter(Strike(step, Visit(case.key, 0, 0), ()))
        self._show.forget(case)


def _by_hand(case: Case) -> Iterator[tuple[Deed, Step | None]]:
    """Yield what is done once a task is over, and the step that it is; a task that was marked is cleared, too."""
    for step in case.script:
        if step.point is Point.AFTERWARDS:
            yield step.deed, step
        if step.deed is Deed.FAIL:
            yield Deed.CLEAR, None


def perform(
    database: str,
    url: str,
    home: Path,
    console: Console,
    scale: int,
    only: Iterable[str],
    triggerers: Triggerers | None = None,
) -> Findings:
    """Run the plan for one database, and count.

    :param database: Its name.
    :param url: Its SQLAlchemy address.
    :param home: A folder of its own.
    :param console: For progress.
    :param scale: How often everything is done.
    :param only: Names of operators; all by default.
    :param triggerers: What is played on the same Airflow in the end, and the events after that.
    """
    book, files, plan = Book(), home / "files", home / "plan.json"
    files.mkdir()
    sandbox = Sandbox(settings=SANDBOX)
    actors: list[Stage] = []

    def strike(step: Step, visit: Visit) -> Strike:
        return actors[0].strike(step, visit)

    for vendor in sandbox.vendors:
        sandbox.app(vendor).add_middleware(Gate, vendor=vendor, book=book, strike=strike)
    if triggerers:
        triggerers.guard(sandbox)
    events = Events(sandbox, SANDBOX, lambda line: console.print(f"  {line}", highlight=False))
    with serving(sandbox), events.serving(), triggerers.serving() if triggerers else nullcontext({}) as more:
        world = World(sandbox, files)
        made = cases(world, database, scale, only)
        keys = {case.label: case.key for case in made}
        # once is enough, and it needs no Airflow of its own
        undisturbed = Undisturbed(world, home, only) if database == "sqlite" and scale else None
        world.accepted = lambda label: book.parts[keys[label]].accepted
        write_plan([*made, *(undisturbed.scheduled if undisturbed else ())], plan)
        enter_scripts(made, book)
        keys |= undisturbed.enter(book) if undisturbed else {}
        before = {case.entry.name: case.entry.everything(world) for case in made}
        connections = events.connections({**connections_of(sandbox), **more})
        with staged(home, url, connections, plan, events_plan.SETTINGS) as stage:
            actors.append(stage)
            began = time.monotonic()
            waited_for = [*{case.section for case in made}, *([SCHEDULED] if undisturbed else [])]
            stage.start(*waited_for, *((*DAG_IDS, *events_plan.DAG_IDS) if triggerers else []))
            console.print(f"  Airflow is up after {time.monotonic() - began:.0f} s", highlight=False)
            Show(stage, world, book, made, console).run()
            findings = judge(made, world, before, book, stage.api, stage.runs, home)
            if undisturbed:
                findings.problems += undisturbed.compare(stage, events.connections(connections_of(sandbox)), console)
            if triggerers:
                findings.problems += triggerers.play(stage, world, url)
                findings.problems += events.play(stage, url)
            return findings


@contextmanager
def serving(sandbox: Sandbox) -> Iterator[None]:
    """Serve a sandbox for the length of a ``with`` block.

    :param sandbox: The sandbox.
    """
    sandbox.start()
    try:
        yield
    finally:
        sandbox.stop()


def connections_of(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    """Return connections to a sandbox that look often, and leave every repetition to Airflow.

    :param sandbox: The sandbox.
    """
    return {
        name: {**fields, "extra": {**fields["extra"], "poll_interval": _WAIT_SECONDS, "retries": 0}}
        for name, fields in sandbox.connections().items()
    }
