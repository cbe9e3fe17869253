"""What a mail holds: files or links to them, recipients, names, headers and text."""

from __future__ import annotations

import os
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_qa_provider.delivery.attachments import Item, choose_attachments, encoded_size, human_size, list_items
from airflow_qa_provider.delivery.layout import html_body, html_to_text, text_body
from airflow_qa_provider.delivery.ledger import Ledger
from airflow_qa_provider.delivery.message import compose, media_type
from airflow_qa_provider.delivery.recipients import parse_recipients, parse_sender
from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.reports.manifest import Manifest
from qa_sandbox.smtp_sink import SmtpSink
from tests.unit.delivery.mails import ANNA, SENDER, Store, manifest_of


def sized(name: str, size: int, **facts: Any) -> Manifest:
    return manifest_of(name, bytes=size, **facts)


# ---------------------------------------------------------------------------------------------------------------------
# Attached or linked


def test_what_does_not_fit_is_linked(deliver, stored, sink):
    small, big, last = stored("small.pdf"), stored("big?.pdf", os.urandom(50_000)), stored("last.pdf")

    deliver([small, big, last], Store(), ANNA, max_attachment_bytes=10_000, link_url="https://f.example.com/{name}")

    (mail,) = sink.mails
    assert [file.name for file in mail.attachments] == ["small.pdf", "last.pdf"]
    assert "https://f.example.com/big%3F.pdf" in mail.body("plain")
    assert 'href="https://f.example.com/big%3F.pdf"' in mail.body("html")
    assert "2 reports are attached, 1 more is linked below." in mail.body("plain")


def test_smaller_limit_of_the_server_counts(deliver, stored, tmp_path, connect):
    reports = [stored("a.pdf", os.urandom(200_000)), stored("b.pdf", os.urandom(200_000))]
    with SmtpSink(tmp_path / "narrow", max_message_bytes=600_000) as narrow:
        connect(narrow)
        with pytest.raises(QAValidationError, match=r"what the mail server takes per mail is 330 KB: b.pdf"):
            deliver(reports, Store(), ANNA)
        deliver(reports, Store(), ANNA, link_url={"a.pdf": "https://a.example", "b.pdf": "https://b.example"})
        (mail,) = narrow.mails
    assert [file.name for file in mail.attachments] == ["a.pdf"]
    assert "https://b.example" in mail.body("plain")


def test_vendor_link_serves_when_there_is_no_other():
    report = sized("a.pdf", 90, link="https://app.example.com/1")
    (item,) = choose_attachments(list_items([report], None), "none", 0, "limit")
    assert (item.attached, item.link) == (False, "https://app.example.com/1")
    (item,) = list_items([report], "https://f.example.com/{path}?v={sha256}")
    assert item.link == f"https://f.example.com/nowhere/a.pdf?v={report['sha256']}"
    (item,) = list_items([sized("a.pdf", 90, link="ftp://app.example.com/1")], {})
    assert item.link is None


@pytest.mark.parametrize("size", [0, 1, 2, 3, 56, 57, 58, 5700, 100_001])
def test_encoded_size_is_what_travels(tmp_path, size):
    (tmp_path / "f").write_bytes(os.urandom(size))
    (item,) = choose_attachments(list_items([sized("a.bin", size)], None), "fit", 10**9, "limit")

    body = compose(SENDER, "s", [item], {"a.bin": tmp_path / "f"}).addressed(SENDER, "<1@example.com>")[1]

    payload = body.rsplit(b"MIME-Version: 1.0\r\n\r\n", 1)[1].rsplit(b"\r\n--=", 1)[0]
    assert len(payload) == encoded_size(size)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KB"), (20 * 1024**2, "20.0 MB"), (150 * 1024**3, "150 GB")],
)
def test_human_size(size, text):
    assert human_size(size) == text


