"""How the smartQ client signs in: once, lazily, again before a token ends, and without showing a secret."""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
import responses

from airflow_qa_provider.exceptions import (
    QAAuthenticationError,
    QAConfigurationError,
    QAConnectionLostError,
    QAServerError,
)
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.client.auth import Credentials, OAuth2Auth
from airflow_qa_provider.vendors.smartq.client.dialect import Dialect
from airflow_qa_provider.vendors.smartq.client.sessions import Token, TokenStore

BASE_URL = "https://demo.smartqweb.example.com/api/v1"
TOKEN_URL = f"{BASE_URL}/oauth2/"
PROJECT_URL = f"{BASE_URL}/projects/1"
PASSWORD = "correct horse"
CLIENT_ID = "c11e27-0123456789abcdef"
EXPIRED = {"error": {"type": None, "code": 401, "message": "token expired"}, "data": None}

Fetch = Callable[[str | None], Token]


def settings(**options: Any) -> ClientSettings:
    return ClientSettings(
        base_url=BASE_URL,
        token=PASSWORD,
        retries=0,
        options={"login": "ann@example.com", "client_id": CLIENT_ID, **options},
    )


def data(value: Any) -> dict[str, Any]:
    return {"error": None, "data": value}


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def calls(vendor: responses.RequestsMock, url: str) -> list[requests.PreparedRequest]:
    return [call.request for call in vendor.calls if call.request.url == url]


