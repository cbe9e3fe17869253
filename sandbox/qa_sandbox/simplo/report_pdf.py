"""The PDF of a report: what was done, how long it took, what it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from qa_sandbox.files.padding import padded_pdf
from qa_sandbox.files.press import Press
from qa_sandbox.files.report_file import ReportFile, file_name
from qa_sandbox.simplo import seed
from qa_sandbox.simplo.dates import LOCAL
from qa_sandbox.simplo.records import Report
from qa_sandbox.simplo.store import SimploStore

_ACCENT = (74, 35, 90)


@dataclass(frozen=True)
class Bill:
    """What the PDF shows: particulars, the table of tasks, the totals below it."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, str], ...]
    approval: str
    made_at: datetime


def report_file(store: SimploStore, press: Press, report: Report) -> Callable[[], ReportFile]:
    """Prepare the PDF of a report as it stands now; the result typesets it, in whatever thread it is called."""
    bill, settings = _bill(store, report), store.context.settings
    name = file_name(f"report {report.id} {report.name}", "pdf")
    return lambda: padded_pdf(name, press.get(bill, lambda: _typeset(bill)), settings.pdf_bytes, settings.seed)


def _bill(store: SimploStore, report: Report) -> Bill:
    setting = store.settings.get(report.report_setting_id)
    client = next((client for client in store.clients if setting and client.id == setting.client_id), None)
    shows_bugs = setting is None or not setting.is_bug_field_hidden_for_client
    rows = []
    for task in report.tasks:
        kind = ("Bug" if task.is_bug else "Feature",) if shows_bugs else ()
        times = (_hours(task.estimated_time), _hours(task.reported_time), _hours(task.to_invoice_time))
        rows.append((str(task.task_id), task.name, *kind, *times, _money(task.to_invoice_price)))
    period = f"{report.from_at.astimezone(LOCAL):%d.%m.%Y} - {report.to_at.astimezone(LOCAL):%d.%m.%Y}"
    facts = (
        ("Client", client.name if client else "-"),
        ("Report", f"No. {report.id}, {report.name}"),
        ("Period", period),
        ("Responsible", store.responsible(report).name),
        ("Invoice", str(report.invoice_number or "-")),
    )
    done = report.approved_at
    return Bill(
        title=report.name,
        subtitle=period,
        facts=facts,
        head=("Task", "Description", *(("Kind",) if shows_bugs else ()), "Estimate", "Reported", "To invoice", "CZK"),
        rows=tuple(rows),
        totals=(
            ("Time to invoice", f"{_hours(sum(task.to_invoice_time for task in report.tasks))} h"),
            ("Price without VAT", f"{_money(report.to_invoice_price)} CZK"),
        ),
        approval=f"Approved {done.astimezone(LOCAL):%d.%m.%Y %H:%M}" if done else "Awaiting approval",
        made_at=report.updated_at,
    )


def _hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _money(amount: float) -> str:
    return f"{amount:,.2f}".replace(",", " ")


def _typeset(bill: Bill) -> bytes:
    from qa_sandbox.files.page import INK, MUTED, ReportPage

    page = ReportPage(bill.title, seed.OWNER, _ACCENT, bill.made_at)
    page.title_band(f"{seed.OWNER}  |  Work report", bill.title, bill.subtitle)
    page.facts(bill.facts, page.epw)
    page.heading("Work in this period")
    numbers = 4
    texts = len(bill.head) - numbers
    widths = [*(14, 70, 18)[:texts], 20, 20, 22, 26]
    if bill.rows:
        page.grid(bill.head, bill.rows, widths, "L" * texts + "R" * numbers)
    else:
        page.text_block("No work was reported.")
    page.ln(4)
    for label, value in bill.totals:
        page.font(10, MUTED)
        page.cell(page.epw - 44, 7, label, align="R")
        page.font(11, INK, "B")
        page.cell(44, 7, value, align="R")
        page.ln(7)
    page.ln(4)
    page.text_block(bill.approval, 10, _ACCENT, "B")
    return page.finished()
