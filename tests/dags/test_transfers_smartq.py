"""Files of smartQ's notes as tasks: from the sandbox into files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAFileError, QANotFoundError, QAValidationError
from airflow_qa_provider.transfers.smartq import SmartQFileToObjectStorageOperator
from airflow_qa_provider.vendors.connect import client_for
from qa_sandbox import Sandbox, run_sandbox
from tests.versions import our_errors

PDF = b"%PDF-1.7 walk\n%%EOF\n"


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["smartq"]) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    for name, connection in shared_sandbox.environment().items():
        monkeypatch.setenv(name, connection)
    return shared_sandbox


@pytest.fixture
def attach(sandbox: Sandbox) -> Callable[..., dict[str, str]]:
    """Returns a function that attaches a file to a new note, and gives the ids that lead to it."""

    def attached(name: str, content: bytes = PDF) -> dict[str, str]:
        project_id = sandbox.connections()["smartq_default"]["extra"]["project_id"]
        with client_for("smartq", "smartq_default") as client:
            ticket_id = next(iter(client.tickets.list(project_id)))["id"]
            note_id = client.notes.create(project_id, ticket_id, text="Seen")["id"]
            file = client.files.upload(project_id, ticket_id, note_id, file=BytesIO(content), file_name=name)
        return {"project_id": project_id, "ticket_id": ticket_id, "note_id": note_id, "file_id": file["id"]}

    return attached


def run(**arguments: Any) -> dict[str, Any]:
    result = SmartQFileToObjectStorageOperator(task_id="fetch", **arguments).execute({})
    assert json.loads(json.dumps(result)) == result
    return dict(result)


def asked(sandbox: Sandbox, file_id: str) -> list[str]:
    """What a file was asked for, after its id."""
    paths = [request.path.partition(f"/files/{file_id}") for request in sandbox.requests("smartq")]
    return [rest for _, found, rest in paths if found]


def stored(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Walk of 31 January.pdf", "Walk of 31 January.pdf"),
        ("Bericht Ä.pdf", "Bericht Ä.pdf"),
        ("a:b?.pdf", "a-b-.pdf"),
    ],
)
def test_a_file_keeps_its_name_in_a_folder(
    name: str, kept: str, attach: Callable[..., dict[str, str]], sandbox: Sandbox, tmp_path: Path
) -> None:
    ids = attach(name)
    manifest = run(**ids, target=f"{tmp_path}/")

    assert stored(tmp_path) == {kept: PDF}
    assert manifest["name"] == kept
    assert manifest["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert (manifest["vendor"], manifest["source"], manifest["link"]) == ("smartq", ids, None)
    assert asked(sandbox, ids["file_id"]) == ["", "/download"]


@pytest.mark.parametrize("given", [{"name": "walk"}, {}], ids=["name", "target"])
def test_a_name_that_is_given_is_not_asked_for(
    given: dict[str, str], attach: Callable[..., dict[str, str]], sandbox: Sandbox, tmp_path: Path
) -> None:
    ids = attach("Walk of 31 January.pdf")
    target = f"{tmp_path}/" if given else f"{tmp_path}/walk.pdf"
    assert run(**ids, target=target, **given)["name"] == "walk.pdf"
    assert asked(sandbox, ids["file_id"]) == ["/download"]

    assert run(**ids, target=f"{tmp_path}/walk.pdf", overwrite="keep")["name"] == "walk.pdf"
    assert asked(sandbox, ids["file_id"]) == ["/download"], "what is there is kept"


def test_a_file_that_shows_no_name_is_named_by_its_id(
    attach: Callable[..., dict[str, str]], sandbox: Sandbox, tmp_path: Path
) -> None:
    ids = attach("Walk.pdf")
    shown = {"error": None, "data": {"id": ids["file_id"]}}
    sandbox.add_fault({"status": 200, "body": shown}, method="GET", path=f"/files/{ids['file_id']}$")
    run(**ids, target=f"{tmp_path}/")
    assert list(stored(tmp_path)) == [f"file-{ids['file_id']}.pdf"]


def test_a_file_that_is_not_what_it_says_is_not_stored(attach: Callable[..., dict[str, str]], tmp_path: Path) -> None:
    with pytest.raises(QAFileError, match=r"smartq files\.download"), our_errors():
        run(**attach("Walk.pdf", b"<html>Sign in</html>"), target=f"{tmp_path}/")
    assert stored(tmp_path) == {}


def test_a_file_that_is_not_there_is_named(attach: Callable[..., dict[str, str]], tmp_path: Path) -> None:
    ids = attach("Walk.pdf")
    for target in (f"{tmp_path}/", f"{tmp_path}/walk.pdf"):
        with pytest.raises(QANotFoundError) as missing, our_errors():
            run(**{**ids, "file_id": "1"}, target=target)
        assert (missing.value.object_id, missing.value.permanent) == ("1", True)
    assert stored(tmp_path) == {}


@pytest.mark.parametrize("value", [None, "", "None", {"id": 1}, 1.5])
@pytest.mark.parametrize("field", ["project_id", "ticket_id", "note_id", "file_id"])
def test_a_bad_id_is_refused_before_any_request(field: str, value: Any, sandbox: Sandbox, tmp_path: Path) -> None:
    if field == "project_id" and value is None:
        pytest.skip("the connection names the project")
    ids = {"project_id": 1, "ticket_id": 2, "note_id": 3, "file_id": 4, field: value}
    with pytest.raises(QAValidationError, match=f"{field} (is required|must be)"), our_errors():
        run(**ids, target=f"{tmp_path}/")
    assert sandbox.requests("smartq") == []
