"""The PDF of a report: what was done, how long it took, what it costs."""

from __future__ import annotations

from collections.abc import Callable

from qa_sandbox.files.report_file import ReportFile, file_name
from qa_sandbox.files.sheet import Grid, Sheet, sheet_pdf
from qa_sandbox.simplo import seed
from qa_sandbox.simplo.dates import LOCAL
from qa_sandbox.simplo.records import Report
from qa_sandbox.simplo.store import SimploStore


def report_file(store: SimploStore, report: Report) -> Callable[[], ReportFile]:
    """Prepare the PDF of a report as it stands now; the result typesets it, in whatever thread it is called."""
    sheet, name = _sheet(store, report), file_name(f"report {report.id} {report.name}", "pdf")
    return lambda: store.context.press.file(name, sheet, lambda: sheet_pdf(sheet))


def _sheet(store: SimploStore, report: Report) -> Sheet:
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
    kind, kind_width = (("Kind",), (18,)) if shows_bugs else ((), ())
    work = Grid(
        "Work in this period",
        ("Task", "Description", *kind, "Estimate", "Reported", "To invoice", "CZK"),
        (14, 70, *kind_width, 20, 20, 22, 26),
        tuple(rows),
        numbers=4,
        empty="No work was reported.",
    )
    return Sheet(
        owner=seed.OWNER,
        kind="Work report",
        accent=(74, 35, 90),
        title=report.name,
        subtitle=period,
        facts=facts,
        grids=(work,),
        totals=(
            ("Time to invoice", f"{_hours(sum(task.to_invoice_time for task in report.tasks))} h"),
            ("Price without VAT", f"{_money(report.to_invoice_price)} CZK"),
        ),
        closing=f"Approved {done.astimezone(LOCAL):%d.%m.%Y %H:%M}" if done else "Awaiting approval",
        made_at=report.updated_at,
    )


def _hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _money(amount: float) -> str:
    return f"{amount:,.2f}".replace(",", " ")
