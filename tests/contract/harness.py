"""Contract cases: one call of a client, the request that it must put on the wire, what it makes of the answer.

A vendor is a folder ``tests/contract/<vendor>/`` with

``inventory.yaml``
    A list of ``{operation, method, path, title, source}``: every endpoint of the vendor's docs. The route table of
    the client must say the same.
``cases/*.yaml``
    Lists of cases, one file per resource.
``settings.yaml``, optional
    ``settings``: fields of ``ClientSettings`` (``token``, ``options`` ...); ``base_path``: path of the base URL, such
    as ``/api/v1``; ``headers``: headers that every request must carry (``{token}`` stands for the token);
    ``secrets``: values, beside the token, that may not show in errors, reprs and logs.
``invalid_examples.yaml``, optional
    A list of ``{title, example, reason}``: printed examples that cannot be right, and why.
``files/``, optional
    Files for ``!file``.

A case::

    - operation: audits.create                  # operation in the route table; the method that is called
      name: weekly-safety-inspection            # with the operation it makes the test id; unique per operation
      example_of: Create one-time audit         # optional: which printed example of the docs this is
      title: Create one-time audit              # optional: checked against the route table
      method: audits.create                     # optional: another method of the client that uses the operation
      settings: {page_size: 2}                  # optional: fields of ClientSettings for this case
      call:                                     # keyword arguments; none when left out
        name: Weekly Safety Inspection
      sends:                                    # the request; a list for several, in order
        method: POST
        path: /audit                            # below base_path, percent-encoded as it must be sent
        query: {pageSize: 2, tag: [a, b]}       # complete; no query string when left out; lists for repeated names
        headers: {X-Name: value, X-Other: null} # subset; null: must not be sent
        json: {name: Weekly Safety Inspection}  # complete; or form: {name: value}, text: ..., bytes: ..., or
        multipart:                              # [{name, filename?, content_type?, content}]; no body when left out
      answer: {status: 200, json: {id: a1}}     # or text:, bytes:; headers:; a list for several, in order
      returns: a1                               # compared with ==; None when left out
      total: 7                                  # optional, for Paged: what .total says
      download: {content_type: application/pdf} # optional, for Download: its content_type, length, file_name
      secrets: [k3y]                            # optional: more values that may not show
      raises:                                   # in place of returns
        error: QAConflictError                  # class of airflow_qa_provider.exceptions, exactly
        says: [template/not-found]              # parts of the message
        code: template/not-found                # optional; also any other attribute of the error

Without ``sends`` nothing may be sent, which only a case with ``raises`` may expect. ``Paged`` is read to a list, a
``Download`` to bytes (a text in ``returns`` stands for its UTF-8 bytes), dataclasses become dictionaries. Requests
are not repeated unless the case sets ``retries``. ``{server}`` in a text of ``answer``, ``sends`` or ``returns`` is
the address of the server.

YAML is read as JSON would be: dates stay texts, only ``true`` and ``false`` are booleans, so examples can be pasted.
Tags make what YAML lacks: ``!datetime 2024-01-15T08:00:00+01:00``, ``!date 2024-01-15``, ``!bytes text``,
``!!binary base64``, ``!stream text`` (an open binary file), ``!file name`` (path of a file in ``files/``),
``!repeat {text: x, times: 2001}``, ``!python package.module:Name.member`` and
``!build {python: "package.module:Name", with: {argument: value}}``.
"""

from __future__ import annotations

import dataclasses
import importlib
import io
import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from pathlib import Path
from typing import IO, Any

import pytest
import yaml

from airflow_qa_provider import exceptions
from airflow_qa_provider.rest.client import VendorClient
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.settings import ClientSettings
from tests.contract.recorder import Answer, Recorded, RecordingServer, pairs

CLIENTS = {
    "conqa": "airflow_qa_provider.vendors.conqa.client:ConqaClient",
    "monitorqa": "airflow_qa_provider.vendors.monitorqa.client:MonitorQAClient",
    "qalyptus": "airflow_qa_provider.vendors.qalyptus.client:QalyptusClient",
    "simplo": "airflow_qa_provider.vendors.simplo.client:SimploClient",
    "smartq": "airflow_qa_provider.vendors.smartq.client:SmartQClient",
}
HERE = Path(__file__).parent
TOKEN = "contract-key-0123456789"  # not a key of anyone

