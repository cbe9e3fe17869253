"""Delivery on the wire: the real SmtpHook, a mail server that fails on demand, and a state that outlives attempts."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_qa_provider.delivery.attachments import Item, choose_attachments, encoded_size, human_size, list_items
from airflow_qa_provider.delivery.layout import html_body, html_to_text, text_body
from airflow_qa_provider.delivery.ledger import Content, Ledger, Progress, open_ledger
from airflow_qa_provider.delivery.message import compose, media_type
from airflow_qa_provider.delivery.recipients import Address, parse_recipients, parse_sender
from airflow_qa_provider.delivery.session import SmtpSession
from airflow_qa_provider.delivery.staging import stage
from airflow_qa_provider.exceptions import (
    QAConfigurationError,
    QADeliveryError,
    QAFileError,
    QAValidationError,
)
from airflow_qa_provider.operators.delivery import DeliverReportsOperator
from airflow_qa_provider.reports.manifest import Manifest, as_manifest
from qa_sandbox.smtp_sink import SmtpSink, smtp_connection
from tests.versions import keep_state

ANNA, BEN, CLEO = "anna@example.com", "ben@example.com", "cleo@example.com"
SENDER = Address("reports@example.com", "Reports")


class Store:
    """As Airflow's task state store behaves: JSON in, JSON out, never None."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.on_set: Callable[[str, Any], None] = lambda key, value: None

    def get(self, key: str, default: Any = None) -> Any:
        return json.loads(self.texts[key]) if key in self.texts else default

    def keep(self, key: str, value: Any) -> None:
        self.set(key, value)

    def set(self, key: str, value: Any, **options: Any) -> None:
        assert value is not None
        self.on_set(key, value)
        self.texts[key] = json.dumps(value)

    def delete(self, key: str) -> None:
        self.texts.pop(key, None)


class Killed(BaseException):
    """What a worker's death looks like from inside: nothing after it runs."""


def manifest_of(name: str, content: bytes = b"%PDF-1.7 small", **facts: Any) -> Manifest:
    known = {
        "uri": f"file:///nowhere/{name}",
        "name": name,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content_type": "application/pdf",
    }
    return as_manifest({**known, **facts})


def sized(name: str, size: int, **facts: Any) -> Manifest:
    return manifest_of(name, bytes=size, **facts)


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., Manifest]:
    """Store a file and return its manifest."""

    def store(name: str, content: bytes | None = None, folder: str = "reports", **facts: Any) -> Manifest:
        content = os.urandom(3000) if content is None else content
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return manifest_of(name, content, uri=f"file://{path}", **facts)

    return store


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[SmtpSink]:
    with SmtpSink(tmp_path / "mails") as server:
        yield server


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def connect(server: SmtpSink, *, password: str | None = None, **extra: Any) -> None:
        connection = smtp_connection(server)
        connection["extra"] |= extra
        if password is not None:
            connection["password"] = password
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))

    return connect


@pytest.fixture
def deliver(sink: SmtpSink, connect: Callable[..., None]) -> Callable[..., dict[str, Any]]:
    """Run the operator as one attempt of the same task; keywords override its arguments."""
    connect(sink)

    def run(reports: Any, store: Store | None, to: Any = (ANNA, BEN, CLEO), **arguments: Any) -> dict[str, Any]:
        operator = DeliverReportsOperator(
            **{"task_id": "deliver", "reports": reports, "to": to, "subject": "Audit reports", **arguments}
        )
        ti = SimpleNamespace(dag_id="d", run_id="r", task_id="deliver", map_index=-1, xcom_push=lambda key, value: None)
        context: dict[str, Any] = {"ti": ti}
        if store is not None:
            keep_state(context, store)
        return operator.execute(context)  # type: ignore[arg-type]

    return run


def served(sink: SmtpSink) -> list[str]:
    return [recipient for mail in sink.mails for recipient in mail.recipients]


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
# Once


