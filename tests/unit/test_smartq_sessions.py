"""Tasks sign in to smartQ once for all of them, and what they hand on is of no use to anybody else."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import responses

from airflow_qa_provider.rest.sessions import PREFIX, KeptSession
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.client.sessions import forget_sessions
from tests.unit.test_smartq_auth import BASE_URL, CLIENT_ID, PASSWORD, TOKEN_URL, data, settings

ME = f"{BASE_URL}/users/me"
LOGIN = "ann@example.com"
REFUSED = {"error": {"type": None, "code": 401, "message": "token expired"}, "data": None}


class Store(dict[str, str]):
    """The Variables of an Airflow."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: list[str] = []

    def set(self, key: str, value: str) -> None:
        self[key] = value

    def hide(self, secret: str) -> None:
        self.hidden.append(secret)


class Broken(Store):
    """Variables that cannot be had; what is said of it quotes what was given."""

    def get(self, key: str) -> str | None:  # type: ignore[override]
        raise OSError(f"no {key} for {PASSWORD}")

    def set(self, key: str, value: str) -> None:
        raise OSError(f"{value} {PASSWORD}")


@pytest.fixture(autouse=True)
def process() -> Iterator[Callable[[], None]]:
    """Returns a function that begins another process: none of its sign-ins is known."""
    forget_sessions()
    yield forget_sessions
    forget_sessions()


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    """A smartQ that gives token-1, token-2 and so on, and knows the newest."""
    given: list[str] = []

    def sign_in(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        given.append(f"token-{len(given) + 1}")
        return 200, {}, json.dumps(data({"access_token": given[-1], "refresh_token": f"again-{len(given)}", **life}))

    def me(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        known = request.headers["X-Authorization"] == f"OAUTH2 {given[-1]}"
        return 200, {}, json.dumps(data({"id": "7"}) if known else REFUSED)

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        life = mock.life = {"expires_in": 3600}  # type: ignore[attr-defined]
        mock.add_callback("POST", TOKEN_URL, sign_in)
        mock.add_callback("GET", ME, me)
        yield mock


def task(store: Store | None, **options: Any) -> SmartQClient:
    """What the client of a task does, from its first request to its end."""
    with SmartQClient(settings(**options)) as client:
        client.share_session(store)
        client.ping()
    return client


def sign_ins(vendor: responses.RequestsMock) -> int:
    return sum(call.request.url == TOKEN_URL for call in vendor.calls)


def kept(store: Store, password: str = PASSWORD) -> KeptSession:
    return KeptSession(store, (BASE_URL, LOGIN), (password, CLIENT_ID))


def test_tasks_of_one_process_sign_in_once(vendor: responses.RequestsMock) -> None:
    task(None)
    task(None)
    assert sign_ins(vendor) == 1


def test_tasks_of_several_processes_sign_in_once(vendor: responses.RequestsMock, process: Callable[[], None]) -> None:
    store = Store()
    for _ in range(3):
        task(store)
        process()
    assert (sign_ins(vendor), len(vendor.calls)) == (1, 4)


def test_what_is_kept_is_named_as_a_secret_and_shows_none(vendor: responses.RequestsMock) -> None:
    store = Store()
    client = task(store)
    ((name, value),) = store.items()

    assert name.startswith(PREFIX)
    assert "token" in name, "Airflow hides the values of such names"
    for secret in ("token-1", "again-1", PASSWORD, CLIENT_ID, LOGIN, "Basic"):
        assert secret not in name + value + repr(client) + repr(kept(store))
    assert store.hidden == ["token-1", "again-1"]
    content = kept(store).read()
    assert content["token"] == "token-1"
    assert "again-1" not in json.dumps(content), "a refresh token lives too long to be handed on"
    assert 3500 < content["until"] - time.time() <= 3540


@pytest.mark.parametrize("changed", [{"client_id": "another-key"}, {"token": "another password"}])
def test_who_lacks_a_secret_reads_nothing_and_signs_in(
    changed: dict[str, str], vendor: responses.RequestsMock, process: Callable[[], None]
) -> None:
    store = Store()
    task(store)
    process()
    options = {"client_id": changed["client_id"]} if "client_id" in changed else {}
    given = settings(**options)
    other = SmartQClient(given if options else type(given)(**{**vars(given), **changed}))
    other.share_session(store)
    other.ping()
    assert sign_ins(vendor) == 2
    assert kept(store).read() == {}, "the newer one has taken its place"


def test_a_token_that_is_refused_is_dropped_and_one_sign_in_follows(
    vendor: responses.RequestsMock, process: Callable[[], None]
) -> None:
    store = Store()
    kept(store).keep({"token": "revoked", "until": time.time() + 600, "seen": {}})
    vendor.add("GET", ME, json=REFUSED)
    vendor.remove("GET", ME)
    asked: list[str] = []

    def me(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        asked.append(str(request.headers["X-Authorization"]))
        return 200, {}, json.dumps(REFUSED if asked[-1].endswith("revoked") else data({"id": "7"}))

    vendor.add_callback("GET", ME, me)
    task(store)
    process()
    task(store)
    assert asked == ["OAUTH2 revoked", "OAUTH2 token-1", "OAUTH2 token-1"]
    assert sign_ins(vendor) == 1


@pytest.mark.parametrize(
    "content",
    [
        {"token": "old", "until": 1.0},
        {"token": "old"},
        {"token": "old", "until": "tomorrow"},
        {"token": None, "until": 9e12},
        {"token": "old", "until": 1.0, "seen": {"a": 1, "b": [1, 2, 3], "c": ["x", 1]}},
        {},
    ],
)
def test_what_has_ended_or_makes_no_sense_is_not_used(content: dict[str, Any], vendor: responses.RequestsMock) -> None:
    store = Store()
    kept(store).keep(content)
    task(store)
    assert sign_ins(vendor) == 1
    assert kept(store).read()["token"] == "token-1"


@pytest.mark.parametrize("text", ["", "nonsense", "gAAAAAB", "ü"])
def test_the_text_of_somebody_else_is_replaced(text: str, vendor: responses.RequestsMock) -> None:
    store = Store()
    task(store)
    (name,) = store
    store[name] = text
    forget_sessions()
    task(store)
    assert kept(store).read()["token"] == "token-2"


def test_a_token_of_unknown_life_is_handed_on_for_ten_minutes(vendor: responses.RequestsMock) -> None:
    vendor.life.clear()  # type: ignore[attr-defined]
    store = Store()
    task(store)
    assert 500 < kept(store).read()["until"] - time.time() <= 600


def test_a_store_that_fails_costs_a_sign_in_and_tells_no_secret(
    vendor: responses.RequestsMock, caplog: pytest.LogCaptureFixture, process: Callable[[], None]
) -> None:
    with caplog.at_level(logging.DEBUG):
        task(Broken())
        process()
        task(Broken())
    assert sign_ins(vendor) == 2
    assert "signs in for itself" in caplog.text
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize("options", [{"sessions": "own"}, {"authentication": "basic"}])
def test_a_connection_can_ask_for_sessions_of_its_own(options: dict[str, str], vendor: responses.RequestsMock) -> None:
    vendor.remove("GET", ME)
    vendor.add("GET", ME, json=data({"id": "7"}))
    store = Store()
    task(store, **options)
    task(store, **options)
    assert store == {}
    assert sign_ins(vendor) == (2 if "sessions" in options else 0)


def test_what_was_seen_of_an_account_is_handed_on_for_a_while(
    vendor: responses.RequestsMock, process: Callable[[], None]
) -> None:
    store = Store()
    with SmartQClient(settings()) as client:
        client.share_session(store)
        client.ping()
        client.remember("steps of project 1", [{"id": "3", "name": "Accepted"}])
    process()
    after = SmartQClient(settings())
    after.share_session(store)
    assert after.recall("steps of project 1", 60) is None, "nothing is read before it is needed"
    after.ping()
    assert after.recall("steps of project 1", 60) == [{"id": "3", "name": "Accepted"}]
    assert after.recall("steps of project 1", 0) is None
    after.remember("steps of project 1", None)
    assert after.recall("steps of project 1", 60) is None