class TestSigningIn:
    def test_nothing_is_sent_before_the_first_request(self, vendor: responses.RequestsMock) -> None:
        SmartQClient(settings()).close()
        assert len(vendor.calls) == 0

    def test_one_sign_in_serves_many_requests(self, vendor: responses.RequestsMock) -> None:
        vendor.post(TOKEN_URL, json=data({"access_token": "tok-1", "expires_in": 3600}))
        vendor.get(PROJECT_URL, json=data({"id": "1"}))
        with SmartQClient(settings()) as client:
            for _ in range(3):
                client.projects.get(1)
        assert len(calls(vendor, TOKEN_URL)) == 1
        assert [one.headers["X-Authorization"] for one in calls(vendor, PROJECT_URL)] == ["OAUTH2 tok-1"] * 3

    def test_a_client_without_retries_uses_the_same_sign_in(self, vendor: responses.RequestsMock) -> None:
        vendor.post(TOKEN_URL, json=data({"access_token": "tok-1"}))
        vendor.get(PROJECT_URL, json=data({"id": "1"}))
        with SmartQClient(settings()) as client, client.without_retries() as twin:
            twin.projects.get(1)
            client.projects.get(1)
        assert len(calls(vendor, TOKEN_URL)) == 1

    def test_the_password_goes_as_utf8(self, vendor: responses.RequestsMock) -> None:
        vendor.post(TOKEN_URL, json=data({"access_token": "tok-1"}))
        with SmartQClient(replace(settings(), token="příliš tajné")) as client:
            client.auth.get_token()
        kind, _, encoded = calls(vendor, TOKEN_URL)[0].headers["Authorization"].partition(" ")
        assert (kind, b64decode(encoded).decode()) == ("Basic", "ann@example.com:příliš tajné")

    def test_basic_needs_no_token(self, vendor: responses.RequestsMock) -> None:
        vendor.get(PROJECT_URL, json=data({"id": "1"}))
        with SmartQClient(settings(authentication="basic")) as client:
            client.projects.get(1)
        assert "X-Authorization" not in calls(vendor, PROJECT_URL)[0].headers

    def test_netrc_is_not_asked(
        self, vendor: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine demo.smartqweb.example.com login other password other\n")
        monkeypatch.setenv("NETRC", str(netrc))
        vendor.post(TOKEN_URL, json=data({"access_token": "tok-1"}))
        vendor.get(PROJECT_URL, json=data({"id": "1"}))
        with SmartQClient(settings()) as client:
            client.projects.get(1)
        assert "Authorization" not in calls(vendor, PROJECT_URL)[0].headers

    def test_a_lost_token_answer_is_asked_for_again(self, vendor: responses.RequestsMock) -> None:
        vendor.post(TOKEN_URL, body=requests.exceptions.ReadTimeout("Read timed out"))
        vendor.post(TOKEN_URL, json=data({"access_token": "tok-1"}))
        vendor.post(f"{BASE_URL}/projects", json=data({"id": "1"}))
        with SmartQClient(replace(settings(), retries=1)) as client:
            assert client.projects.create(name="x") == {"id": "1"}

    def test_a_failed_sign_in_is_not_multiplied_by_the_retries_of_the_request(
        self, vendor: responses.RequestsMock
    ) -> None:
        vendor.post(TOKEN_URL, status=503)
        with SmartQClient(replace(settings(), retries=1)) as client, pytest.raises(QAServerError) as caught:
            client.projects.get(1)
        assert caught.value.operation == "auth.get_token"
        assert [call.request.url for call in vendor.calls] == [TOKEN_URL] * 2


class TestRenewing:
    """Against the authorization alone, with a clock that the test moves."""

    def auth(self, fetch: Fetch, clock: Callable[[], float] = lambda: 0.0, **dialect: Any) -> OAuth2Auth:
        credentials = Credentials("ann@example.com", PASSWORD, CLIENT_ID)
        return OAuth2Auth(credentials, Dialect(**dialect), fetch, TokenStore(), clock=clock)

    def sent(self, auth: OAuth2Auth) -> str:
        request = requests.Request("GET", PROJECT_URL, auth=auth).prepare()
        return str(request.headers["X-Authorization"])

    @pytest.mark.parametrize(
        ("lifetime", "usable"),
        [pytest.param(3600, 3540, id="a minute early"), pytest.param(40, 20, id="at half of a short life")],
    )
    def test_a_token_is_renewed_before_it_ends(self, lifetime: float, usable: float) -> None:
        now = [1000.0]
        asked: list[str | None] = []

        def fetch(refresh: str | None) -> Token:
            asked.append(refresh)
            return Token(f"tok-{len(asked)}", f"ref-{len(asked)}", lifetime)

        auth = self.auth(fetch, lambda: now[0])
        assert self.sent(auth) == "OAUTH2 tok-1"
        now[0] += usable - 0.001
        assert self.sent(auth) == "OAUTH2 tok-1"
        now[0] += 0.001
        assert self.sent(auth) == "OAUTH2 tok-2"
        assert asked == [None, "ref-1"]

    def test_an_unknown_lifetime_is_used_until_it_is_refused(self) -> None:
        now = [0.0]
        tokens = iter([Token("tok-1"), Token("tok-2")])
        auth = self.auth(lambda refresh: next(tokens), lambda: now[0])
        assert self.sent(auth) == "OAUTH2 tok-1"
        now[0] = 1e9
        assert self.sent(auth) == "OAUTH2 tok-1"

    def test_a_refresh_token_is_kept_when_the_renewal_brings_none(self) -> None:
        asked: list[str | None] = []

        def fetch(refresh: str | None) -> Token:
            asked.append(refresh)
            return Token(f"tok-{len(asked)}", "ref-1" if refresh is None else None, 1)

        now = [0.0]
        auth = self.auth(fetch, lambda: now[0])
        for moment in (0.0, 10.0, 20.0):
            now[0] = moment
            self.sent(auth)
        assert asked == [None, "ref-1", "ref-1"]

    @pytest.mark.parametrize("expired", [False, True])
    def test_threads_share_one_sign_in(self, expired: bool) -> None:
        fetched = 0
        second = threading.Event()

        def fetch(refresh: str | None) -> Token:
            nonlocal fetched
            fetched += 1
            if fetched > 1:
                second.set()
            second.wait(0.2)  # time for another thread to come in, if it can
            return Token("tok-new")

        auth = self.auth(fetch)
        if expired:
            auth.store.keep(Token("tok-old"), renew_at=0.0)
        with ThreadPoolExecutor(8) as pool:
            seen = list(pool.map(lambda _: self.sent(auth), range(8)))
        assert seen == ["OAUTH2 tok-new"] * 8
        assert fetched == 1


class TestRefusedTokens:
    def test_threads_that_are_refused_together_renew_once(self, vendor: responses.RequestsMock) -> None:
        workers = 4
        together = threading.Barrier(workers, timeout=10)
        tokens = iter(["tok-1", "tok-2", "tok-3", "tok-4", "tok-5"])
        lock = threading.Lock()

        def give(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
            with lock:
                return 200, {}, json.dumps(data({"access_token": next(tokens), "refresh_token": "ref-1"}))

        def project(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
            if request.headers["X-Authorization"] == "OAUTH2 tok-1":
                together.wait()
                return 401, {}, json.dumps(EXPIRED)
            return 200, {}, json.dumps(data({"id": "1"}))

        vendor.add_callback(responses.POST, TOKEN_URL, give)
        vendor.add_callback(responses.GET, PROJECT_URL, project)
        with SmartQClient(settings()) as client, ThreadPoolExecutor(workers) as pool:
            assert list(pool.map(lambda _: client.projects.get(1), range(workers))) == [{"id": "1"}] * workers
        assert len(calls(vendor, TOKEN_URL)) == 2

    def test_an_invalid_client_id_ends_at_once(self, vendor: responses.RequestsMock) -> None:
        answer = {"error": {"type": None, "code": 401, "message": "Authorization failed, invalid client id"}}
        vendor.post(TOKEN_URL, json={**answer, "data": None})
        with SmartQClient(replace(settings(), retries=3)) as client, pytest.raises(QAAuthenticationError):
            client.projects.create(name="x")
        assert len(vendor.calls) == 1


class TestSecrets:
    def test_none_is_in_a_repr(self) -> None:
        token = Token("tok-1", "ref-1", 60)
        store = TokenStore()
        store.keep(token, 0.0)
        with SmartQClient(settings()) as client:
            shown = repr([client, client.settings, client.credentials, client.transport.session.auth, store, token])
        assert not [one for one in (PASSWORD, CLIENT_ID, "tok-1", "ref-1") if one in shown]

    def test_tokens_that_were_replaced_are_still_masked(self, vendor: responses.RequestsMock) -> None:
        vendor.post(TOKEN_URL, json=data({"access_token": "tok-first", "refresh_token": "ref-first"}))
        vendor.post(TOKEN_URL, json=data({"access_token": "tok-second", "refresh_token": "ref-second"}))
        vendor.get(PROJECT_URL, status=401, json=EXPIRED)
        quoted = "saw tok-first, ref-first, tok-second, ref-second"
        vendor.get(PROJECT_URL, json={"error": {"code": 403, "message": quoted}, "data": None})
        with SmartQClient(settings()) as client, pytest.raises(Exception, match="saw") as caught:
            client.projects.get(1)
        assert "saw ***, ***, ***, ***" in str(caught.value)


class TestConfiguration:
    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"token": ""}, "password field"),
            ({"options": {"client_id": CLIENT_ID}}, "there is no login"),
            ({"options": {"login": "a:b", "client_id": CLIENT_ID}}, "the login has a colon"),
            ({"options": {"login": "ann@example.com"}}, "there is no API access key"),
            ({"options": {"login": "ann@example.com", "client_id": "two words"}}, "API access key has spaces"),
            ({"options": "text"}, "extra.smartq must be an object"),
        ],
    )
    def test_credentials_that_cannot_work(self, changes: dict[str, Any], says: str) -> None:
        with pytest.raises(QAConfigurationError, match=says) as caught:
            SmartQClient(replace(settings(), connection_id="smartq_default", **changes))
        assert CLIENT_ID not in str(caught.value)

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ({"tokenfields": ["x"]}, "unknown names"),
            ({"authentication": "digest"}, r"authentication must be one of \['oauth2', 'basic'\]"),
            ({"reply_field": "parent"}, "reply_field must be one of"),
            ({"refresh_margin": "soon"}, "refresh_margin must be a number of seconds"),
            ({"token_lifetime": -1}, "token_lifetime must be a number of seconds"),
            ({"timezone": "Mars/Olympus"}, "timezone must be a name"),
            ({"timezone": "../etc"}, "timezone must be a name"),
        ],
    )
    def test_settings_that_cannot_be(self, options: dict[str, Any], says: str) -> None:
        with pytest.raises(QAConfigurationError, match=says):
            SmartQClient(settings(**options))


class _CutOff(BaseHTTPRequestHandler):
    """Announces more than it sends."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "60")
        self.end_headers()
        self.wfile.write(b'{"error":{"code":401')
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the output of the tests clean."""


def test_an_error_that_breaks_off_in_place_of_a_file_is_a_lost_connection() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _CutOff) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        here = replace(settings(authentication="basic"), base_url=f"http://127.0.0.1:{server.server_port}")
        with SmartQClient(here) as client, pytest.raises(QAConnectionLostError, match=r"files\.download"):
            client.files.download(1, 2, 3, 4)
        server.shutdown()
        thread.join(5)
