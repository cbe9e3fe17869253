"""Keys, logins and tokens, and the shape of errors."""

from __future__ import annotations

import base64
from typing import Any

from qa_sandbox import Sandbox

PASSWORD = "sandbox-smartq-password"


def test_wrong_client_id_gets_the_documented_answer(smartq: Any) -> None:
    documented = {"error": {"type": None, "code": 401, "message": "Authorization failed, invalid client id"}}
    for headers in ({"X-Auth-Client-Id": "wrong"}, {"X-Auth-Client-Id": ""}, {"X-Auth-Client-Id": "k\xe9y"}):
        assert smartq.call("GET", "/users", headers=headers).json() == {**documented, "data": None}


def test_client_id_may_be_a_parameter_of_query_or_body(smartq: Any) -> None:
    no_header = {"X-Auth-Client-Id": ""}
    assert smartq.ask("GET", "/users/me", headers=no_header, params={"X_AUTH_CLIENT_ID": smartq.key})
    form = {"X_AUTH_CLIENT_ID": smartq.key, "project[name]": "Body"}
    assert smartq.ask("POST", "/projects", form, headers=no_header)["name"] == "Body"
    smartq.refused(401, "GET", "/users/me", headers=no_header, params={"X_AUTH_CLIENT_ID": "wrong"})


def test_resources_take_a_login(smartq: Any) -> None:
    assert smartq.ask("GET", "/users/me")["email"] == "airflow@example.com"
    for login in (("airflow@example.com", "wrong"), ("nobody@example.com", PASSWORD)):
        smartq.login = login
        assert "invalid login or password" in smartq.refused(401, "GET", "/users/me")
    smartq.login = None
    for header in ("", "Basic ???", "Basic " + base64.b64encode(b"\xff\xfe").decode(), "Bearer x"):
        smartq.refused(401, "GET", "/users/me", headers={"Authorization": header})


def test_token_works_without_a_login_until_it_expires(sandbox: Sandbox, smartq: Any) -> None:
    tokens = smartq.ask("POST", "/oauth2/")
    assert set(tokens) == {"access_token", "refresh_token", "expires_in"}
    smartq.token = tokens["access_token"]
    assert smartq.ask("GET", "/users/me")["email"] == "airflow@example.com"
    smartq.refused(401, "GET", "/users/me", headers={"X-Auth-Client-Id": "wrong"})
    sandbox.advance(tokens["expires_in"] - 0.001)
    assert smartq.ask("GET", "/projects")
    sandbox.advance(0.001)
    assert "expired" in smartq.refused(401, "GET", "/projects")


def test_refresh_token_gives_a_new_pair_once(sandbox: Sandbox, smartq: Any) -> None:
    tokens = smartq.ask("POST", "/oauth2/")
    sandbox.advance(tokens["expires_in"])
    smartq.token = tokens["refresh_token"]
    smartq.refused(401, "GET", "/users/me")
    renewed = smartq.ask("POST", "/oauth2/")
    assert not set(tokens.values()) & {renewed["access_token"], renewed["refresh_token"]}
    assert "refresh token" in smartq.refused(401, "POST", "/oauth2/")
    smartq.token = renewed["access_token"]
    assert smartq.ask("GET", "/users/me")
    smartq.refused(401, "POST", "/oauth2/")
    smartq.token = renewed["refresh_token"]
    sandbox.advance(14 * 24 * 3600)
    smartq.refused(401, "POST", "/oauth2/")


def test_token_scheme_and_lifetime_and_names_of_the_answer(smartq_with: Any) -> None:
    sandbox, smartq = smartq_with(
        token_seconds=5, rotate_refresh_tokens=False, token_fields={"access_token": "token"}, deleted=None
    )
    tokens = smartq.ask("POST", "/oauth2/")
    assert (set(tokens), tokens["expires_in"]) == ({"token", "refresh_token", "expires_in"}, 5)
    smartq.refused(401, "GET", "/users/me", headers={"X-Authorization": f"Bearer {tokens['token']}"})
    smartq.token = tokens["refresh_token"]
    assert smartq.ask("POST", "/oauth2/")["token"] != smartq.ask("POST", "/oauth2/")["token"]
    smartq.token = tokens["token"]
    sandbox.advance(4.9)
    assert smartq.ask("DELETE", smartq.project) is None
    sandbox.advance(0.1)
    smartq.refused(401, "GET", "/users/me")


def test_expire_token_fault_leaves_the_client_id(sandbox: Sandbox, smartq: Any) -> None:
    smartq.token = smartq.ask("POST", "/oauth2/")["access_token"]
    sandbox.add_fault("expire_token", times=1)
    assert "client id" not in smartq.refused(401, "GET", "/users/me")
    assert smartq.ask("GET", "/users/me")


def test_unknown_resource_or_method_gets_the_documented_405(smartq: Any) -> None:
    documented = {"type": None, "code": 405, "message": 'method "GET" not found for resource ""'}
    assert smartq.call("GET", "").json() == {"error": documented, "data": None}
    assert smartq.refused(405, "PATCH", "/users") == 'method "PATCH" not found for resource "users"'
    # Calls that one would expect, and the docs do not have.
    for method, path in (("GET", "/oauth2/"), ("GET", f"{smartq.tickets}/1/tasks/1"), ("POST", "/oauth2")):
        smartq.refused(405, method, path)
    smartq.key = "wrong"
    smartq.refused(401, "GET", "/nowhere")


def test_errors_can_come_with_a_matching_status(smartq_with: Any) -> None:
    _, smartq = smartq_with(errors_as_200=False)
    assert smartq.call("GET", "/projects/1").status_code == 404
    assert smartq.call("POST", "/projects").status_code == 400
    assert smartq.call("GET", "/projects", params={"count": "x"}).status_code == 400
    wrong_method = smartq.call("PATCH", smartq.project)
    assert (wrong_method.status_code, wrong_method.headers["Allow"]) == (405, "DELETE, GET, PUT")
    smartq.key = "wrong"
    refused = smartq.call("GET", "/projects")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, 401)