def test_retry_after_a_half_sent_batch_serves_only_the_rest(deliver, stored, sink):
    store, report = Store(), stored("a.pdf")
    sink.script("reject", recipient=BEN, reply="451 4.7.1 Greylisted, come back later")

    with pytest.raises(QADeliveryError) as caught:
        deliver(report, store)

    assert served(sink) == [ANNA, CLEO]
    message = str(caught.value)
    assert "1 of 3 recipients are not known to have the mail" in message
    assert "Not taken this time: ben@example.com (451 4.7.1 Greylisted, come back later)" in message
    assert "Delivered now: anna@example.com, cleo@example.com" in message
    assert "A retry sends only to ben@example.com" in message

    result = deliver(report, store)

    assert served(sink) == [ANNA, CLEO, BEN]
    assert (result["delivered"], result["already_delivered"]) == ([BEN], [ANNA, CLEO])
    assert result["message_ids"] == {mail.recipients[0]: mail.message_id for mail in sink.mails}
    assert deliver(report, store)["already_delivered"] == [ANNA, BEN, CLEO]
    assert len(sink.mails) == 3


def test_recipient_added_later_is_the_only_one_served(deliver, stored, sink):
    store, report = Store(), stored("a.pdf")
    deliver(report, store, [ANNA])

    deliver(report, store, ["ANNA@example.com", BEN])

    assert served(sink) == [ANNA, BEN]


def test_finished_delivery_needs_neither_server_nor_files(deliver, stored, sink, connect):
    store, report = Store(), stored("a.pdf")
    deliver(report, store)
    Path(report["uri"].removeprefix("file://")).unlink()
    sink.stop()

    assert deliver(report, store)["already_delivered"] == [ANNA, BEN, CLEO]


def test_changed_content_is_a_new_delivery(deliver, stored, sink):
    store = Store()
    deliver(stored("a.pdf"), store, ANNA)
    deliver(stored("a.pdf"), store, ANNA)
    deliver(stored("a.pdf", b"third"), store, ANNA, subject="Corrected")
    deliver(stored("a.pdf", b"third"), store, ANNA, subject="Corrected again")

    assert served(sink) == [ANNA] * 4
    assert len({mail.message_id for mail in sink.mails}) == 4


def test_subject_that_changes_between_attempts_serves_nobody_twice(deliver, stored, sink, caplog):
    store, report = Store(), stored("a.pdf")
    sink.script("reject", recipient=BEN, reply="451 Later")
    with pytest.raises(QADeliveryError):
        deliver(report, store, subject="Sent at 06:00:01")

    result = deliver(report, store, subject="Sent at 06:05:09")

    assert served(sink) == [ANNA, CLEO, BEN]
    assert result["already_delivered"] == [ANNA, CLEO]
    assert "Subject or body differ" in caplog.text


def test_worker_killed_before_the_mail_is_complete_leaves_nothing_uncertain(deliver, stored, sink):
    store, report = Store(), stored("a.pdf")

    def kill(key: str, value: Any) -> None:
        if "sending" in json.dumps(value):
            raise Killed

    store.on_set = kill
    with pytest.raises(Killed):
        deliver(report, store, ANNA)
    assert sink.mails == []

    store.on_set = lambda key, value: None
    assert deliver(report, store, ANNA)["delivered"] == [ANNA]
    assert served(sink) == [ANNA]


