"""What a look at any vendor costs, what it makes of missing objects and of errors."""

from __future__ import annotations

import json

import pytest

from airflow_qa_provider.exceptions import (
    QAError,
    QANotFoundError,
    QANotSupportedError,
    QARateLimitError,
    QAServerError,
)
from airflow_qa_provider.kinds.snapshot import Phase
from airflow_qa_provider.vendors import kind_of
from airflow_qa_provider.vendors.connect import polling_client
from qa_sandbox import Sandbox
from tests.unit.vendor_waits.looks import (
    MISSING,
    NO_SUCH,
    SHOWN,
    asked,
    extra,
    poll,
    seen,
    store,
)


def absent(sandbox: Sandbox, kind: str) -> str:
    """An id that could be, in a project that is there."""
    project = extra(sandbox, "conqa")["project_id"]
    return {
        "conqa.milestone": f"{project}/{MISSING}",
        "conqa.webhook": f"project/{project}/wh:{NO_SUCH}",
        "monitorqa.corrective_action": NO_SUCH,
        "simplo.report": "999999",
        "smartq.ticket": f"{extra(sandbox, 'smartq')['project_id']}/999999",
    }[kind]


KINDS = ("conqa.milestone", "conqa.webhook", "monitorqa.corrective_action", "simplo.report", "smartq.ticket")

# requests for one, two and five objects of a project or company
COSTS = {
    "conqa.milestone": (1, 1, 1),
    "conqa.webhook": (1, 1, 1),
    "monitorqa.corrective_action": (1, 2, 1),
    "simplo.report": (1, 2, 1),
    "smartq.ticket": (1, 1, 1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_look_costs_no_more_requests_than_it_must(sandbox: Sandbox, ids: dict[str, list[str]], kind: str) -> None:
    costs = []
    for number in (1, 2, 5):
        some = ids[kind][:number]
        with asked(sandbox, kind.partition(".")[0]) as paths:
            looks = poll(kind, *some)
        assert [seen(looks, object_id).id for object_id in some] == some
        costs.append(len(paths))
    assert tuple(costs) == COSTS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_few_and_many_are_seen_in_the_same_way(ids: dict[str, list[str]], kind: str) -> None:
    together = poll(kind, *ids[kind])
    for object_id in ids[kind]:
        assert poll(kind, object_id)[object_id] == together[object_id]
        json.dumps(seen(together, object_id).as_dict())


@pytest.mark.parametrize("number", [1, 4], ids=["few", "many"])
@pytest.mark.parametrize("kind", KINDS)
def test_one_missing_object_harms_no_other(sandbox: Sandbox, ids: dict[str, list[str]], kind: str, number: int) -> None:
    bad, good = absent(sandbox, kind), ids[kind][:number]
    looks = poll(kind, bad, *good)
    assert isinstance(looks[bad], QANotFoundError)
    assert looks[bad].status_code != 405  # type: ignore[union-attr]
    assert [seen(looks, object_id).phase for object_id in good] == [Phase.ACTIVE] * number


@pytest.mark.parametrize("number", [1, 5], ids=["few", "many"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_error_of_the_vendor_says_nothing_about_any_object(
    sandbox: Sandbox, ids: dict[str, list[str]], kind: str, number: int
) -> None:
    vendor, wanted = kind.partition(".")[0], ids[kind][:number]
    sandbox.add_fault({"status": 503}, vendor=vendor, method="GET")
    looks = poll(kind, *wanted)
    assert [type(looks[object_id]) for object_id in wanted] == [QAServerError] * number


@pytest.mark.parametrize("kind", KINDS)
def test_a_vendor_that_wants_to_be_left_alone_is_asked_once(
    sandbox: Sandbox, ids: dict[str, list[str]], kind: str
) -> None:
    vendor = kind.partition(".")[0]
    elsewhere = {
        "conqa.milestone": f"{store(sandbox, 'conqa').snapshot()['projects'][1]['id']}/{SHOWN}",
        "conqa.webhook": f"account/{extra(sandbox, 'conqa')['account_id']}/wh:{NO_SUCH}",
        "smartq.ticket": f"{store(sandbox, 'smartq').snapshot()['projects'][1]['id']}/1",
    }
    wanted = [*ids[kind][:2], *([elsewhere[kind]] if kind in elsewhere else [])]
    sandbox.add_fault({"status": 429, "retry_after": 7}, vendor=vendor, method="GET")
    with asked(sandbox, vendor) as paths:
        looks = poll(kind, *wanted)
    assert len(paths) == 1
    for object_id in wanted:
        error = looks[object_id]
        assert isinstance(error, QARateLimitError)
        assert error.retry_after == 7


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_these_can_be_cancelled_and_nothing_is_sent(sandbox: Sandbox, kind: str) -> None:
    vendor = kind.partition(".")[0]
    with (
        asked(sandbox, vendor) as paths,
        polling_client(vendor, f"{vendor}_default") as client,
        pytest.raises(QANotSupportedError, match="cannot"),
    ):
        kind_of(kind).stop(client, "41")
    assert paths == []


@pytest.mark.parametrize("kind", ["conqa.milestone", "conqa.webhook", "smartq.ticket"])
def test_an_unknown_project_says_nothing_about_what_would_be_in_it(
    sandbox: Sandbox, ids: dict[str, list[str]], kind: str
) -> None:
    lost = {
        "conqa.milestone": f"{NO_SUCH}/{SHOWN}",
        "conqa.webhook": f"project/{NO_SUCH}/wh:{NO_SUCH}",
        "smartq.ticket": "999999/1",
    }[kind]
    looks = poll(kind, lost, ids[kind][0])
    assert isinstance(looks[lost], QAError)
    assert not isinstance(looks[lost], QANotFoundError)
    assert seen(looks, ids[kind][0]).phase is Phase.ACTIVE


@pytest.mark.parametrize("kind", ["monitorqa.corrective_action", "simplo.report", "smartq.ticket"])
def test_a_connection_may_ask_for_larger_pages(
    sandbox: Sandbox, ids: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    vendor = kind.partition(".")[0]
    connection = sandbox.connections()[f"{vendor}_default"]
    connection["extra"] = {**connection["extra"], "page_size": 250}
    monkeypatch.setenv(f"AIRFLOW_CONN_{vendor.upper()}_DEFAULT", json.dumps(connection))
    poll(kind, *ids[kind])
    asked_for = [entry for entry in sandbox.requests(vendor) if "250" in entry.query]
    assert len(asked_for) == 1
