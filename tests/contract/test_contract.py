"""Every operation of every client, on the wire; the cases are data, see harness.py for their format."""

from __future__ import annotations

import inspect
from operator import attrgetter

import pytest

from tests.contract.harness import Broken, Case, Contract, cases, vendors
from tests.contract.recorder import RecordingServer

ALL_CASES = [pytest.param(case, id=test_id) for vendor in vendors() for test_id, case in cases(vendor)]
NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize("case", ALL_CASES)
def test_call(case: Case | Broken, server: RecordingServer, caplog: pytest.LogCaptureFixture) -> None:
    case.run(server, caplog)


@pytest.fixture(params=vendors())
def contract(request: pytest.FixtureRequest) -> Contract:
    return Contract.of(request.param)


def test_the_route_table_is_the_inventory(contract: Contract) -> None:
    keys = ("operation", "method", "path", "title", "source")
    listed = [tuple(entry[key] for key in keys) for entry in contract.inventory]
    routes = [route.as_dict() for route in contract.client_class().routes.values()]
    assert len(set(listed)) == len(listed)
    assert {tuple(route[key] for key in keys) for route in routes} == set(listed)


def test_every_operation_is_a_documented_and_typed_method(contract: Contract) -> None:
    problems = []
    with contract.client(NOWHERE) as client:
        for route in client.route_table.values():
            try:
                method = attrgetter(route.operation)(client)
            except AttributeError:
                problems.append(f"{route.operation}: no such method")
                continue
            docstring = " ".join((inspect.getdoc(method) or "").split())
            if f'"{route.title}"' not in docstring:
                problems.append(f'{route.operation}: the docstring does not name the vendor title "{route.title}"')
            signature = inspect.signature(method)
            if signature.return_annotation is signature.empty:
                problems.append(f"{route.operation}: no return annotation")
            for parameter in signature.parameters.values():
                if parameter.annotation is parameter.empty:
                    problems.append(f"{route.operation}: {parameter.name} has no annotation")
                if f":param {parameter.name}:" not in docstring:
                    problems.append(f"{route.operation}: {parameter.name} is not documented")
    assert not problems, "\n".join(problems)


def test_every_operation_has_a_case_that_sends_its_request(contract: Contract) -> None:
    found = [case for _, case in cases(contract.vendor) if isinstance(case, Case)]
    sent = {case.operation for case in found if case.sends and case.raises is None}
    assert sent == {entry["operation"] for entry in contract.inventory}


def test_invalid_examples_name_an_endpoint_and_a_reason(contract: Contract) -> None:
    titles = {entry["title"] for entry in contract.inventory}
    for entry in contract.invalid_examples:
        assert entry.keys() == {"title", "example", "reason"}
        assert entry["title"] in titles
        assert len(entry["reason"]) > 20
