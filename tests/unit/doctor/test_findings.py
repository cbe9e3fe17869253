"""The doctor on broken connections, over real sockets: each way to be broken has an answer of its own."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from airflow_qa_provider import compat
from airflow_qa_provider.rest import diagnosis
from qa_sandbox import Sandbox
from tests.unit.doctor.doors import KEY, Doctor, Opener


def test_each_broken_connection_gets_its_own_correct_answer(
    doctor: Doctor,
    sandbox: Sandbox,
    opened: Opener,
    listening: Callable[[bool], str],
    certified: Callable[..., tuple[ssl.SSLContext, str]],
    closed_port: int,
) -> None:
    context, _ = certified()
    asked: list[list[str]] = []

    def door(**facts: Any) -> str:
        one = opened(**facts)
        asked.append(one.asked)
        return one.url

    plain = door()
    good = sandbox.connections()
    doors = {
        "name_not_found": {"host": "https://no-such-host.invalid"},
        "refused": {"host": f"http://127.0.0.1:{closed_port}"},
        "tls_certificate": {"host": door(tls=context)},
        "tls_protocol": {"host": plain.replace("http://", "https://")},
        "timeout": {"host": listening(False), "extra": {"read_timeout": 0.3}},
        "connection_lost": {"host": listening(True)},
        "unauthorized": {"host": good["monitorqa_default"]["host"], "password": "wrong"},
        "forbidden": {"host": door(status=403, body=b'{"message": "no access"}')},
        "not_found": {**good["qalyptus_default"], "kind": "qalyptus", "host": sandbox.url("qalyptus") + "/wrong"},
        "html": {"host": door(kind="text/html", body=b"<html>Sign in</html>")},
        "redirect": {"host": door(status=302, headers={"Location": "https://login.example.com/?next=1"})},
        "not_json": {"host": door(kind="text/plain", body=b"It works")},
        "unexpected_answer": {"kind": "simplo", "host": door(body=b'{"hello": "world"}')},
        "clock_skew": {"host": door(status=401, body=b"{}", clock_is_ahead=timedelta(minutes=-47))},
        "rate_limited": {"host": door(status=429, body=b"{}", headers={"Retry-After": "90"})},
        "vendor_down": {"host": door(status=503, body=b"", headers={"Retry-After": "1"})},
        "rejected": {"host": door(status=422, body=b'{"message": "no"}')},
        "missing_key": {"password": ""},
        "missing_host": {"kind": "qalyptus"},
        "missing_login": {"kind": "smartq", "host": plain, "extra": {"api_key": KEY}},
        "unknown_option": {"extra": {"read_timout": 5}},
        "bad_option": {"extra": {"read_timeout": "soon"}},
        "bad_route": {"extra": {"routes": {"audits.fetch": "GET /audit"}}},
        "bad_ca_path": {"extra": {"ca_path": "/no/such/bundle.pem"}},
        "bad_extra": {"extra": "read_timeout=5"},
        "bad_host": {"kind": "qalyptus", "extra": {"tenant": "tenant.qalyptus.net"}},
        "bad_setting": {"host": "ftp://127.0.0.1"},
    }
    if not compat.RETRY_POLICIES:
        del doors["bad_extra"]  # older Airflow does not read such a connection at all
    for code, facts in doors.items():
        doctor.connect(f"qa_{code}", **{name: value for name, value in facts.items() if name != "conn_type"})

    found = doctor.findings(*(f"qa_{code}" for code in doors))

    assert {conn_id: row["code"] for conn_id, row in found.items()} == {f"qa_{code}": code for code in doors}
    assert len(doors) >= 12
    assert len({row["message"] for row in found.values()}) == len(doors)
    assert all(row["hint"] for row in found.values())
    assert not any(row["ok"] for row in found.values())
    assert doctor.code == 1
    assert max(map(len, asked)) == 1, "what failed is not asked again"
    assert {code for code in doors} <= set(diagnosis.__doc__.replace("`", " ").split())  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("facts", "status", "message", "hint"),
    [
        ({}, 401, "MonitorQA does not accept the credentials: HTTP 401", "Check the key in the password field"),
        ({"kind": "conqa"}, 401, "CONQA does not accept the credentials", "Check the key in the password field"),
        ({"kind": "simplo"}, 401, "Simplo IS does not accept the credentials", '"auth_scheme": "Bearer"'),
        ({"kind": "smartq", "login": "me@example.com", "extra": {"api_key": KEY}}, 401, "smartQ", "Options > API"),
        ({}, 403, "MonitorQA knows the key but gives it no right to read: HTTP 403", "give its user the right"),
        ({"kind": "simplo"}, 403, "knows the key", "needs the permission access on reports"),
        ({}, 404, "There is no MonitorQA API at http://127.0.0.1", "normally it is https://api-external.monitorqa.com"),
        ({"kind": "conqa"}, 404, "There is no CONQA API at", "normally it is https://api-{region}.con.qa/api-v1"),
        ({"kind": "simplo"}, 404, "/api/v0", "normally it is https://{host}/api/v0"),
        ({"kind": "qalyptus"}, 404, "There is no Qalyptus Cloud API", "https://{tenant}.qalyptus.net/api/v1"),
        ({"kind": "smartq", "login": "me@example.com", "extra": {"api_key": KEY}}, 404, "no smartQ", "{account}"),
        ({"extra": {"routes": {"audit_templates.list": "GET /x"}}}, 404, "GET /x", 'extra.routes["audit_templates'),
        ({}, 429, "answers no more for now", "Wait 90 s and test again"),
        ({}, 500, "MonitorQA, or a gateway before it, failed: HTTP 500", "test again later"),
    ],
)
def test_an_error_of_the_vendor_names_what_to_change(
    doctor: Doctor, opened: Opener, facts: dict[str, Any], status: int, message: str, hint: str
) -> None:
    door = opened(status=status, body=b"{}", headers={"Retry-After": "90"} if status in (429, 500) else {})
    found = doctor.finding(**{"host": door.url, **facts})

    assert message in found["message"]
    assert hint in found["hint"]
    assert "retry" not in found["hint"].lower(), "nobody retries a test of a connection"
    assert len(door.asked) == 1, "what failed is not asked again"


def test_a_firewall_that_answers_with_a_page_is_not_a_missing_right(doctor: Doctor, opened: Opener) -> None:
    found = doctor.finding(host=opened(status=403, kind="text/html", body=b"<h1>Blocked</h1>").url)

    assert found["code"] == "forbidden"
    assert "firewall or gateway" in found["hint"]


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(minutes=47), "is 47 min ahead of this machine's"),
        (timedelta(hours=-3), "is 3 hours behind this machine's"),
        (timedelta(days=400), "is 400 days ahead of this machine's"),
    ],
)
def test_a_clock_that_is_off_is_a_warning(doctor: Doctor, opened: Opener, ahead: timedelta, words: str) -> None:
    doctor.connect("one", host=opened(clock_is_ahead=ahead).url)
    line = doctor.run("one")

    assert line.startswith("warning  one  clock_skew: MonitorQA answered: 0 audit templates visible, but the server's")
    assert words in line
    assert doctor.code == 0


@pytest.mark.parametrize("facts", [{"clock_is_ahead": timedelta(minutes=4)}, {"headers": {"Date": "yesterday"}}])
def test_a_small_skew_or_no_date_is_fine(doctor: Doctor, opened: Opener, facts: dict[str, Any]) -> None:
    assert doctor.finding(host=opened(**facts).url)["code"] == "ok"


def test_a_date_out_of_a_cache_is_no_clock(doctor: Doctor, opened: Opener) -> None:
    door = opened(status=401, body=b"{}", clock_is_ahead=timedelta(hours=-2), headers={"Age": "7200"})

    assert doctor.finding(host=door.url)["code"] == "unauthorized"


def test_a_refused_key_with_a_wrong_clock_blames_the_clock_first(doctor: Doctor, opened: Opener) -> None:
    found = doctor.finding(host=opened(status=401, body=b"{}", clock_is_ahead=timedelta(hours=5)).url)

    assert (found["ok"], found["code"]) == (False, "clock_skew")
    assert "HTTP 401" in found["message"]
    assert "5 hours ahead" in found["message"]
    assert found["hint"].startswith("Check the clock of this machine (NTP) first")
    assert "Check the key" in found["hint"]


@pytest.mark.parametrize(
    ("name", "years", "trusted", "code", "words"),
    [
        ("127.0.0.1", (2000, 2100), True, "ok", "answered"),
        ("127.0.0.1", (2000, 2100), False, "tls_certificate", "set ca_path in the extra"),
        ("127.0.0.1", (2000, 2001), True, "tls_certificate", "has to be renewed"),
        ("127.0.0.1", (2100, 2101), True, "tls_certificate", "not valid yet"),
        ("other.example.com", (2000, 2100), True, "tls_certificate", "The certificate is for another host"),
    ],
)
def test_certificates(
    doctor: Doctor,
    opened: Opener,
    certified: Callable[..., tuple[ssl.SSLContext, str]],
    name: str,
    years: tuple[int, int],
    trusted: bool,
    code: str,
    words: str,
) -> None:
    context, path = certified(name, years)
    found = doctor.finding(host=opened(tls=context).url, extra={"ca_path": path} if trusted else {})

    assert found["code"] == code
    assert words in f"{found['message']} {found['hint']}"


def test_a_proxy_that_is_away_is_named(doctor: Doctor, monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{KEY}@127.0.0.1:{closed_port}")
    found = doctor.finding(host="https://api.example.com")

    assert found["code"] == "proxy"
    assert "HTTPS_PROXY" in found["hint"]


def test_a_host_that_takes_no_connection_is_unreachable(doctor: Doctor) -> None:
    with socket.socket() as full, contextlib.ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(8):  # until its queue is full, a Linux host drops what comes
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        extra = {"connect_timeout": 0.4}
        found = doctor.finding(host=f"http://127.0.0.1:{full.getsockname()[1]}", extra=extra)

    assert found["code"] == "unreachable"
    assert "within 0.4 s" in found["message"]


def test_a_webhook_that_is_to_be_received_needs_its_token(
    doctor: Doctor, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__AIRFLOW_QA_PROVIDER__WEBHOOK_CONNECTIONS", "without, short,good")
    host = opened().url
    extras = {"without": {}, "short": {"webhook_token": "0123456789"}, "good": {"webhook_token": KEY}, "other": {}}
    for conn_id, extra in extras.items():
        doctor.connect(conn_id, host=host, extra=extra)
    found = doctor.findings()

    codes = {conn_id: row["code"] for conn_id, row in found.items()}
    assert codes == {"without": "bad_webhook_token", "short": "bad_webhook_token", "good": "ok", "other": "ok"}
    assert "takes no calls of its webhook" in found["short"]["message"]
    assert "0123456789" not in str(found)
    assert doctor.code == 1
