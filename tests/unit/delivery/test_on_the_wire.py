"""What a mail server receives, and what becomes of what it refuses."""

from __future__ import annotations

import logging
import os

import pytest

from airflow_qa_provider.exceptions import QAConfigurationError, QADeliveryError
from qa_sandbox.smtp_sink import SmtpSink
from tests.unit.delivery.mails import ANNA, BEN, CLEO, Store, served

# ---------------------------------------------------------------------------------------------------------------------
# The mail on the wire


def test_each_recipient_gets_one_mail_with_identical_files(deliver, stored, sink):
    reports = [
        stored("Prüfbericht – Halle 3.pdf", os.urandom(400_000)),
        stored("проверка 検査.csv", b"id;name\r\n.1;\xe4\r\n", content_type="text/csv"),
        stored("empty.bin", b"", content_type="application/octet-stream"),
    ]

    result = deliver(reports, Store())

    assert served(sink) == [ANNA, BEN, CLEO]
    assert sink.connections == 1
    for mail, recipient in zip(sink.mails, (ANNA, BEN, CLEO), strict=True):
        assert mail.recipients == [recipient]
        assert mail.message["To"] == recipient
        assert mail.sender == "reports@example.com"
        assert mail.message["From"] == "Reports <reports@example.com>"
        assert [(file.name, file.content_type, file.size, file.sha256) for file in mail.attachments] == [
            (report["name"], report["content_type"], report["bytes"], report["sha256"]) for report in reports
        ]
    assert result["delivered"] == [ANNA, BEN, CLEO]
    assert result["files"] == [report["name"] for report in reports]
    assert result["bytes"] == sum(report["bytes"] for report in reports)
    assert result["message_ids"] == {mail.recipients[0]: mail.message_id for mail in sink.mails}
    assert len(set(result["message_ids"].values())) == 3


def test_mail_is_marked_as_automatic_and_travels_in_ascii(deliver, stored, sink):
    deliver(stored("ä.pdf"), Store(), "Jürgen Weiß <anna@example.com>", subject="Prüfung 12 – Halle ✓")

    (mail,) = sink.mails
    assert mail.raw.isascii()
    assert mail.subject == "Prüfung 12 – Halle ✓"
    assert mail.message["To"] == "Jürgen Weiß <anna@example.com>"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Date"].datetime is not None
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 998


def test_body_lines_that_begin_with_a_dot_arrive(deliver, stored, sink):
    deliver(stored("a.pdf"), Store(), ANNA, html_content="<pre>.\n..two\n.three</pre>" + "x" * 900 + "\n.\n.last")

    html = sink.mails[0].body("html")
    assert "<pre>.\n..two\n.three</pre>" in html
    assert "\n.\n.last" in html


def test_mapped_nested_reports_are_flattened_and_gaps_dropped(deliver, stored, sink):
    a, b, c = stored("a.pdf"), stored("b.pdf"), stored("c.pdf")

    result = deliver(([a, None], iter([[b], None, (c,)])), Store(), [ANNA])

    assert result["files"] == ["a.pdf", "b.pdf", "c.pdf"]
    assert [file.name for file in sink.mails[0].attachments] == ["a.pdf", "b.pdf", "c.pdf"]


def test_files_of_the_same_name_stay_apart(deliver, stored, sink):
    one, two = stored("a.pdf", folder="one"), stored("A.pdf", folder="two")

    deliver([one, two], Store(), ANNA)

    assert [(file.name, file.sha256) for file in sink.mails[0].attachments] == [
        ("a.pdf", one["sha256"]),
        ("A (2).pdf", two["sha256"]),
    ]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_login_is_used_and_its_password_never_shown(stored, tmp_path, deliver, connect, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    with SmtpSink(tmp_path / "guarded", login=("mailer", "correct-horse")) as guarded:
        connect(guarded)
        assert deliver(stored("a.pdf"), Store(), ANNA)["delivered"] == [ANNA]
        connect(guarded, password="wrong-horse")
        with pytest.raises(QADeliveryError, match=r"535 .*Check login and password") as caught:
            deliver(stored("b.pdf"), Store(), ANNA)
    assert "horse" not in str(caught.value) + caplog.text + capsys.readouterr().out


# ---------------------------------------------------------------------------------------------------------------------
# Refusals


def test_refused_recipient_does_not_stop_the_others(deliver, stored, sink):
    store, report = Store(), stored("a.pdf")
    sink.script("reject", recipient=BEN, times=None)

    with pytest.raises(QADeliveryError) as caught:
        deliver(report, store)

    assert served(sink) == [ANNA, CLEO]
    assert "Refused for good: ben@example.com (550 5.1.1 No such user here)" in str(caught.value)
    assert "Correct or remove the refused addresses" in str(caught.value)
    result = deliver(report, store, max_refused=1)
    assert result["refused"] == {BEN: "550 5.1.1 No such user here"}
    assert deliver(report, store, [ANNA, CLEO])["already_delivered"] == [ANNA, CLEO]
    assert served(sink) == [ANNA, CLEO]


def test_refused_sender_stops_the_batch(deliver, stored, sink):
    sink.script("reject_sender", reply="550 5.7.60 Client does not have permissions to send as this sender")

    with pytest.raises(QADeliveryError) as caught:
        deliver(stored("a.pdf"), Store())

    assert sink.mails == []
    assert "refused reports@example.com as sender: 550 5.7.60 Client does not" in str(caught.value)
    assert "Check from_email" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        ("reject_sender", "552 Message size exceeds fixed maximum message size"),
        ("reject_sender", "552 5.3.4 Message size exceeds fixed limit"),
        ("reject_data", "552 5.3.4 Your message exceeded Example's message size limits"),
    ],
)
def test_mail_that_is_too_large_says_so_and_stops_the_batch(deliver, stored, sink, kind, reply):
    sink.script(kind, reply=reply)

    with pytest.raises(QADeliveryError) as caught:
        deliver(stored("a.pdf"), Store())

    message = str(caught.value)
    assert sink.mails == []
    assert f"KB is larger than the mail server takes: {reply}: anna@example.com, ben@example.com" in message
    assert "as sender" not in message
    assert "lower max_attachment_bytes" in message


