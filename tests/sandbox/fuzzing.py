"""Arbitrary requests from an app's own OpenAPI, half of them about the objects it names as examples."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest


def fuzz(api: Any, examples: int) -> Counter[int]:
    """
    Send requests and count the answers by status; a 5xx or no answer fails.

    :param api: a vendor's API with credentials
    :param examples: requests per operation
    """
    schemathesis = pytest.importorskip("schemathesis")
    statuses: Counter[int] = Counter()
    for operation in schemathesis.openapi.from_url(api.root + "/openapi.json").get_all_operations():
        _fuzz_one(api, operation.ok(), examples, statuses)
    return statuses


def _fuzz_one(api: Any, operation: Any, examples: int, statuses: Counter[int]) -> None:
    import hypothesis

    shown = {item["name"]: item.get("example") for item in operation.definition.raw.get("parameters", ())}

    @hypothesis.given(case=operation.as_strategy(), about_shown=hypothesis.strategies.booleans())
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
        database=None,
    )
    def call(case: Any, about_shown: bool) -> None:
        if about_shown:
            drawn = case.path_parameters or {}
            case.path_parameters = {name: shown[name] or value for name, value in drawn.items()}
        answer = case.call(headers=api.headers, timeout=10)
        statuses[answer.status_code] += 1
        assert answer.status_code < 500, (case.method, case.path, answer.text)

    call()
