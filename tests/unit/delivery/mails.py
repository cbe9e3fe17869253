"""Recipients, manifests, and a state that outlives attempts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from airflow_qa_provider.delivery.recipients import Address
from airflow_qa_provider.reports.manifest import Manifest, as_manifest
from qa_sandbox.smtp_sink import SmtpSink

ANNA, BEN, CLEO = "anna@example.com", "ben@example.com", "cleo@example.com"
SENDER = Address("reports@example.com", "Reports")


class Store:
    """As Airflow's task state store behaves: JSON in, JSON out, never None."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.on_set: Callable[[str, Any], None] = lambda key, value: None

    def get(self, key: str, default: Any = None) -> Any:
        return json.loads(self.texts[key]) if key in self.texts else default

    def keep(self, key: str, value: Any) -> None:
        self.set(key, value)

    def set(self, key: str, value: Any, **options: Any) -> None:
        assert value is not None
        self.on_set(key, value)
        self.texts[key] = json.dumps(value)

    def delete(self, key: str) -> None:
        self.texts.pop(key, None)


def manifest_of(name: str, content: bytes = b"%PDF-1.7 small", **facts: Any) -> Manifest:
    known = {
        "uri": f"file:///nowhere/{name}",
        "name": name,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content_type": "application/pdf",
    }
    return as_manifest({**known, **facts})


def served(sink: SmtpSink) -> list[str]:
    return [recipient for mail in sink.mails for recipient in mail.recipients]