@pytest.mark.parametrize("stored_by_server", [True, False])
@pytest.mark.parametrize("on_uncertain", ["fail", "skip", "repeat"])
def test_worker_killed_before_the_answer_is_noted(deliver, stored, sink, on_uncertain, stored_by_server):
    store, report = Store(), stored("a.pdf")
    seen = []

    def kill(key: str, value: Any) -> None:
        seen.append(value)
        if "sent" in json.dumps(value):
            raise Killed

    store.on_set = kill
    with pytest.raises(Killed):
        deliver(report, store, ANNA)
    assert served(sink) == [ANNA]
    store.on_set = lambda key, value: None

    if on_uncertain == "fail":
        with pytest.raises(QADeliveryError, match=r"Uncertain: anna@example.com \(Message-ID <") as caught:
            deliver(report, store, [ANNA, BEN], on_uncertain=on_uncertain)
        assert sink.mails[0].message_id in str(caught.value)
        assert "A retry does not send to the uncertain ones" in str(caught.value)
        assert served(sink) == [ANNA, BEN]
    else:
        result = deliver(report, store, [ANNA, BEN], on_uncertain=on_uncertain)
        assert list(result["skipped"]) == ([ANNA] if on_uncertain == "skip" else [])
        assert served(sink) == ([ANNA, BEN] if on_uncertain == "skip" else [ANNA, ANNA, BEN])
        assert len({mail.message_id for mail in sink.mails_to(ANNA)}) == 1


@pytest.mark.parametrize("kind", ["drop_after_data", "drop_unstored"])
@pytest.mark.parametrize("on_uncertain", ["fail", "skip", "repeat"])
def test_connection_lost_after_the_mail_was_complete(deliver, stored, sink, on_uncertain, kind):
    store, report = Store(), stored("a.pdf")
    sink.script(kind, recipient=BEN)
    copies = (kind == "drop_after_data") + (on_uncertain == "repeat")

    def attempt() -> dict[str, Any]:
        return deliver(report, store, on_uncertain=on_uncertain)

    if on_uncertain == "fail":
        with pytest.raises(
            QADeliveryError, match=r"1 of 3 recipients are not known to have the mail. Uncertain: ben@example.com"
        ):
            attempt()
        with pytest.raises(QADeliveryError, match="1 of 3"):
            attempt()
    else:
        attempt()
        result = attempt()
        assert list(result["skipped"]) == ([BEN] if on_uncertain == "skip" else [])
    assert len(sink.mails_to(BEN)) == copies
    assert len(sink.mails_to(ANNA)) == len(sink.mails_to(CLEO)) == 1
    assert len({mail.message_id for mail in sink.mails_to(BEN)}) <= 1


def test_decision_after_an_uncertain_mail_is_followed_by_the_next_attempt(deliver, stored, sink):
    store, report = Store(), stored("a.pdf")
    sink.script("drop_unstored", recipient=BEN)
    with pytest.raises(QADeliveryError):
        deliver(report, store)

    assert deliver(report, store, on_uncertain="repeat")["delivered"] == [BEN]
    assert sorted(served(sink)) == [ANNA, BEN, CLEO]


def test_uncertain_twice_is_left_to_the_next_attempt_when_repeating(deliver, stored, sink):
    store, report = Store(), stored("a.pdf")
    sink.script("drop_unstored", recipient=BEN, times=2)
    with pytest.raises(QADeliveryError, match=r"A retry sends only to ben@example.com"):
        deliver(report, store, on_uncertain="repeat")

    assert deliver(report, store, on_uncertain="repeat")["delivered"] == [BEN]


def test_refusal_after_an_uncertain_mail_does_not_make_it_certain(deliver, stored, sink):
    store, report = Store(), stored("a.pdf")
    sink.script("drop_after_data", recipient=ANNA)
    sink.script("reject", recipient=ANNA, nth=2, reply="451 Later")
    with pytest.raises(QADeliveryError):
        deliver(report, store, ANNA, on_uncertain="repeat")

    with pytest.raises(QADeliveryError, match=r"Uncertain: anna@example.com"):
        deliver(report, store, ANNA, on_uncertain="fail")
    assert len(sink.mails) == 1


def test_connection_lost_before_the_mail_is_mended_at_once(deliver, stored, sink):
    sink.script("drop_before_data", recipient=BEN)

    assert deliver(stored("a.pdf"), Store())["delivered"] == [ANNA, BEN, CLEO]
    assert served(sink) == [ANNA, BEN, CLEO]
    assert sink.connections == 2


