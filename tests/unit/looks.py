"""What one look has seen, in words."""

from __future__ import annotations

from airflow_qa_provider.kinds.polling import Statuses
from airflow_qa_provider.kinds.snapshot import Snapshot


def outcome(looks: Statuses, object_id: str) -> str:
    seen = looks[object_id]
    return seen.phase.value if isinstance(seen, Snapshot) else type(seen).__name__


def outcomes(looks: Statuses) -> dict[str, str]:
    return {object_id: outcome(looks, object_id) for object_id in looks}
