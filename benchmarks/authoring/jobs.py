"""The five jobs: what goes wrong in each, and what must be there in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.authoring.stage import Stage

ROWS = 200
REGIONS = 6
FINDINGS = (
    {"title": "Fire door 2.14 without closer", "trade": "carpentry", "photo": "door.jpg"},
    {"title": "Membrane torn at the kerb", "trade": "roofing", "photo": "kerb.jpg"},
    {"title": "Handrail loose on stair 3", "trade": "metalwork", "photo": "rail.jpg"},
)


@dataclass(frozen=True)
class Found:
    """What a run has left behind.

    :param right: Whether everything is there, whole and in its place.
    :param extra: Objects at the vendor that nobody wanted.
    :param wrong_mails: Mails with a file that is not what its name says, and mails that came twice.
    """

    right: bool
    extra: int = 0
    wrong_mails: int = 0


@dataclass(frozen=True)
class Job:
    """One job.

    :param name: Of its modules.
    :param title: For people.
    :param vendor: Who is called.
    :param write: Method and path of the request that must not be lost.
    :param nth: Which of them goes wrong.
    :param most_calls: Most requests of a run in which nothing goes wrong.
    :param look: What a run has left behind.
    :param page: Method and path of a file in whose place a login page comes; by default the answer to ``write`` is one.
    :param harmless: Whether to ask once more does no harm.
    :param bulk: Whether it is many rows in one task.
    :param most_cpu: Times the processor time of the version by hand that ``dag.test()`` may take with ours.
    """

    name: str
    title: str
    vendor: str
    write: tuple[str, str]
    most_calls: int
    look: Callable[[Stage], Found]
    nth: int = 1
    page: tuple[str, str] | None = None
    harmless: bool = False
    bulk: bool = False
    most_cpu: float = 2.0


def _mailed(stage: Stage, files: int) -> tuple[bool, int]:
    """Tell whether there is one mail with all the files, and how many mails are wrong."""
    mails = stage.sink.mails
    bad = [mail for mail in mails if not all(one.content.startswith(b"%PDF") for one in mail.attachments)]
    whole = [mail for mail in mails if mail not in bad and len(mail.attachments) == files]
    return len(whole) == 1 and len(mails) == 1, len(bad) + max(0, len(mails) - len(bad) - 1)


def _safety_walk(stage: Stage) -> Found:
    made = sum(one.name.startswith("Safety walk ") for one in stage.store("monitorqa").main.audits.all)
    made -= stage.before
    mailed, wrong = _mailed(stage, 1)
    return Found(mailed and made == 1, max(0, made - 1), wrong)


def _regions(stage: Stage) -> Found:
    made = stage.carried_out("/on-demand/Pdf$")
    mailed, wrong = _mailed(stage, REGIONS)
    return Found(mailed, max(0, made - REGIONS), wrong)


def _milestones(stage: Stage) -> Found:
    there = {one["externalId"] for one in stage.store("conqa").snapshot()["milestones"]}
    wanted = {f"B-{number:04}" for number in range(stage.rows)}
    return Found(wanted <= there, sum(one.startswith("B-") for one in there - wanted))


def _findings(stage: Stage) -> Found:
    extra = stage.connections["smartq_default"]["extra"]
    board = stage.store("smartq").projects[int(extra["project_id"])]
    made = [one for one in board.tickets.values() if "site walk" in one.tags and one.id not in stage.before_ids]
    whole = [one for one in made if board.step(one.step_id).name == "Accepted" and _photos(one) == 1]
    names = {one.name for one in whole}
    return Found(len(names) == len(whole) == len(made) == len(FINDINGS), len(made) - len(FINDINGS))


def _photos(ticket: Any) -> int:
    return sum(len(note.files) for note in ticket.notes.values()) if len(ticket.notes) == 1 else 0


def _month_end(stage: Stage) -> Found:
    store = stage.store("simplo")
    invoiced = [one.report_id for one in store.invoices]
    due = [one for one in store.reports() if one.is_active and one.sent_at and not one.invoiced_at]
    return Found(not due and len(set(invoiced)) == len(invoiced), len(invoiced) - len(set(invoiced)))


PDF = "/report-pdf$"

JOBS = (
    Job(
        "safety_walk",
        "safety walk, PDF, mail",
        "monitorqa",
        ("POST", "/audit$"),
        5,
        _safety_walk,
        page=("GET", PDF),
    ),
    Job(
        "regions",
        "a report for each of 6 regions",
        "qalyptus",
        ("POST", "/on-demand/Pdf$"),
        25,
        _regions,
        nth=2,
        page=("GET", "/download"),
        harmless=True,
        most_cpu=3.0,
    ),
    Job(
        "milestones",
        "200 milestones from a CSV",
        "conqa",
        ("POST", "/milestones/"),
        201,
        _milestones,
        nth=100,
        bulk=True,
    ),
    Job(
        "findings",
        "a ticket with photo per finding",
        "smartq",
        ("POST", "/tickets$"),
        16,
        _findings,
        nth=2,
        most_cpu=6.5,
    ),
    Job("month_end", "month end", "simplo", ("GET", "/issue-invoice$"), 22, _month_end, nth=2, most_cpu=3.0),
)
"""``most_calls`` is what the version by hand needs, and what safety needs: a list of what is there before the first
ticket and the first milestone. ``most_cpu`` is what each fact and each note costs in ``dag.test()``, see the docs."""
MOST_LINES = 60
"""Of the five DAGs of ours together."""
MOST_OF_MANY = 2.0
"""Times the time of the version by hand that many rows in one task may take with ours."""
MANY_ROWS = 5000
"""Rows that ours must take, too."""