def test_connection_lost_in_the_middle_of_a_mail_is_mended_at_once(deliver, stored, sink):
    sink.script("drop_in_data", recipient=ANNA)

    # more than the buffers on the way take, so that the break is met while sending
    assert deliver(stored("a.pdf", os.urandom(14_000_000)), Store(), ANNA)["delivered"] == [ANNA]
    assert served(sink) == [ANNA]


def test_server_that_limits_the_mails_of_a_session(deliver, stored, sink):
    sink.script("reject", nth=2, reply="421 4.7.0 Too many mails in this session")

    assert deliver(stored("a.pdf"), Store())["delivered"] == [ANNA, BEN, CLEO]
    assert sink.connections == 2


def test_server_that_goes_away_in_the_middle_of_the_batch(deliver, stored, sink):
    store = Store()
    store.on_set = lambda key, value: sink.stop() if "sent" in json.dumps(value) else None

    with pytest.raises(QADeliveryError) as caught:
        deliver(stored("a.pdf"), store)

    assert served(sink) == [ANNA]
    assert "Delivered now: anna@example.com" in str(caught.value)
    assert "A retry sends only to ben@example.com, cleo@example.com" in str(caught.value)


def test_batch_stops_when_the_connection_keeps_breaking(deliver, stored, sink):
    people = [f"p{number}@example.com" for number in range(6)]
    sink.script("drop_before_data", times=None)

    with pytest.raises(QADeliveryError) as caught:
        deliver(stored("a.pdf"), Store(), people)

    assert "Not tried, because the connection broke in the mails to 3 recipients in a row: p3@" in str(caught.value)
    assert sink.connections == 6


def test_server_that_takes_its_time_is_waited_for(deliver, stored, sink, connect):
    connect(sink, timeout=1)
    sink.script("slow", delay=1.3)

    assert deliver(stored("a.pdf"), Store(), ANNA)["delivered"] == [ANNA]


def test_without_a_store_it_says_so_and_each_attempt_serves_all(deliver, stored, sink, caplog):
    report = stored("a.pdf")

    deliver(report, None, [ANNA, BEN, ANNA])
    assert served(sink) == [ANNA, BEN]
    assert caplog.text.count("no task state store") == 1
    deliver(report, None, [ANNA])
    assert served(sink) == [ANNA, BEN, ANNA]


def test_store_that_fails_stops_the_batch_before_an_unnoted_mail(deliver, stored, sink):
    store = Store()

    def fail(key: str, value: Any) -> None:
        if len(sink.mails) == 1 and "sending" in json.dumps(value):
            raise ConnectionError("API server is gone")

    store.on_set = fail
    with pytest.raises(QADeliveryError, match="task's state could not be written: ConnectionError: API server is gone"):
        deliver(stored("a.pdf"), store)
    assert served(sink) == [ANNA]


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


# ---------------------------------------------------------------------------------------------------------------------
# Nothing is sent when something is wrong


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"subject": "Report\r\nBcc: eve@example.com"}, "subject holds"),
        ({"subject": "Report\u2028Bcc: eve@example.com"}, "subject holds"),
        ({"subject": " "}, "subject is empty"),
        ({"subject": 12}, "subject takes text, got 12"),
        ({"to": [ANNA, "ben@example.com\nBcc: eve@example.com"]}, "to holds"),
        ({"to": "anna@example.com, not an address; b@d@e"}, "'not an address', 'b@d@e'"),
        ({"to": " ;"}, "no recipient"),
        ({"to": {"a": 1}}, "to takes addresses"),
        ({"to": "['anna@example.com']"}, "to is what Python prints, and not JSON"),
        ({"to": "None"}, "'None'"),
        ({"html_content": {"a": 1}}, "html_content must be a text"),
        ({"link_url": "{'a.pdf': 'https://a.example'}"}, "link_url is what Python prints"),
        ({"from_email": "x\r\nBcc: eve@example.com"}, "from_email holds"),
        ({"attach": "some"}, "attach is 'some' and can be 'fit', 'all', 'none'"),
        ({"on_uncertain": True}, "on_uncertain is True"),
        ({"max_attachment_bytes": "20 MB"}, "max_attachment_bytes is '20 MB'"),
        ({"link_url": "https://files.example.com/{file}"}, "not {file}"),
        ({"link_url": "javascript:alert(1)"}, "no http"),
        ({"attach": "none"}, "no link to a.pdf"),
        ({"max_attachment_bytes": 100}, r"max_attachment_bytes is 100 bytes: a.pdf \(2.9 KB\) cannot be sent"),
        ({"max_attachment_bytes": 100, "attach": "all", "link_url": "https://f.example.com/{name}"}, "cannot be sent"),
    ],
)
def test_wrong_arguments_are_found_before_the_first_mail(deliver, stored, sink, wrong, message):
    with pytest.raises(QAValidationError, match=message) as caught:
        deliver(stored("a.pdf"), Store(), **wrong)

    assert "No mail was sent" in str(caught.value)
    assert sink.connections == 0