@pytest.mark.parametrize(
    ("name", "content_type", "expected"),
    [
        ("a.pdf", "application/pdf; charset=binary", "application/pdf"),
        ("a.xlsx", "", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.eml", "message/rfc822", "application/octet-stream"),
        ("a", "text/html\r\nX: 1", "application/octet-stream"),
    ],
)
def test_media_type(name, content_type, expected):
    assert media_type(Item(manifest_of(name, content_type=content_type), name, None)) == expected


# ---------------------------------------------------------------------------------------------------------------------
# Text and headers


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@example.com,b@example.com; c@example.com ,", ["a@example.com", "b@example.com", "c@example.com"]),
        ('"Doe, Jane" <jane@example.com>; b@example.com', ["jane@example.com", "b@example.com"]),
        (["A@Example.com", ["a@example.COM", " b@example.com\n"]], ["A@Example.com", "b@example.com"]),
        (["o'brien+qa@mail.example.co.uk", "root@localhost"], ["o'brien+qa@mail.example.co.uk", "root@localhost"]),
        (
            "Jürgen <j@exämple.com>, k@STRASSE.de; l@straße.de",
            ["j@xn--exmple-cua.com", "k@STRASSE.de", "l@xn--strae-oqa.de"],
        ),
        (["a@例え.テスト", "b@xn--r8jz45g.xn--zckzah"], ["a@xn--r8jz45g.xn--zckzah", "b@xn--r8jz45g.xn--zckzah"]),
    ],
)
def test_recipients(value, expected):
    assert [address.email for address in parse_recipients(value)] == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a",
            "a@",
            "@b.example",
            "a b@example.com",
            "a@b..example",
            "a@-b.example",
            "ä@example.com",
            "a@ex ämple.com",
            "a@-ä.com",
            "a@ä..com",
        ),
        *(
            "a@example.com b@example.com",
            ".a@example.com",
            "a@example.com>",
            "<a@example.com",
            "x" * 65 + "@example.com",
        ),
    ],
)
def test_no_addresses(text):
    with pytest.raises(QAValidationError, match="cannot be used as"):
        parse_recipients([text])
    with pytest.raises(QAValidationError, match="from_email is"):
        parse_sender(text)


_NAMES = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="/\\"), min_size=1, max_size=120
).filter(lambda name: name == name.strip())


@given(name=_NAMES)
@settings(max_examples=60, deadline=None)
def test_any_file_name_survives(tmp_path_factory, name):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(b"%PDF")
    (item,) = choose_attachments(list_items([sized(name, 4)], None), "all", 100, "limit")

    parts = compose(SENDER, "s", [item], {item.name: path}).addressed(SENDER, "<1@example.com>")

    (file,) = message_from_bytes(b"".join(parts), policy=policy.default).iter_attachments()
    assert file.get_filename() == name


@pytest.mark.parametrize(
    "text",
    [
        "x" * 64 + "@" + ".".join(["d" * 60] * 3) + ".example.com",
        '"Weiß, \\"Jo\\" ' + "long " * 30 + 'name" <jo@example.com>',
    ],
)
def test_long_headers_survive(text):
    (address,) = parse_recipients([text])
    message_id = Ledger(None, "0" * 16).message_id(address, address.domain)

    parts = compose(address, "Ünï " * 60 + "!", [], {}).addressed(address, message_id)

    mail = message_from_bytes(b"".join(parts), policy=policy.default)
    assert mail["Message-ID"] == message_id
    assert mail["Subject"] == "Ünï " * 60 + "!"
    for header in ("To", "From"):
        (parsed,) = mail[header].addresses
        assert (parsed.display_name, parsed.addr_spec) == (address.name, address.email)


def items_for_a_body() -> list[Item]:
    reports = [
        manifest_of("<b>.pdf", pages=1, link="https://app.example.com/?a=1&b=2"),
        manifest_of("b.csv", rows=1340, link="javascript:alert(1)"),
    ]
    return choose_attachments(list_items(reports, None), "all", 1000, "limit")


def test_default_body_shows_every_fact_and_escapes_it():
    html, text = html_body("Q & A", items_for_a_body(), None), text_body("Q & A", items_for_a_body(), None)

    assert "Q &amp; A" in html
    assert "&lt;b&gt;.pdf" in html
    assert 'href="https://app.example.com/?a=1&amp;b=2"' in html
    assert "javascript" not in html + text
    for fact in ("1 page<", "1,340 rows<", "14 bytes<", items_for_a_body()[0].manifest["sha256"][:12]):
        assert fact in html
    assert "* <b>.pdf (14 bytes, 1 page, attached)\n  View online: https://app.example.com/?a=1&b=2\n" in text
    assert "Hello,\n2 reports are attached." in text


@pytest.mark.parametrize(
    ("content", "before", "after"),
    [
        ("<p>Intro</p>", "<p>Intro</p><table", "</td></tr></table></body></html>"),
        ("<p>Intro</p>{reports}<p>Outro</p>", "<p>Intro</p><table", "</table><p>Outro</p>"),
        ("<html><body><h1>Own</h1></body></html>", "<html><body><h1>Own</h1><table", "</table></body></html>"),
    ],
)
def test_body_of_ones_own(content, before, after):
    html = html_body("s", items_for_a_body(), content)

    assert before in html
    assert after in html
    assert html.count("&lt;b&gt;.pdf") == 1
    assert "* <b>.pdf (" in text_body("s", items_for_a_body(), content)


def test_html_to_text():
    markup = (
        "<head><title>T</title><style>p{}</style></head><p>Dear&nbsp;all,</p><p>see <a href='https://x.example'>here</a>"
        "\n and:</p><ul><li>one<li>two</ul><table><tr><td>a</td><td>b</td></tr></table>"
    )
    assert html_to_text(markup).split("\n") == [
        "Dear\xa0all,",
        "",
        "see here <https://x.example> and:",
        "",
        "- one",
        "- two",
        "",
        "a b",
    ]
