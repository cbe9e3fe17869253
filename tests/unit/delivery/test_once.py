"""Each recipient is served once, whatever breaks, and the ledger remembers it without addresses."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from airflow_qa_provider.delivery.ledger import Ledger, open_ledger
from airflow_qa_provider.delivery.recipients import Address
from airflow_qa_provider.exceptions import QADeliveryError
from tests.unit.delivery.mails import ANNA, BEN, CLEO, SENDER, Store, manifest_of, served


class Killed(BaseException):
    """What a worker's death looks like from inside: nothing after it runs."""


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
# The ledger


def test_ledger_of_500_recipients_stays_small_and_holds_no_address():
    store = Store()
    people = [Address(f"person.number.{number}@example.com") for number in range(500)]
    sizes: list[int] = []
    store.on_set = lambda key, value: sizes.append(len(json.dumps(value)))
    ledger = open_ledger(store, ["d", "r", "t", -1], [manifest_of("a.pdf")], "s", None)
    for person in people:
        ledger.note(person, "sending")
        ledger.note(person, "sent")

    assert max(sizes) < 4096
    assert len(store.texts) == 17
    assert sum(map(len, store.texts.values())) < 32 * 1024
    assert "example.com" not in json.dumps(store.texts)
    again = open_ledger(store, ["d", "r", "t", -1], [manifest_of("a.pdf")], "s", None)
    assert {again.progress(person) for person in people} == {"sent"}
    assert again.progress(Address("somebody@example.com")) is None
    assert len({again.message_id(person, "example.com") for person in people}) == 500


def test_identity_is_of_task_run_and_content():
    scopes = [["d", "r", "t", -1], ["d", "r", "t", 0], ["d", "r2", "t", -1], ["d", "r", "t2", -1]]
    files = [manifest_of("a.pdf")]
    ids = [open_ledger(Store(), scope, files, "s", None).delivery_id for scope in scopes]
    ids += [open_ledger(Store(), scopes[0], files, "other", None).delivery_id]

    assert len(set(ids)) == 5
    assert open_ledger(None, scopes[0], files, "s", None).delivery_id == ids[0]


def test_order_of_files_does_not_count():
    a, b = manifest_of("a.pdf"), manifest_of("b.pdf", b"other")
    ids = [open_ledger(None, [], files, "s", None).delivery_id for files in ([a, b], [b, a], [a])]
    assert ids[0] == ids[1] != ids[2]


def test_ledger_without_a_store_lasts_for_the_attempt():
    ledger = Ledger(None, "id")
    ledger.note(SENDER, "sending")
    assert ledger.progress(SENDER) == "sending"
    ledger.note(SENDER, None)
    assert ledger.progress(SENDER) is None
    ledger.finish()
