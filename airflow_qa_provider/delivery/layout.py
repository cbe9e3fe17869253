"""How a mail looks: HTML that mail programs keep (tables and inline styles), and the same in plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from html.parser import HTMLParser

from airflow_qa_provider.delivery.attachments import Item, human_size, web_link

MARKER = "{reports}"
"""Where the table goes in a body of one's own; without it, the table follows the body."""

_FONT = "font-family:'Segoe UI',Helvetica,Arial,sans-serif"
_INK, _GREY, _LINE, _LINK = "#1f2933", "#66727f", "#e1e6eb", "#0b5cad"
_FOOTER = "This mail was sent automatically. SHA-256 checksums are cut to 12 digits."
_BLOCKS = frozenset(
    ["p", "div", "br", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "section"]
)
_UNSEEN = frozenset({"style", "script", "head", "title"})


def html_body(subject: str, items: Sequence[Item], html_content: str | None) -> str:
    """Return the HTML body.

    :param subject: Subject of the mail, the heading of the default body.
    :param items: The reports.
    :param html_content: Fragment, or whole document, to use in place of the default heading and greeting.
    """
    table = _html_table(items) if items else ""
    content = html_content or (
        f'<h1 style="margin:0 0 12px;font-size:20px;line-height:28px;font-weight:600">{escape(subject)}</h1>'
        f'<p style="margin:0 0 20px">Hello,<br>{escape(_greeting(items))}</p>'
    )
    whole = re.search(r"<html|<body", content, re.IGNORECASE)
    if MARKER in content:
        content = content.replace(MARKER, table)
    elif whole and (end := re.search(r"</body>", content, re.IGNORECASE)):
        content = content[: end.start()] + table + content[end.start() :]
    else:
        content += table
    return content if whole else _page(content)


def text_body(subject: str, items: Sequence[Item], html_content: str | None) -> str:
    """Return the plain-text body with the same content.

    :param subject: Subject of the mail.
    :param items: The reports.
    :param html_content: As for :func:`html_body`.
    """
    listing = "\n\n".join(_text_entry(item) for item in items)
    content = html_to_text(html_content) if html_content else f"{subject}\n\nHello,\n{_greeting(items)}"
    content = content.replace(MARKER, listing) if MARKER in content else f"{content}\n\n{listing}"
    return f"{content.strip()}\n\n-- \n{_FOOTER}\n"


def html_to_text(markup: str) -> str:
    """Return what a person reads in an HTML text, links with their address behind them.

    :param markup: HTML.
    """
    reader = _TextReader()
    reader.feed(markup)
    reader.close()
    lines = [re.sub(r"[ \t\r\f]+", " ", line).strip() for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._unseen = 0
        self._link: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")
        if tag == "a":
            self._link = dict(attrs).get("href")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag in ("td", "th"):
            self.parts.append(" ")
        if tag == "a" and self._link:
            self.parts.append(f" <{self._link}>")
            self._link = None

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data.replace("\n", " "))


def _greeting(items: Sequence[Item]) -> str:
    attached = sum(item.attached for item in items)
    linked = len(items) - attached
    if not items:
        return "there is no report this time."
    if not linked:
        return "the report is attached." if attached == 1 else f"{attached} reports are attached."
    if not attached:
        return "the report is linked below." if linked == 1 else f"{linked} reports are linked below."
    return (
        f"{attached} {'reports are' if attached > 1 else 'report is'} attached, "
        f"{linked} more {'are' if linked > 1 else 'is'} linked below."
    )


def _extent(item: Item) -> str:
    pages, rows = item.manifest["pages"], item.manifest["rows"]
    parts = [
        f"{count:,} {word if count == 1 else word + 's'}"
        for count, word in ((pages, "page"), (rows, "row"))
        if count is not None
    ]
    return ", ".join(parts)


def _short_checksum(item: Item) -> str:
    return item.manifest["sha256"][:12]


def _links(item: Item) -> list[tuple[str, str]]:
    online = web_link(item.manifest["link"])
    links = [("Download", item.link)] if item.link and not item.attached and item.link != online else []
    return [(label, url) for label, url in [*links, ("View online", online)] if url]


def _text_entry(item: Item) -> str:
    facts = [human_size(item.manifest["bytes"]), _extent(item), "attached" if item.attached else ""]
    lines = [f"* {item.name} ({', '.join(fact for fact in facts if fact)})"]
    lines += [f"  {label}: {url}" for label, url in _links(item)]
    lines.append(f"  SHA-256: {_short_checksum(item)}")
    return "\n".join(lines)


def _html_table(items: Sequence[Item]) -> str:
    columns = ["Report", "Content", "Size"]
    if not any(_extent(item) for item in items):
        columns.remove("Content")
    head = "".join(
        f'<th align="{_align(name)}" style="padding:0 0 8px {_gap(name)};border-bottom:2px solid {_LINE};'
        f'font-size:12px;font-weight:600;color:{_GREY};white-space:nowrap">{name}</th>'
        for name in columns
    )
    rows = "".join(f"<tr>{_html_cells(item, columns)}</tr>" for item in items)
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
        f'style="border-collapse:collapse;{_FONT};font-size:14px;line-height:20px;color:{_INK}">'
        f"<tr>{head}</tr>{rows}</table>"
    )


def _html_cells(item: Item, columns: Sequence[str]) -> str:
    notes = ["Attached"] if item.attached else []
    notes += [
        f'<a href="{escape(url)}" style="color:{_LINK};text-decoration:underline">{label}</a>'
        for label, url in _links(item)
    ]
    notes.append(f'<span style="white-space:nowrap">SHA-256 {escape(_short_checksum(item))}</span>')
    cells = {
        "Report": f'<span style="font-weight:600;word-break:break-word">{escape(item.name)}</span>'
        f'<br><span style="font-size:13px;color:{_GREY}">{" &middot; ".join(notes)}</span>',
        "Content": escape(_extent(item)),
        "Size": human_size(item.manifest["bytes"]),
    }
    return "".join(
        f'<td align="{_align(name)}" valign="top" style="padding:10px 0 10px {_gap(name)};'
        f'border-bottom:1px solid {_LINE};{"" if name == "Report" else "white-space:nowrap"}">{cells[name]}</td>'
        for name in columns
    )


def _align(column: str) -> str:
    return "right" if column == "Size" else "left"


def _gap(column: str) -> str:
    return "0" if column == "Report" else "20px"


def _page(content: str) -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"></head>'
        '<body style="margin:0;padding:0;background:#f3f5f7">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f5f7">'
        '<tr><td align="center" style="padding:24px 12px">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
        f'style="max-width:680px;background:#ffffff;border:1px solid {_LINE};border-radius:6px">'
        f'<tr><td style="padding:28px 28px 24px;{_FONT};font-size:15px;line-height:22px;color:{_INK}">{content}'
        f'<p style="margin:20px 0 0;font-size:12px;line-height:18px;color:{_GREY}">{escape(_FOOTER)}</p>'
        "</td></tr></table></td></tr></table></body></html>"
    )
