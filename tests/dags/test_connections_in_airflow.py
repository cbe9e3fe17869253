"""A connection that the command asked for is one that Airflow's Test button proves, as its page sends it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from airflow import __version__ as airflow_version
from packaging.version import Version

from airflow_qa_provider import compat
from airflow_qa_provider.cli import main
from airflow_qa_provider.vendors import BUILT_IN, vendor_named
from qa_sandbox import Sandbox, run_sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("airflow"),
    pytest.mark.skipif(Version(airflow_version) < Version("3.2"), reason="the routes of the page are newer"),
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with run_sandbox() as served:
        yield served


class Anybody:
    """Airflow's auth manager, with a user who may do everything."""

    def is_authorized_connection(self, **_: Any) -> bool:
        return True


class Page:
    """The routes of Airflow's API that its page of connections uses, without the seconds that all of them take."""

    def stored(self, conn_id: str) -> dict[str, Any] | None:
        from airflow.api_fastapi.core_api.datamodels.connections import ConnectionResponse
        from airflow.models import Connection
        from airflow.utils.session import create_session
        from sqlalchemy import select

        with create_session() as session:
            row = session.scalar(select(Connection).where(Connection.conn_id == conn_id))  # noqa: AIR311
            return None if row is None else ConnectionResponse.model_validate(row).model_dump(by_alias=True)

    def test(self, body: dict[str, Any]) -> tuple[bool, str]:
        from airflow.api_fastapi.core_api.datamodels.connections import ConnectionBody
        from airflow.api_fastapi.core_api.routes.public.connections import test_connection

        route: Any = test_connection
        # who asks is looked at from Airflow 3.3 on
        somebody = {"user": None, "auth_manager": Anybody()} if compat.RETRY_POLICIES else {}
        answer = route(ConnectionBody(**body), **somebody)
        return answer.status, answer.message


@pytest.fixture
def page(airflow_db: None, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setenv("_AIRFLOW_PROCESS_CONTEXT", "server")
    monkeypatch.setenv("AIRFLOW__CORE__TEST_CONNECTION", "Enabled")
    return Page()


def as_the_page_sends_it(stored: dict[str, Any]) -> dict[str, Any]:
    """The body of Test: what was read, with empty texts for nothing, and 0 for no port."""
    names = ("connection_id", "conn_type", "description", "extra", "host", "login", "password", "schema")
    return {**{name: stored[name] or ("{}" if name == "extra" else "") for name in names}, "port": stored["port"] or 0}


def answers(sandbox: Sandbox, vendor: str, **others: str) -> str:
    """What a person types, in the order of the questions."""
    given = {**sandbox.connections()[f"{vendor}_default"], **others}
    form = vendor_named(vendor).form
    names = sorted(form.own_fields, key=lambda name: not form.own_fields[name].get("required", False))
    lines = [given["host"], *([given["login"]] if form.login_label else []), given["password"]]
    return "\n".join([*lines, *(str(given["extra"].get(name) or "") for name in names)]) + "\n"


@pytest.mark.parametrize("vendor", BUILT_IN)
def test_what_is_added_passes_the_test_of_the_page(
    vendor: str, sandbox: Sandbox, page: Page, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    conn_id = f"{vendor}_added"
    monkeypatch.setattr("sys.stdin", io.StringIO(answers(sandbox, vendor)))
    assert main(["connections", "add", vendor, conn_id]) == 0
    assert f"ok  {vendor_named(vendor).title} answered: " in capsys.readouterr().out

    stored = page.stored(conn_id)
    assert stored is not None
    works, message = page.test(as_the_page_sends_it(stored))
    assert works, message

    monkeypatch.setattr("sys.stdin", io.StringIO(answers(sandbox, vendor)))
    assert main(["connections", "add", vendor, conn_id]) == 1
    assert f"there is a connection '{conn_id}'" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO(answers(sandbox, vendor)))
    assert main(["connections", "add", vendor, conn_id, "--replace"]) == 0


def test_what_does_not_work_is_not_stored(
    sandbox: Sandbox, page: Page, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answers(sandbox, "monitorqa", password="not-the-key")))
    assert main(["connections", "add", "monitorqa", "never_stored"]) == 1
    said = capsys.readouterr()

    assert "FAILED  MonitorQA does not accept the credentials" in said.out
    assert "Nothing was stored" in said.err
    assert "not-the-key" not in said.out + said.err
    assert page.stored("never_stored") is None


@pytest.mark.parametrize("vendor", BUILT_IN)
def test_a_new_connection_is_tested_without_being_stored(vendor: str, sandbox: Sandbox, page: Page) -> None:
    given = sandbox.connections()[f"{vendor}_default"]
    body = {"connection_id": "brand_new", **given, "extra": json.dumps(given["extra"])}
    assert page.test(body)[0]

    misspelt = {**body, "extra": json.dumps({"read_timout": 5})}
    # Airflow tests under an id of its own, which means nothing to anybody
    assert page.test(misspelt) == (
        False,
        "The extra has the unknown name 'read_timout'. Did you mean 'read_timeout'?",
    )


def test_a_demo_that_starts_again_keeps_what_a_person_has_changed(page: Page) -> None:
    from airflow_qa_provider.demo.prepare import store

    def at(port: int) -> dict[str, Any]:
        extra = {"poll_interval": 1, "folder_url": f"http://127.0.0.1:{port + 1000}"}
        common = {"conn_type": "monitorqa", "password": "key", "port": port, "extra": extra}
        return {name: {**common, "host": f"http://127.0.0.1:{port}"} for name in ("demo_one", "demo_two")}

    store(at(5001), {})
    mine = {"host": "https://qa.example.com", "port": 443, "extra": {"folder_url": "https://files.example.com"}}
    store({"demo_two": {**at(5001)["demo_two"], **mine}}, at(5001))
    store(at(5002), at(5001))

    one, two = page.stored("demo_one"), page.stored("demo_two")
    assert one is not None
    assert two is not None
    assert (one["host"], one["port"]) == ("http://127.0.0.1:5002", 5002)
    assert (two["host"], two["port"]) == ("https://qa.example.com", 443)
    assert json.loads(one["extra"]) == {"poll_interval": 1, "folder_url": "http://127.0.0.1:6002"}
    assert json.loads(two["extra"]) == {"poll_interval": 1, "folder_url": "https://files.example.com"}
