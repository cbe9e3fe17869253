"""Nothing is sent when an argument, a file or a manifest is wrong."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from airflow_qa_provider.delivery.attachments import Item
from airflow_qa_provider.delivery.session import SmtpSession
from airflow_qa_provider.delivery.staging import stage
from airflow_qa_provider.exceptions import QAFileError, QAValidationError
from tests.unit.delivery.mails import ANNA, BEN, Store, served


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
