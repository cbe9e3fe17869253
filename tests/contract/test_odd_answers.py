"""No operation lets anything but this package's errors out, whatever JSON comes in place of what is documented."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import pytest
import responses

from airflow_qa_provider.exceptions import QAError
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.paging import Paged
from tests.contract.harness import vendors
from tests.contract.test_template_values import first_cases

_ROWS: list[Any] = [None, 7, "x", [], {}, {"id": None}]
ODD: list[Any] = [
    None,
    "a text",
    [],
    _ROWS,
    {"id": None, "data": None, "items": None, "error": None},
    {"data": [], "meta": [], "items": {}, "_meta": 5},
    {
        "data": _ROWS,
        "meta": {"totalCount": "3"},
        "items": _ROWS,
        "_meta": {"records": "3", "total_pages": "1", "page": "1"},
    },
    {"data": {"issues": None, "milestones": 5, "webhooks": _ROWS, "paging": {"total_records": "9"}}, "projects": None},
    {"isSuccess": True, "data": _ROWS, "error": None},
    {"error": None, "data": {"items": _ROWS, "id": {}}},
]

NO_SIGN_IN = {"smartq": {"authentication": "basic"}}
"""Options with which the first answer is already that of the operation."""


def problem_of(method: Any, call: dict[str, Any]) -> str | None:
    try:
        answer = method(**call)
        if isinstance(answer, Paged):
            for row in answer:
                row.get("id")
            assert answer.total is None or isinstance(answer.total, int)
        elif isinstance(answer, Download):
            with answer as file:
                b"".join(file.chunks())
    except QAError:
        return None
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


@pytest.fixture(scope="module")
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as answers:
        yield answers


@pytest.mark.parametrize("vendor", vendors())
def test_an_odd_answer_is_an_error_of_ours_or_none(vendor: str, mock: responses.RequestsMock) -> None:
    problems = []
    for _, case in first_cases():
        if case.contract.vendor != vendor:
            continue
        options = {**case.settings.get("options", {}), **NO_SIGN_IN.get(vendor, {})}
        with case.contract.client("https://api.example.com", {**case.settings, "options": options}) as client:
            for odd in ODD:
                mock.reset()
                for verb in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                    mock.add(verb, re.compile("https://api.example.com/"), json=odd)
                problem = problem_of(attrgetter(case.operation)(client), case.call)
                if problem:
                    problems.append(f"{case.operation}, {json.dumps(odd):.60}: {problem}")
    assert not problems, "\n".join(problems)