_REQUEST_KEYS = frozenset({"method", "path", "query", "headers", "json", "form", "multipart", "text", "bytes"})
_ANSWER_KEYS = frozenset({"status", "headers", "json", "text", "bytes"})
_ERROR_FACTS = frozenset({"error", "says", *vars(exceptions.QAError(""))})
_DATA = (str, bytes, int, float, list, dict, type(None))
_BODY_TYPES = {"json": "application/json", "text": "text/plain; charset=utf-8", "bytes": "application/octet-stream"}


class CaseError(Exception):
    """A file of cases is written wrongly."""


class _Loader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """YAML with JSON's scalars, and tags for Python values."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        self.vendor_folder = next(path for path in Path(stream.name).parents if path.parent == HERE)


# dates stay texts, and yes, no, on, off are words
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith((":timestamp", ":bool", ":int", ":float"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9]\d*)$"), list("-0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?\d+(?:\.\d+(?:[eE][-+]?\d+)?|[eE][-+]?\d+)$"), list("-0123456789")
)


def resolve(path: str) -> Any:
    """Return what ``package.module:Name.member`` names."""
    module, _, name = path.partition(":")
    return attrgetter(name)(importlib.import_module(module))


def _repeated(text: str, times: int) -> str:
    return text * times


def _built(spec: Mapping[str, Any]) -> Any:
    return resolve(spec["python"])(**spec.get("with", {}))


_TEXT_TAGS = {
    "!datetime": datetime.fromisoformat,
    "!date": date.fromisoformat,
    "!bytes": str.encode,
    "!stream": lambda text: io.BytesIO(text.encode()),
    "!python": resolve,
}
for _tag, _make in _TEXT_TAGS.items():
    _Loader.add_constructor(_tag, lambda loader, node, make=_make: make(loader.construct_scalar(node)))
_Loader.add_constructor("!file", lambda loader, node: loader.vendor_folder / "files" / loader.construct_scalar(node))
_Loader.add_constructor("!repeat", lambda loader, node: _repeated(**loader.construct_mapping(node)))
_Loader.add_constructor("!build", lambda loader, node: _built(loader.construct_mapping(node, deep=True)))


def load(path: Path) -> Any:
    """Read a YAML file of a vendor; an empty list when there is none."""
    if not path.exists():
        return []
    with path.open("rb") as stream:
        return yaml.load(stream, Loader=_Loader)  # noqa: S506 - a safe loader with tags of our own


@dataclass(frozen=True)
class Contract:
    """What the folder of a vendor says."""

    vendor: str
    inventory: list[dict[str, str]]
    settings: dict[str, Any]
    base_path: str
    headers: dict[str, str]
    secrets: list[str]
    invalid_examples: list[dict[str, str]]

    @classmethod
    def of(cls, vendor: str) -> Contract:
        folder = HERE / vendor
        common = load(folder / "settings.yaml") or {}
        return cls(
            vendor=vendor,
            inventory=load(folder / "inventory.yaml"),
            settings={"token": TOKEN, "retries": 0, **common.get("settings", {})},
            base_path=common.get("base_path", ""),
            headers=common.get("headers", {}),
            secrets=common.get("secrets", []),
            invalid_examples=load(folder / "invalid_examples.yaml"),
        )

    def client_class(self) -> type[VendorClient]:
        client: type[VendorClient] = resolve(CLIENTS[self.vendor])
        return client

    def client(self, server: str, settings: Mapping[str, Any] | None = None) -> VendorClient:
        fields = {**self.settings, **(settings or {})}
        fields["options"] = {**self.settings.get("options", {}), **(settings or {}).get("options", {})}
        return self.client_class()(ClientSettings(base_url=server + self.base_path, **fields))


@dataclass(frozen=True)
class Case:
    """One case; see the module."""

    contract: Contract
    operation: str
    name: str
    example_of: str | None = None
    title: str | None = None
    method: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    call: dict[str, Any] = field(default_factory=dict)
    sends: list[dict[str, Any]] = field(default_factory=list)
    answer: list[dict[str, Any]] = field(default_factory=list)
    returns: Any = None
    total: int | None = None
    download: dict[str, Any] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    raises: dict[str, Any] | None = None

    @classmethod
    def read(cls, contract: Contract, entry: dict[str, Any]) -> Case:
        """Read an entry of a file of cases; raises :class:`CaseError` when it is written wrongly."""
        _only(entry, frozenset(one.name for one in dataclasses.fields(cls)) - {"contract"}, "a case")
        if not {"operation", "name"} <= entry.keys():
            raise CaseError(f"a case needs operation and name: {entry}")
        sends, answer = _listed(entry.get("sends")), _listed(entry.get("answer"))
        for request in sends:
            _only(request, _REQUEST_KEYS, "sends")
            if not {"method", "path"} <= request.keys():
                raise CaseError(f"sends needs method and path: {request}")
        for one in answer:
            _only(one, _ANSWER_KEYS, "answer")
        if not sends and "raises" not in entry:
            raise CaseError("a case without sends must say what it raises")
        if "raises" in entry:
            _only(entry["raises"], _ERROR_FACTS, "raises")
            if {"returns", "total"} & entry.keys() or not {"error", "says"} <= entry["raises"].keys():
                raise CaseError("raises stands in place of returns, and needs error and says")
        return cls(contract, **{**entry, "sends": sends, "answer": answer})

    def run(self, server: RecordingServer, caplog: pytest.LogCaptureFixture) -> None:
        """Make the call, and compare what was sent and what came of it."""
        server.expect(_answer(one, server.url) for one in self.answer or [{}] * len(self.sends))
        caplog.set_level(logging.DEBUG, "airflow_qa_provider")
        with self.contract.client(server.url, self.settings) as client:
            route = client.route_table[self.operation]
            assert self.title in (None, route.title)
            outcome, seen = self._outcome(client)
        secrets = [client.settings.token, *self.contract.secrets, *self.secrets]
        shown = [*seen, repr(client), repr(client.settings), *(record.getMessage() for record in caplog.records)]
        assert not [text for text in shown for secret in secrets if secret in text], "a secret can be seen"
        self._compare_requests(server, client.settings.token)
        if self.raises is None:
            expected = _located(self.returns, server.url)
            if isinstance(outcome, bytes) and isinstance(expected, str):
                expected = expected.encode()
            assert outcome == expected

    def _outcome(self, client: VendorClient) -> tuple[Any, list[str]]:
        """Return what the call returned, as plain data, and all texts that it could have put into a log."""
        method = attrgetter(self.method or self.operation)(client)
        if self.raises is None:
            answer = method(**self.call)
            return self._plain(answer), [] if isinstance(answer, _DATA) else [repr(answer), str(answer)]
        kind: type[exceptions.QAError] = getattr(exceptions, self.raises["error"])
        with pytest.raises(kind) as caught:
            self._plain(method(**self.call))
        error = caught.value
        assert type(error) is kind
        for part in _listed(self.raises["says"]):
            assert part in str(error)
        for fact in self.raises.keys() - {"error", "says"}:
            assert getattr(error, fact) == self.raises[fact], fact
        return None, [str(error), repr(error)]

    def _plain(self, answer: Any) -> Any:
        if isinstance(answer, Paged):
            rows = list(answer)
            assert self.total is None or answer.total == self.total
            return rows
        if isinstance(answer, Download):
            with answer as file:
                facts = {name: getattr(file, name) for name in self.download}
                assert facts == self.download
                return b"".join(file.chunks())
        return (
            dataclasses.asdict(answer) if dataclasses.is_dataclass(answer) and not isinstance(answer, type) else answer
        )

    def _compare_requests(self, server: RecordingServer, token: str) -> None:
        sent = [f"{request.method} {request.target}" for request in server.requests]
        assert len(sent) == len(self.sends), f"sent: {sent}"
        for request, expected in zip(server.requests, self.sends, strict=True):
            self._compare(request, _located(expected, server.url), token)

    def _compare(self, request: Recorded, expected: dict[str, Any], token: str) -> None:
        path = self.contract.base_path + expected["path"]
        assert f"{request.method} {request.path}" == f"{expected['method']} {path}"
        assert request.query == {name: _spelled(value) for name, value in expected.get("query", {}).items()}
        common = {name: text.replace("{token}", token) for name, text in self.contract.headers.items()}
        headers = {name.lower(): value for name, value in {**common, **expected.get("headers", {})}.items()}
        assert {name: request.headers.get(name) for name in headers} == headers
        _compare_body(request, expected)


def _compare_body(request: Recorded, expected: dict[str, Any]) -> None:
    if "json" in expected:
        assert request.content_type == "application/json"
        sent = json.loads(request.body)
        assert sent == expected["json"]
        # == takes 1, 1.0 and true for the same; the wire does not
        assert json.dumps(sent, sort_keys=True) == json.dumps(expected["json"], sort_keys=True)
    elif "form" in expected:
        assert request.content_type == "application/x-www-form-urlencoded"
        assert pairs(request.body.decode()) == {name: _spelled(value) for name, value in expected["form"].items()}
    elif "multipart" in expected:
        assert request.content_type == "multipart/form-data"
        parts = [{**part, "content": _bytes(part["content"])} for part in expected["multipart"]]
        assert request.parts() == parts
    else:
        assert request.body == _bytes(expected.get("text", expected.get("bytes", b"")))


def _answer(spec: Mapping[str, Any], server: str) -> Answer:
    spec = _located(spec, server)
    kind = next((kind for kind in _BODY_TYPES if kind in spec), None)
    headers = {"Content-Type": _BODY_TYPES[kind]} if kind else {}
    headers.update({name: str(value) for name, value in spec.get("headers", {}).items()})
    body = spec.get(kind, b"") if kind else b""
    return Answer(spec.get("status", 200), headers, json.dumps(body).encode() if kind == "json" else _bytes(body))


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _spelled(value: Any) -> str | list[str]:
    """Spell a value as a query string or form does."""
    if isinstance(value, list):
        return [str(_spelled(item)) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _located(value: Any, server: str) -> Any:
    """Put the address of the server in."""
    if isinstance(value, str):
        return value.replace("{server}", server)
    if isinstance(value, dict):
        return {name: _located(item, server) for name, item in value.items()}
    return [_located(item, server) for item in value] if isinstance(value, list) else value


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _only(entry: Any, known: frozenset[str], what: str) -> None:
    if not isinstance(entry, dict) or entry.keys() - known:
        raise CaseError(f"{what} takes {sorted(known)}, got {sorted(entry) if isinstance(entry, dict) else entry!r}")


@dataclass(frozen=True)
class Broken:
    """A file, or a case, that cannot be read: a failing test, so that the other vendors' tests still run."""

    reason: str

    def run(self, *_: object) -> None:
        pytest.fail(self.reason, pytrace=False)


def vendors() -> list[str]:
    """The vendors that have a folder."""
    return sorted(path.name for path in HERE.iterdir() if path.is_dir() and path.name in CLIENTS)


def cases(vendor: str) -> Iterator[tuple[str, Case | Broken]]:
    """Yield the test id and the case of all cases of a vendor."""
    try:
        contract = Contract.of(vendor)
    except Exception as error:
        yield f"{vendor}/settings", Broken(f"{HERE / vendor}: {error}")
        return
    seen: set[str] = set()
    for path in sorted((HERE / vendor / "cases").glob("*.yaml")):
        try:
            entries = load(path) or []
        except Exception as error:
            yield f"{vendor}/{path.name}", Broken(f"{path}: {error}")
            continue
        for number, entry in enumerate(entries, 1):
            try:
                case = Case.read(contract, entry)
            except CaseError as error:
                yield f"{vendor}/{path.name}-{number}", Broken(f"{path}, case {number}: {error}")
                continue
            test_id = f"{vendor}/{case.operation}/{case.name}"
            yield test_id, Broken(f"{path}: the name of {test_id} is taken") if test_id in seen else case
            seen.add(test_id)
