"""Every operation of the documentation, answered once; refused without key, field, or object."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from qa_sandbox import ManualClock, Sandbox, run_sandbox
from qa_sandbox.qalyptus.state.user_import import template
from tests.sandbox.conftest import Api
from tests.sandbox.envelopes import UNKNOWN, data, error
from tests.sandbox.fuzzing import fuzz

TABLE = Path(__file__).with_suffix(".txt")
OWNED = ("condition", "filter", "project", "report", "task")
# What in a body names an object of the tenant. Themes have no operations, and a client is one of the provider.
REFERENCES = re.compile(r"(?!themeID|clientID).*ID|id|members|organizations")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    tag: str
    method: str
    path: str
    title: str
    body: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def fields(self) -> list[str]:
        """Required fields of an object in the body."""
        return [] if self.body.startswith(("[", "{")) else self.body.split()


def rows() -> Iterator[Row]:
    tag = ""
    for line in TABLE.read_text().splitlines()[1:]:
        if line.startswith("#"):
            tag = line[2:]
            continue
        call, title, *body = line.split(" | ")
        method, path = call.split()
        yield Row(tag, method, path, title, body[0] if body else "")


ROWS = list(rows())
WITH_FIELDS = [row for row in ROWS if row.fields]
WITH_OBJECT = [row for row in ROWS if "{" in row.path]
WITH_REFERENCE = [row for row in WITH_FIELDS if any(REFERENCES.fullmatch(name) for name in row.fields)]
WITH_LIST = [row for row in ROWS if row.body.startswith("[")]


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    """One vendor only, so that the many resets are quick."""
    with run_sandbox(["qalyptus"], clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def known(shared_sandbox: Sandbox) -> dict[str, str]:
    """Ids of seeded objects, as the API tells them; a reset brings the same ones back."""
    shared_sandbox.reset()
    api = Api(shared_sandbox, "qalyptus")

    def one(path: str, which: int = 0) -> str:
        return str(data(api.get(path))[which]["id"])

    ids = {name: one(f"/{name}s") for name in OWNED}
    ids |= {f"{name}_permission": one(f"/{name}s/{ids[name]}/permissions") for name in OWNED}
    # The first of these cannot be deleted.
    ids |= {name: one(f"/{name}s", -1) for name in ("organization", "group", "user")}
    task = f"/tasks/{ids['task']}"
    ids |= {
        "key": one("/api-keys"),
        "provider": one("/identity-providers"),
        "storage": one("/storage-services"),
        "home": one("/organizations"),
        "owner": one("/users"),
        "rule": one(f"/conditions/{ids['condition']}/rules"),
        "item": one(f"/filters/{ids['filter']}/items"),
        "html_report": next(item["id"] for item in data(api.get("/reports")) if item["type"] == "HTML"),
        "variable": one(f"/reports/{ids['report']}/variables"),
        "app": one(f"/reports/{ids['report']}/qlik-apps"),
        "recipient": one(f"{task}/recipients"),
        "schedule": one(f"{task}/schedules"),
        "event": one(f"{task}/external-events"),
        "task_report": one(f"{task}/reports"),
        "run": one("/status/scheduled-tasks"),
        "request": one("/status/on-demand-requests"),
        "task_request": one("/status/on-demand-requests", -1),
    }
    for item in data(api.get(f"/filters/{ids['filter']}/items")):
        ids |= {name: item[name] for name in ("qlikFieldID", "qlikBookmarkID") if name in item}
    return ids


def value_of(name: str, path: str, known: dict[str, str]) -> Any:
    """A good value for a required field."""
    address = "https://login.example.com/oauth2"
    values: dict[str, Any] = {
        **{f"{kind}Endpoint": address for kind in ("authorization", "accessToken", "userinfo")},
        **{name: True for name in ("isActive", "isIteration", "qalyptusAuth", "sendNotifications")},
        **{name: True for name in ("emailEmbedment", "emailAttachment", "transferContent", "transferPermissions")},
        "expiryDate": "2026-06-30T00:00:00Z",
        "organizationID": known["home"],
        "projectID": known["project"],
        "reportID": known["report"],
        "newUserID": known["owner"],
        "themeID": UNKNOWN,
        "qlikAppID": known["app"],
        "qlikVariableID": known["variable"],
        "qlikFieldID": known["qlikFieldID"],
        "qlikBookmarkID": known["qlikBookmarkID"],
        "id": known["item"],
        "values": [{"value": "1"}],
        "filterItemFieldValues": ["Nordics"],
        "direction": "Up",
        "members": [{"id": known["owner"], "type": "User"}],
        "permissions": {"viewProject": True},
        "organizations": [known["home"]],
        "emails": ["marta.kowalska@example.com"],
        "format": "Pdf",
        "priority": 1,
        "timeZone": "Europe/Oslo",
        "type": "status" if path.startswith("/users") else "OpenIDConnect",
    }
    return values.get(name, "Example")


def body_of(row: Row, known: dict[str, str]) -> Any:
    if row.body == "[{id type}]":
        return [{"id": known["owner"], "type": "User"}]
    if row.body.startswith("["):
        return [known[name] for name in row.body.strip("[]").split()]
    if row.fields:
        return {name: value_of(name, row.path, known) for name in row.fields}
    return {} if row.body else None


def send(api: Any, row: Row, known: dict[str, str], **kwargs: Any) -> requests.Response:
    given = {"json": body_of(row, known), **kwargs}
    return api.request(row.method, row.path.format(**known), **{k: v for k, v in given.items() if v is not None})


def test_published_operations_are_those_of_the_documentation(sandbox: Sandbox) -> None:
    schema = requests.get(sandbox.url("qalyptus") + "/openapi.json", timeout=10).json()
    published = {
        (method.upper(), re.sub(r"\{.*?\}", "{}", path), operation["summary"], *operation["tags"])
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }
    concrete = {"/permission-mode/true": "/permission-mode/{}", "/on-demand/Pdf": "/on-demand/{}"}
    documented = set()
    for row in ROWS:
        path = re.sub(r"\{.*?\}", "{}", row.path)
        for ending, template_ending in concrete.items():
            path = path.replace(ending, template_ending)
        documented.add((row.method, f"/api/v1{path}", row.title, row.tag))
    assert published == documented
    assert len(documented) == 176


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_good_request(sandbox: Sandbox, qalyptus: Any, known: dict[str, str], row: Row) -> None:
    active = data(qalyptus.post(f"/reports/{known['report']}/on-demand/Pdf"))["id"]
    files = {"upload": ("people.xlsx", io.BytesIO(template()))} if row.title == "Add users from Excel" else None
    answer = send(qalyptus, row, {**known, "active": active}, files=files)
    assert answer.status_code == 200, answer.text
    if answer.headers["Content-Type"] == "application/json":
        data(answer)
    else:
        assert row.title.startswith("Download")
        assert answer.content


def test_no_operation_without_key(qalyptus: Any, known: dict[str, str]) -> None:
    for row in ROWS:
        error(send(qalyptus, row, {**known, "active": UNKNOWN}, headers={"Authorization": ""}), 401)


def test_every_required_field_is_required(qalyptus: Any, known: dict[str, str]) -> None:
    for row in WITH_FIELDS:
        good = body_of(row, known)
        for name in row.fields:
            without = {key: value for key, value in good.items() if key != name}
            error(send(qalyptus, row, known, json=without), 400, name)
        error(send(qalyptus, row, known, json=[]), 400)
        error(send(qalyptus, row, known, data=b"{"), 400)


def test_no_operation_on_unknown_objects(qalyptus: Any, known: dict[str, str]) -> None:
    for row in WITH_OBJECT:
        good, ids = body_of(row, known), {**known, "active": UNKNOWN}
        for name in re.findall(r"\{(.*?)\}", row.path):
            error(send(qalyptus, row, {**ids, name: UNKNOWN}, json=good), 404, UNKNOWN)
            error(send(qalyptus, row, {**ids, name: "no-uuid"}, json=good), 400)


def test_no_body_names_unknown_objects(qalyptus: Any, known: dict[str, str]) -> None:
    unknown = {"members": [{"id": UNKNOWN}], "organizations": [UNKNOWN]}
    for row in WITH_REFERENCE:
        good = body_of(row, known)
        for name in filter(REFERENCES.fullmatch, row.fields):
            changed = {**good, name: unknown.get(name, UNKNOWN)}
            error(send(qalyptus, row, known, json=changed), 404, UNKNOWN)


def test_lists_of_ids_are_taken_whole_or_not_at_all(sandbox: Sandbox, qalyptus: Any, known: dict[str, str]) -> None:
    for row in WITH_LIST:
        sandbox.reset()
        good = body_of(row, known)
        bad = [{"id": UNKNOWN, "type": "User"}] if row.body == "[{id type}]" else [UNKNOWN]
        error(send(qalyptus, row, known, json=[*good, *bad]), 404, UNKNOWN)
        error(send(qalyptus, row, known, json=["no-uuid"]), 400)
        answer = send(qalyptus, row, known, json=[*good, *good])
        assert answer.status_code == 200, ("the first request removed nothing", row, answer.text)


def test_literal_paths_win_over_ids(qalyptus: Any) -> None:
    assert data(qalyptus.get("/organizations/user"))
    assert qalyptus.get("/users/import/template").content.startswith(b"PK")
    error(qalyptus.get("/organizations/nobody"), 400)


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "-Infinity",
        "1e999",
        "9" * 5000,
        '"\\ud800"',
        '{"\\udfff": 1}',
        "[" * 70 + "]" * 70,
        "[" * 100_000 + "]" * 100_000,
    ],
    ids=["nan", "infinity", "overflow", "digits", "surrogate", "surrogate-key", "deep", "very-deep"],
)
def test_what_is_no_plain_json_is_refused(qalyptus: Any, known: dict[str, str], value: str) -> None:
    raw = f'{{"name": "x", "qlikAppID": "{known["app"]}", "values": [{{"value": {value}}}]}}'
    path, headers = f"/conditions/{known['condition']}/rule", {"Content-Type": "application/json"}
    error(qalyptus.put(path, data=raw.encode(), headers=headers), 400)
    raw = f'{{"type": "organizationRoles", "value": [{{"role": {value}}}]}}'
    error(qalyptus.put(f"/users/{known['user']}", data=raw.encode(), headers=headers), 400)


def test_free_forms_come_back_as_sent(qalyptus: Any, known: dict[str, str]) -> None:
    deep: Any = "end"
    for _ in range(50):
        deep = [deep]
    values = [{"value": deep}, {"text": "\x00 \u2028 \U0001f4c8", "number": -1.5e300, "id": 7, "": None}]
    body = {"name": "x", "qlikAppID": known["app"], "values": values}
    made = data(qalyptus.put(f"/conditions/{known['condition']}/rule", json=body))
    assert made["values"] == values
    assert data(qalyptus.get(f"/conditions/rules/{made['id']}")) == made


@pytest.mark.slow
def test_no_input_makes_a_500(qalyptus: Any) -> None:
    statuses = fuzz(qalyptus, examples=3)
    assert statuses[200] > 50
