"""Every operation takes what templates make of its arguments, and refuses the rest before anything is sent."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any, is_typeddict

import pytest

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import family_of, fields_of, parameters_of
from tests.contract.harness import Case, Contract, cases, vendors
from tests.contract.recorder import RecordingServer

NOWHERE = "http://127.0.0.1:9"

AS_THEY_ARE = {
    "value",  # of users.update at Qalyptus: any JSON
    "setting_type",  # of Simplo: the docs do not say whether it is a number or a text
    "task_filter",
}
"""Arguments whose texts are values of their own."""

MUST_BE_SAID = {"assignee_id", "permissions", "variable_value", "start_date", "priority", "send_notifications"}
"""Arguments for which ``None`` means something, or is refused."""

FILES = {"image", "file", "content", "confirm"}
"""Arguments that no template makes; and the name of a company, which is compared with the real one."""


def families() -> list[Any]:
    """All families of the modules that are loaded."""
    modules = [module for name, module in list(sys.modules.items()) if name.startswith("airflow_qa_provider")]
    return [one for module in modules for one in vars(module).values() if is_typeddict(one)]


def sending_cases() -> Iterator[tuple[str, Case]]:
    for vendor in vendors():
        for test_id, case in cases(vendor):
            if isinstance(case, Case) and case.raises is None and case.call:
                yield test_id, case


def as_template_makes_it(name: str, value: Any) -> Any:
    """What ``"{{ value }}"`` leaves, with the filter tojson for structures."""
    if name in AS_THEY_ARE or (value is None and name in MUST_BE_SAID):
        return value
    if value is None or isinstance(value, (bool, int, float, datetime)):
        return str(value)
    if isinstance(value, (list, dict)):
        try:
            return json.dumps(value)
        except TypeError:  # holds dates, or values of our types
            return value
    return value


@pytest.mark.parametrize("case", [pytest.param(case, id=test_id) for test_id, case in sending_cases()])
def test_texts_send_the_same_request(case: Case, server: RecordingServer, caplog: pytest.LogCaptureFixture) -> None:
    call = {name: as_template_makes_it(name, value) for name, value in case.call.items()}
    dataclasses.replace(case, call=call).run(server, caplog)


def garbage_for(name: str, value: Any) -> list[Any]:
    wrong: list[Any] = [object(), {"a": object()}, float("nan")]
    if isinstance(value, bool):
        wrong += ["maybe", "2", 5]
    elif isinstance(value, (int, float)) and not name.endswith(("_id", "max_step")):
        wrong += ["three", "1_000", "nan", "²"]
    elif isinstance(value, dict):
        wrong += [str({**value, "a": None}), "{"]
    elif isinstance(value, list):
        wrong += [str([None, *map(str, value)]), "[1, "]
    return wrong


def refused(method: Any, call: Mapping[str, Any]) -> str | None:
    """What is wrong when a call is not refused as it should be."""
    try:
        answer = method(**call)
        if isinstance(answer, Paged):
            list(answer)
        elif isinstance(answer, Download):
            answer.close()
    except QAValidationError as error:
        text = str(error)
        return None if "Nothing was sent" in text else f"does not say that nothing was sent: {text}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no error"


def first_cases() -> Iterator[tuple[str, Case]]:
    seen = set()
    for _, case in sending_cases():
        if case.method is None and (case.contract.vendor, case.operation) not in seen:
            seen.add((case.contract.vendor, case.operation))
            yield f"{case.contract.vendor}/{case.operation}", case


@pytest.mark.parametrize("case", [pytest.param(case, id=test_id) for test_id, case in first_cases()])
def test_what_nobody_can_read_is_refused_before_anything_is_sent(case: Case) -> None:
    problems = []
    with case.contract.client(NOWHERE, case.settings) as client:
        method = attrgetter(case.operation)(client)
        for name in parameters_of(method):
            if name in FILES or name in AS_THEY_ARE:
                continue
            for wrong in garbage_for(name, case.call.get(name)):
                problem = refused(method, {**case.call, name: wrong})
                if problem:
                    problems.append(f"{name}={wrong!r}: {problem}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("case", [pytest.param(case, id=test_id) for test_id, case in first_cases()])
def test_what_is_required_is_asked_for_by_name(case: Case) -> None:
    problems = []
    with case.contract.client(NOWHERE, case.settings) as client:
        method = attrgetter(case.operation)(client)
        for name, required in parameters_of(method).items():
            if not required or name in FILES or name in AS_THEY_ARE:
                continue
            for empty in ("None", ""):
                if name == "variable_value":
                    continue
                problem = refused(method, {**case.call, name: empty})
                if problem:
                    problems.append(f"{name}={empty!r}: {problem}")
    assert not problems, "\n".join(problems)


@pytest.fixture(params=vendors())
def contract(request: pytest.FixtureRequest) -> Contract:
    return Contract.of(request.param)


def test_every_field_of_a_family_is_documented(contract: Contract) -> None:
    problems = []
    with contract.client(NOWHERE) as client:
        for operation in client.route_table:
            family = family_of(attrgetter(operation)(client))
            for field in fields_of(family) if family else ():
                docs = [
                    one.__doc__ or ""
                    for one in families()
                    if one.__annotations__.items() <= family.__annotations__.items()
                ]
                if f":param {field.name}:" not in " ".join(docs):
                    problems.append(f"{family.__name__}: {field.name}")
    assert not problems, "\n".join(problems)
