"""The PDF report of one audit: Regular, Summary or Full, with or without photos."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING

from fpdf.enums import XPos, YPos

from qa_sandbox.files.audit_document import FULL, REGULAR, SUMMARY, AuditDocument
from qa_sandbox.files.page import AMBER, GREEN, INK, LINE, MUTED, RED, SHADE, WHITE, Colour, ReportPage, printable
from qa_sandbox.files.photos import HEIGHT, WIDTH, photo

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.answers import Answer

ACCENT: Colour = (17, 75, 95)
_KINDS = {REGULAR: "Audit report", SUMMARY: "Audit summary", FULL: "Full audit report"}
_VERDICTS: dict[str, Colour] = {"Passed": GREEN, "Failed": RED, "N/A": MUTED}
_PRIORITIES: dict[str, Colour] = {"Low": MUTED, "Medium": AMBER, "High": RED}


def audit_pdf(document: AuditDocument, kind: int, include_photos: bool) -> bytes:
    page = ReportPage(f"{document.number}  {document.title}", document.company, ACCENT, document.completed_at)
    page.title_band(f"{document.company}  |  {_KINDS[kind]}", document.title, f"{document.number}  |  {document.site}")
    _overview(page, document)
    _section_table(page, document)
    if kind == SUMMARY:
        _key_findings(page, document)
        _action_table(page, document)
    else:
        for number, (name, answers) in enumerate(document.sections.items(), 1):
            page.heading(f"{number}  {name}")
            for position, answer in enumerate(answers, 1):
                _item(page, f"{number}.{position}", answer, full=kind == FULL)
        if include_photos:
            _photo_pages(page, document)
        if kind == FULL:
            _action_details(page, document)
            _signature(page, document)
        else:
            _action_table(page, document)
    if kind == SUMMARY and include_photos:
        _photo_pages(page, document)
    return page.finished()


def _overview(page: ReportPage, document: AuditDocument) -> None:
    top = page.get_y()
    _score_box(page, document, page.w - page.r_margin - 46, top)
    page.set_xy(page.l_margin, top)
    page.facts(document.facts, page.epw - 52)
    page.set_y(max(page.get_y(), top + 46) + 2)
    if document.hint:
        page.text_block("Instructions to the auditor", 8.5, MUTED, "B")
        page.text_block(document.hint, 9.5)
        page.ln(1)


def _score_box(page: ReportPage, document: AuditDocument, x: float, y: float) -> None:
    page.set_fill_color(*SHADE)
    page.set_draw_color(*LINE)
    page.rect(x, y, 46, 44, style="DF", round_corners=True, corner_radius=2)
    lines = ((5, 8, MUTED, "", "SCORE"), (11, 30, document.score_colour, "B", f"{document.score:.0f}%"))
    for offset, size, colour, style, text in lines:
        page.set_xy(x, y + offset)
        page.font(size, colour, style)
        page.cell(46, size * 0.45, text, align="C")
    page.set_fill_color(*LINE)
    page.rect(x + 6, y + 27, 34, 2, style="F")
    page.set_fill_color(*document.score_colour)
    page.rect(x + 6, y + 27, max(0.4, 34 * min(document.score, 100) / 100), 2, style="F")
    page.set_xy(x, y + 31)
    page.font(10.5, INK, "B")
    page.cell(46, 5, printable(document.score_label), align="C")
    page.set_xy(x, y + 36.5)
    page.font(8.5, RED if document.failed else GREEN, "B")
    page.cell(46, 5, "AUDIT FAILED" if document.failed else "AUDIT PASSED", align="C")


def _section_table(page: ReportPage, document: AuditDocument) -> None:
    page.heading("Result by section")
    rows = []
    for name, answers in document.sections.items():
        counts = Counter(answer.verdict for answer in answers)
        passed, failed = counts["Passed"], counts["Failed"]
        rate = f"{100 * passed / (passed + failed):.0f}%" if passed + failed else "-"
        rows.append((name, str(len(answers)), str(passed), str(failed), str(counts["N/A"]), rate))
    page.grid(("Section", "Items", "Passed", "Failed", "N/A", "Rate"), rows, (74, 18, 20, 20, 18, 20), "LRRRRR")
    page.ln(2)


def _key_findings(page: ReportPage, document: AuditDocument) -> None:
    page.heading("Key findings")
    findings = [answer for answer in document.answers if answer.verdict == "Failed"]
    if not findings:
        page.text_block("No item failed.")
    for answer in findings:
        page.text_block(f"{answer.section}: {_label(answer)}", 9.5, INK, "B")
        page.text_block(answer.note or "No note.", 9, MUTED)
        page.ln(1.5)


def _label(answer: Answer) -> str:
    return answer.question.text + ("  (critical)" if answer.question.critical else "")


def _item(page: ReportPage, number: str, answer: Answer, full: bool) -> None:
    if page.will_page_break(20):
        page.add_page()
    top, text_x, badge_x = page.get_y(), page.l_margin + 11, page.w - page.r_margin - 20
    page.font(9, MUTED)
    page.cell(11, 5, number)
    page.font(9.5)
    page.multi_cell(badge_x - text_x - 3, 5, printable(_label(answer)), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    bottom = page.get_y()
    _badge(page, badge_x, top, answer.verdict, _VERDICTS[answer.verdict])
    page.set_xy(text_x, bottom)
    lines = [answer.note] if answer.note and (full or answer.verdict == "Failed") else []
    if full and answer.reading:
        lines.append(f"Sample: {answer.reading}")
    for line in lines:
        page.set_x(text_x)
        page.font(8.5, MUTED)
        page.multi_cell(badge_x - text_x - 3, 4.4, printable(line), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_draw_color(*LINE)
    page.line(page.l_margin, page.get_y() + 1.2, page.w - page.r_margin, page.get_y() + 1.2)
    page.set_xy(page.l_margin, page.get_y() + 2.6)


def _badge(page: ReportPage, x: float, y: float, text: str, colour: Colour) -> None:
    page.set_fill_color(*colour)
    page.rect(x, y + 0.2, 20, 5, style="F", round_corners=True, corner_radius=1.2)
    page.set_xy(x, y + 0.2)
    page.font(8, WHITE, "B")
    page.cell(20, 5, text, align="C")


def _photo_pages(page: ReportPage, document: AuditDocument) -> None:
    numbers = {name: number for number, name in enumerate(document.sections, 1)}
    shots = [(scene, answer) for scene, answer in enumerate(document.answers) if answer.has_photo]
    if not shots:
        return
    page.add_page()
    page.heading("Photos")
    width = (page.epw - 6) / 2
    height = width * HEIGHT / WIDTH
    for index, (scene, answer) in enumerate(shots):
        column = index % 2
        if column == 0 and page.will_page_break(height + 14):
            page.add_page()
        top, x = page.get_y(), page.l_margin + column * (width + 6)
        stamp = f"{document.completed_at:%Y-%m-%d %H:%M}  {printable(document.site, 40)}"
        page.image(io.BytesIO(photo(scene, stamp, answer.verdict == "Failed")), x, top, width, height)
        page.set_xy(x, top + height + 1)
        page.font(8.5, INK)
        page.multi_cell(
            width,
            4.2,
            page.clipped(printable(f"{numbers[answer.section]}  {answer.question.text}"), width - 2),
            align="L",
        )
        page.set_xy(page.l_margin, top if column == 0 and index + 1 < len(shots) else top + height + 9)


def _action_table(page: ReportPage, document: AuditDocument) -> None:
    if not document.actions:
        return
    page.heading("Corrective actions")
    rows = [(a.number, a.name, a.assignee, a.due, a.priority, a.status) for a in document.actions]
    head = ("Number", "Action", "Assigned to", "Due", "Priority", "Status")
    page.grid(head, rows, (30, 60, 32, 22, 18, 18), "LLLLLL")


def _action_details(page: ReportPage, document: AuditDocument) -> None:
    page.heading("Corrective actions")
    if not document.actions:
        page.text_block("None were raised.")
    for action in document.actions:
        if page.will_page_break(26):
            page.add_page()
        top = page.get_y()
        page.font(10, INK, "B")
        title = page.clipped(printable(f"{action.number}  {action.name}"), page.epw - 24)
        page.cell(page.epw - 24, 5.5, title)
        _badge(page, page.w - page.r_margin - 20, top, action.priority, _PRIORITIES.get(action.priority, MUTED))
        page.set_xy(page.l_margin, top + 6)
        page.text_block(action.description, 9)
        page.text_block(f"Assigned to {action.assignee}  |  due {action.due}  |  {action.status}", 8.5, MUTED)
        page.ln(3)


def _signature(page: ReportPage, document: AuditDocument) -> None:
    if page.will_page_break(40):
        page.add_page()
    page.heading("Signed")
    top = page.get_y() + 14
    for x, name, role in ((page.l_margin, document.auditor, "Auditor"), (page.l_margin + 90, "Site lead", "Auditee")):
        page.set_draw_color(*INK)
        page.set_xy(x + 2, top - 8)
        page.set_font("Times", "I", 18)
        page.set_text_color(24, 46, 120)
        page.cell(70, 7, page.clipped(printable(name), 68))
        page.line(x, top, x + 72, top)
        page.set_xy(x, top + 1)
        page.font(8.5, MUTED)
        page.cell(72, 5, page.clipped(f"{role}: {printable(name)}, {document.completed_at:%Y-%m-%d}", 72))