def test_full_mailbox_is_the_trouble_of_one_recipient(deliver, stored, sink):
    sink.script("reject", recipient=BEN, reply="552 5.2.2 Mailbox full")

    with pytest.raises(QADeliveryError, match=r"Refused for good: ben@example.com \(552 5.2.2 Mailbox full\)"):
        deliver(stored("a.pdf"), Store())
    assert served(sink) == [ANNA, CLEO]


@pytest.mark.parametrize("kind", ["reject_sender", "reject_data"])
def test_delay_by_the_server_is_made_up_by_the_retry(deliver, stored, sink, kind):
    store, report = Store(), stored("a.pdf")
    sink.script(kind, reply="451 4.3.0 Queue file write error")
    with pytest.raises(QADeliveryError, match=r"Not taken this time: anna@example.com \(451 4.3.0"):
        deliver(report, store)
    assert served(sink) == [BEN, CLEO]

    assert deliver(report, store)["delivered"] == [ANNA]


def test_answer_that_makes_no_sense_is_uncertain(deliver, stored, sink):
    sink.script("reject_content", recipient=ANNA, reply="what did you say")
    with pytest.raises(QADeliveryError, match=r"Uncertain: anna@example.com .*makes no sense"):
        deliver(stored("a.pdf"), Store())
    assert served(sink) == [BEN, CLEO]


def test_content_refused_for_one_recipient_is_certain(deliver, stored, sink):
    store, report = Store(), stored("a.pdf")
    sink.script("reject_content", recipient=BEN, reply="452 4.2.2 Mailbox full")
    with pytest.raises(QADeliveryError, match=r"ben@example.com \(452 4.2.2 Mailbox full\)"):
        deliver(report, store)

    assert deliver(report, store)["delivered"] == [BEN]


def test_server_that_cannot_be_reached(deliver, stored, sink):
    store = Store()
    sink.stop()

    with pytest.raises(QADeliveryError) as caught:
        deliver(stored("a.pdf"), store)

    message = str(caught.value)
    assert "Not tried, because connection 'smtp_default' to the mail server 127.0.0.1:" in message
    assert "refused" in message
    assert "Nobody has the mail" in message
    assert "A retry sends only to anna@example.com, ben@example.com, cleo@example.com" in message


def test_tls_mismatch_names_the_setting(deliver, stored, sink, connect):
    connect(sink, disable_tls=False)
    with pytest.raises(QADeliveryError, match="set disable_tls"):
        deliver(stored("a.pdf"), Store())
    connect(sink, disable_ssl=False)
    with pytest.raises(QADeliveryError, match="set disable_ssl"):
        deliver(stored("a.pdf"), Store())


def test_missing_connection_and_sender(deliver, stored, sink, connect):
    with pytest.raises(QAConfigurationError, match="no connection 'elsewhere'"):
        deliver(stored("a.pdf"), Store(), smtp_conn_id="elsewhere")
    connect(sink, from_email=None)
    with pytest.raises(QAConfigurationError, match="no sender: give from_email"):
        deliver(stored("a.pdf"), Store())
    deliver(stored("a.pdf"), Store(), ANNA, from_email="QA <qa@example.org>")
    assert sink.mails[0].message["From"] == "QA <qa@example.org>"
    assert sink.mails[0].message_id.endswith("@example.org>")