def test_file_name_with_a_line_break_is_refused(deliver, stored, sink):
    report = {**stored("a.pdf"), "name": "a.pdf\r\nX-Evil: 1"}
    with pytest.raises(QAValidationError, match="file name of a report holds"):
        deliver(report, Store())
    assert sink.connections == 0


@pytest.mark.parametrize("content", [b"longer than it was" * 1000, b"0" * 3000, None], ids=["size", "digest", "gone"])
def test_file_that_changed_since_it_was_fetched(deliver, stored, sink, content):
    good, bad = stored("good.pdf"), stored("bad.pdf")
    path = Path(bad["uri"].removeprefix("file://"))
    path.unlink() if content is None else path.write_bytes(content)

    with pytest.raises(QAFileError, match=r"bad.pdf at file://.*No mail was sent"):
        deliver([good, bad], Store())
    assert sink.connections == 0


def test_linked_file_is_checked_as_well(deliver, stored, sink):
    report = stored("a.pdf")
    Path(report["uri"].removeprefix("file://")).write_bytes(b"changed")

    with pytest.raises(QAFileError):
        deliver(report, Store(), attach="none", link_url="https://files.example.com/{name}")
    assert sink.connections == 0


def test_no_reports(deliver, sink):
    from airflow.providers.common.compat.sdk import AirflowSkipException

    for nothing in (None, [], [None, []]):
        with pytest.raises(QAValidationError, match="reports holds no report"):
            deliver(nothing, Store(), if_empty="fail")
        with pytest.raises(AirflowSkipException):
            deliver(nothing, Store())
    assert sink.connections == 0

    assert deliver([], Store(), ANNA, if_empty="send")["files"] == []
    assert "there is no report this time" in sink.mails[0].body("plain")
    assert "<th" not in sink.mails[0].body("html")


def test_reports_that_are_no_manifests(deliver, sink):
    for wrong in ('[{"uri": "a"}]', [{"uri": "a"}], 7):
        with pytest.raises(QAValidationError, match="takes the manifests"):
            deliver(wrong, Store())
    for wrong in ("[{'uri': 'a'}]", "[" * 100_000, "report.pdf"):
        with pytest.raises(QAValidationError, match=r"reports is .*No mail was sent.*reports \| tojson"):
            deliver(wrong, Store())
    assert sink.connections == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"bytes": "8"},
        {"bytes": -1},
        {"bytes": None},
        {"sha256": None},
        {"uri": 7},
        {"name": ["a"]},
        {"pages": "3"},
        {"link": 5},
        {"conn_id": {}},
    ],
)
def test_a_manifest_with_something_else_in_it_is_refused(deliver, stored, wrong):
    with pytest.raises(QAValidationError, match=f"takes the manifests.* {next(iter(wrong))} of one is"):
        deliver({**stored("a.pdf"), **wrong}, Store())


