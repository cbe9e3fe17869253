"""The look shared by all PDF reports: palette, header, footer, tables, safe text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos

Colour = tuple[int, int, int]

INK: Colour = (33, 37, 41)
MUTED: Colour = (108, 117, 125)
LINE: Colour = (214, 219, 224)
SHADE: Colour = (245, 247, 249)
WHITE: Colour = (255, 255, 255)
GREEN: Colour = (25, 135, 84)
AMBER: Colour = (202, 138, 4)
RED: Colour = (190, 38, 51)

_REPLACED = str.maketrans({"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "•": "-"})


def printable(text: object, limit: int = 4000) -> str:
    """Reduce any text to what the built-in PDF fonts can show."""
    plain = unicodedata.normalize("NFKC", str(text)[:limit]).translate(_REPLACED)
    plain = "".join(char if char >= " " else " " for char in plain)
    return plain.encode("latin-1", "replace").decode("latin-1")


class ReportPage(FPDF):
    """An A4 document with a running header and page numbers; equal content and date give equal bytes."""

    def __init__(self, title: str, owner: str, accent: Colour, made_at: datetime) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self.report_title = printable(title, 120)
        self.owner = printable(owner, 80)
        self.accent = accent
        self.set_creation_date(made_at)
        self.set_title(self.report_title)
        self.set_author(self.owner)
        self.set_creator("airflow-qa sandbox")
        self.set_producer("airflow-qa sandbox")
        self.set_margins(18, 18, 18)
        self.set_auto_page_break(True, margin=20)
        self.alias_nb_pages()
        self.add_page()

    def header(self) -> None:
        if self.page_no() == 1:
            return
        self.font(8, MUTED)
        self.set_y(9)
        self.cell(0, 5, self.clipped(self.report_title, self.epw), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_draw_color(*LINE)
        self.line(self.l_margin, 15, self.w - self.r_margin, 15)
        self.set_y(20)

    def footer(self) -> None:
        self.set_y(-13)
        self.font(8, MUTED)
        self.cell(self.epw / 2, 5, f"{self.owner}  |  Confidential")
        self.cell(self.epw / 2, 5, f"Page {self.page_no()} of {{nb}}", align="R")

    def font(self, size: float, colour: Colour = INK, style: str = "") -> None:
        self.set_font("Helvetica", style, size)
        self.set_text_color(*colour)

    def text_block(self, text: object, size: float = 9.5, colour: Colour = INK, style: str = "") -> None:
        self.font(size, colour, style)
        self.multi_cell(0, size * 0.5, printable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def heading(self, text: object, size: float = 13) -> None:
        """Write a heading that is not left alone at the foot of a page."""
        if self.will_page_break(28):
            self.add_page()
        self.ln(3)
        self.text_block(text, size, self.accent, "B")
        self.ln(1.5)

    def title_band(self, kicker: str, title: str, subtitle: str) -> None:
        self.set_fill_color(*self.accent)
        self.rect(0, 0, self.w, 46, style="F")
        for y, size, style, text in ((11, 9.0, "", kicker), (18, 20.0, "B", title), (31, 11.0, "", subtitle)):
            self.set_xy(self.l_margin, y)
            plain = printable(text)
            self.font(size, WHITE, style)
            while size > 12 and self.get_string_width(plain) > self.epw:
                size -= 1
                self.font(size, WHITE, style)
            self.cell(0, 9 if style else size * 0.45, self.clipped(plain, self.epw))
        self.set_xy(self.l_margin, 53)

    def clipped(self, text: str, width: float) -> str:
        """Cut a line to a width."""
        if self.get_string_width(text) <= width:
            return text
        while text and self.get_string_width(text + "...") > width:
            text = text[:-1]
        return text + "..."

    def facts(self, rows: Iterable[tuple[str, object]], width: float) -> None:
        for label, value in rows:
            self.font(9, MUTED)
            self.cell(30, 6, printable(label))
            self.font(9)
            shown = self.clipped(printable(value), width - 30)
            self.cell(width - 30, 6, shown, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def grid(
        self, head: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int], aligns: Sequence[str]
    ) -> None:
        """Draw a table that repeats its head on every page."""
        from fpdf.fonts import FontFace

        self.font(8.5)
        self.set_draw_color(*LINE)
        # Rows that are not shaded are drawn in the current fill colour.
        self.set_fill_color(*WHITE)
        with self.table(
            col_widths=tuple(widths),
            text_align=tuple({"L": "LEFT", "C": "CENTER", "R": "RIGHT"}[a] for a in aligns),
            line_height=5.6,
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD", color=WHITE, fill_color=self.accent),
            cell_fill_color=SHADE,
            cell_fill_mode="ROWS",
            padding=(0.4, 1.5),
        ) as table:
            for cells in (head, *rows):
                line = table.row()
                for cell in cells:
                    line.cell(printable(cell, 400))

    def finished(self) -> bytes:
        return bytes(self.output())
