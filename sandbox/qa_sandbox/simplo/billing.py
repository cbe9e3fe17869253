"""Reports are made from report settings as time passes: one for every period that is over."""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterator
from datetime import datetime, timedelta

from qa_sandbox.context import SandboxContext
from qa_sandbox.simplo import seed
from qa_sandbox.simplo.dates import LOCAL, month_start
from qa_sandbox.simplo.records import Project, Report, ReportSetting, ReportTask

MADE_AFTER = timedelta(hours=2, seconds=1)
MAX_REPORTS = 5000
HASH_LENGTH = 64
_ALPHABET = string.ascii_letters + string.digits


def next_period(setting: ReportSetting) -> tuple[datetime, datetime, datetime] | None:
    """Return the next period of a setting: its start, its end, and when its report is made."""
    if not setting.is_live or setting.next_from is None:
        return None
    start = setting.next_from
    if setting.is_regular:
        end = month_start(start, setting.regular_interval or 1) - timedelta(seconds=1)
    else:
        end = setting.one_time_to or start
    return start, end, end + MADE_AFTER


def move_on(setting: ReportSetting) -> None:
    if setting.next_from is not None:
        setting.next_from = (
            month_start(setting.next_from, setting.regular_interval or 1) if setting.is_regular else None
        )


def begin(setting: ReportSetting, now: datetime) -> None:
    """Begin with the period that is running; a new or changed setting does not report the past."""
    if setting.is_regular:
        setting.next_from = month_start(max(now, setting.regular_start or now))
    else:
        ends_later = setting.one_time_to is not None and setting.one_time_to + MADE_AFTER > now
        setting.next_from = (setting.one_time_from or now) if ends_later else None


class ReportMaker:
    def __init__(self, context: SandboxContext) -> None:
        self._random = context.random
        self._report_ids, self._task_ids = itertools.count(1), itertools.count(301)

    def make(
        self, setting: ReportSetting, projects: list[Project], start: datetime, end: datetime, made_at: datetime
    ) -> Report:
        report_id = next(self._report_ids)
        # By id, not by month, so that hashes and tasks stay the same after a reset at a later time.
        rng = self._random("report", report_id)
        local = start.astimezone(LOCAL)
        return Report(
            id=report_id,
            name=f"{setting.name} {local:%m/%Y}" if setting.is_regular else setting.name,
            report_setting_id=setting.id,
            tasks=tuple(self._tasks(report_id, projects, start, end, made_at)),
            from_at=start,
            to_at=end,
            created_at=made_at,
            updated_at=made_at,
            hash="".join(rng.choices(_ALPHABET, k=HASH_LENGTH)),
        )

    def _tasks(
        self, report_id: int, projects: list[Project], start: datetime, end: datetime, made_at: datetime
    ) -> Iterator[ReportTask]:
        for project in projects:
            rng = self._random("work", report_id, project.id)
            for name in rng.sample(project.work, k=rng.randint(3, len(project.work))):
                rng = self._random("task", report_id, project.id, name)
                estimated = 30 * rng.randint(2, 40)
                reported = max(15, round(estimated * rng.uniform(0.6, 1.4) / 15) * 15)
                billed = min(reported, estimated) if rng.random() < 0.3 else reported
                began = start + (end - start) * rng.uniform(0, 0.9)
                yield ReportTask(
                    id=next(self._task_ids),
                    report_id=report_id,
                    name=name.removeprefix("!"),
                    is_bug=name.startswith("!"),
                    estimated_time=estimated,
                    reported_time=reported,
                    to_invoice_time=billed,
                    to_invoice_price=round(billed / 60 * project.client.rate, 2),
                    status_id=rng.choice((2, 3, 3, 3)),
                    task_id=rng.randint(1000, 9999),
                    note=rng.choice((None, None, "Agreed by phone.", "Continues next month.")),
                    created_at=began.replace(microsecond=0),
                    updated_at=made_at,
                )


def history_start(now: datetime) -> datetime:
    # On the first of a month, before the reports are made, the month that has just ended does not count.
    return month_start(now + timedelta(seconds=1) - MADE_AFTER, -seed.HISTORY_MONTHS)