def test_what_templates_make_of_the_arguments_is_read(deliver, stored, sink):
    one, two = stored("a.pdf"), stored("b.pdf")
    links = {"a.pdf": "https://a.example", "b.pdf": "https://b.example"}
    result = deliver(
        json.dumps([one, [two, None]]),
        Store(),
        json.dumps([ANNA, BEN]),
        attach="none",
        from_email="None",
        html_content="None",
        link_url=json.dumps(links),
    )

    assert result["files"] == ["a.pdf", "b.pdf"]
    assert served(sink) == [ANNA, BEN]
    for mail in sink.mails:
        assert "None" not in mail.body("plain")
        assert all(link in mail.body("plain") for link in links.values())


def test_a_worker_without_room_says_so_and_not_that_the_storage_is_full(deliver, stored, tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    with pytest.raises(QAFileError, match=rf"could not write a copy to {gone}.*No mail was sent.*TMPDIR"):
        stage([Item(stored("a.pdf"), "a.pdf", None, attached=True)], gone)
    monkeypatch.setattr(tempfile, "tempdir", str(gone))
    with pytest.raises(QAFileError, match=r"cannot be copied to this worker.*No mail was sent.*TMPDIR"):
        deliver(stored("a.pdf"), Store())


@pytest.mark.parametrize(
    ("announced", "size"),
    [("", None), ("0", None), ("1000", 1000), ("\u00b2\u00b3", None), ("9" * 5000, None)],
    ids=["none", "no limit", "one", "no digits", "too many digits"],
)
def test_a_size_that_the_server_announces(announced, size):
    session = SmtpSession("smtp_default")
    session._client = SimpleNamespace(esmtp_features={"size": announced})
    assert session.max_message_bytes == size


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


# ---------------------------------------------------------------------------------------------------------------------
# The ledger


def content(text: str = "t") -> Content:
    return Content.of([manifest_of("a.pdf")], text, None)


def test_ledger_of_500_recipients_stays_small_and_holds_no_address():
    store = Store()
    people = [Address(f"person.number.{number}@example.com") for number in range(500)]
    sizes: list[int] = []
    store.on_set = lambda key, value: sizes.append(len(json.dumps(value)))
    ledger = open_ledger(store, ["d", "r", "t", -1], content())
    for person in people:
        ledger.note(person, Progress.SENDING)
        ledger.note(person, Progress.SENT)

    assert max(sizes) < 4096
    assert len(store.texts) == 17
    assert sum(map(len, store.texts.values())) < 32 * 1024
    assert "example.com" not in json.dumps(store.texts)
    again = open_ledger(store, ["d", "r", "t", -1], content())
    assert {again.progress(person) for person in people} == {Progress.SENT}
    assert again.progress(Address("somebody@example.com")) is None
    assert len({again.message_id(person, "example.com") for person in people}) == 500


def test_identity_is_of_task_run_and_content():
    scopes = [["d", "r", "t", -1], ["d", "r", "t", 0], ["d", "r2", "t", -1], ["d", "r", "t2", -1]]
    ids = [open_ledger(Store(), scope, content()).delivery_id for scope in scopes]
    ids += [open_ledger(Store(), scopes[0], content("other")).delivery_id]

    assert len(set(ids)) == 5
    assert open_ledger(None, scopes[0], content()).delivery_id == ids[0]


def test_order_of_files_does_not_count():
    a, b = manifest_of("a.pdf"), manifest_of("b.pdf", b"other")
    assert Content.of([a, b], "s", None) == Content.of([b, a], "s", None)
    assert Content.of([a, b], "s", None) != Content.of([a], "s", None)


def test_ledger_without_a_store_lasts_for_the_attempt():
    ledger = Ledger(None, "id")
    ledger.note(SENDER, Progress.SENDING)
    assert ledger.progress(SENDER) is Progress.SENDING
    ledger.note(SENDER, None)
    assert ledger.progress(SENDER) is None
    ledger.finish()
