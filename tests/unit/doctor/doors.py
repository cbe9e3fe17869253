"""What a local server answers to everything, and a doctor that is sent there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from airflow_qa_provider import cli

KEY = "key-that-must-not-be-seen"


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass
class Door:
    """What a local server answers to everything, and what it was asked."""

    status: int = 200
    body: bytes = b"[]"
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    clock_is_ahead: timedelta = timedelta()
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(f"{request.command} {request.path}")
        request.send_response_only(self.status)
        date = format_datetime(utc_now() + self.clock_is_ahead, usegmt=True)
        facts = {"Content-Type": self.kind, "Content-Length": str(len(self.body)), "Date": date}
        for name, value in {**facts, **self.headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(self.body)


Opener = Callable[..., Door]


class Doctor:
    """Runs ``airflow-qa doctor`` on connections of the environment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.code = -1
        self.err = ""

    def connect(self, conn_id: str, kind: str = "monitorqa", **fields: Any) -> str:
        connection = {"conn_type": kind, "password": KEY, **fields}
        self._monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(connection))
        return conn_id

    def run(self, *arguments: str) -> str:
        self.code = cli.main(["doctor", *arguments])
        captured = self._capsys.readouterr()
        self.err = captured.err
        assert KEY not in captured.out + captured.err
        return captured.out

    def findings(self, *arguments: str) -> dict[str, dict[str, Any]]:
        return {row["conn_id"]: row for row in json.loads(self.run(*arguments, "--json"))}

    def finding(self, **fields: Any) -> dict[str, Any]:
        return self.findings(self.connect("one", **fields))["one"]
