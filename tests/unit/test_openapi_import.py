from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.openapi_guesses import differences
from airflow_qa_provider.rest.openapi_import import RouteImport, import_routes
from airflow_qa_provider.rest.routes import Route, RouteTable, route_table
from airflow_qa_provider.vendors.qalyptus.client.guesses import GUESSES
from airflow_qa_provider.vendors.qalyptus.client.routes import BASE_PATH, ROUTES

TAGS = {"identity_providers": "Identity provider", "api_keys": "API keys", "storage_services": "Storage services"}


def tag_of(route: Route) -> str:
    resource = route.operation.partition(".")[0]
    return TAGS.get(resource, resource.capitalize())


def openapi(endpoints: Iterable[tuple[str, str, dict[str, Any]]], **top: Any) -> dict[str, Any]:
    """A document of (method, path, operation); OpenAPI 3 with our base unless told otherwise."""
    paths: dict[str, Any] = {}
    for method, path, operation in endpoints:
        paths.setdefault(path, {})[method.lower()] = {"responses": {"200": {}}, **operation}
    head = top or {"openapi": "3.0.1", "servers": [{"url": "https://tenant.example.com/api/v1"}]}
    return {**head, "info": {"title": "Qalyptus", "version": "v1"}, "paths": paths}


def whole_table(prefix: str = "", tagged: bool = True) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (route.method, prefix + route.path, {"summary": route.title, **({"tags": [tag_of(route)]} if tagged else {})})
        for route in ROUTES.values()
    ]


def table(*rows: tuple[str, str, str, str]) -> RouteTable:
    return route_table("qalyptus", rows, source="inferred")


def read(endpoints: Iterable[tuple[str, str, dict[str, Any]]], routes: RouteTable = ROUTES, **top: Any) -> RouteImport:
    return import_routes(openapi(endpoints, **top), routes, BASE_PATH)


@pytest.mark.parametrize(
    ("prefix", "top"),
    [
        ("", {"openapi": "3.1.0", "servers": [{"url": "https://tenant.example.com/api/v1/"}]}),
        ("", {"openapi": "3.0.1", "servers": [{"url": "/api/v1"}]}),
        ("", {"openapi": "3.0.1", "servers": [{"url": "api/v1"}]}),
        ("/api/v1", {"openapi": "3.0.1", "servers": [{"url": "https://tenant.example.com"}]}),
        ("/api/v1", {"openapi": "3.0.1"}),
        ("", {"openapi": "3.0.1"}),
        ("", {"swagger": "2.0", "host": "tenant.example.com", "basePath": "/api/v1"}),
        ("/v1", {"swagger": "2.0", "basePath": "/api"}),
        (
            "",
            {
                "openapi": "3.0.1",
                "servers": [
                    {
                        "url": "https://{tenant}.example.com/api/{version}",
                        "variables": {"tenant": {"default": "acme"}, "version": {"default": "v1"}},
                    }
                ],
            },
        ),
    ],
)
@pytest.mark.parametrize("tagged", [True, False], ids=["tags", "no-tags"])
def test_a_file_that_says_what_we_say_changes_nothing(prefix: str, top: dict[str, Any], tagged: bool) -> None:
    result = read(whole_table(prefix, tagged), **top)
    assert (result.overrides, result.unmatched, result.unused) == ({}, {}, [])
    assert result.unchanged == list(ROUTES)


def test_overrides_are_what_differs_and_the_route_table_takes_them() -> None:
    real = {
        "status.get_on_demand": ("GET", "/ondemand/requests/{id}"),
        "status.list_on_demand": ("GET", "/ondemand/requests"),
        "tasks.update_recipients": ("POST", "/tasks/{id}/recipients"),
        "reports.generate_on_demand": ("POST", "/ondemand/{outputFormat}/reports/{id}"),
    }
    endpoints = [
        (*real.get(route.operation, (route.method, route.path)), {"summary": route.title, "tags": [tag_of(route)]})
        for route in ROUTES.values()
    ]
    result = read(endpoints)
    assert result.overrides == {operation: f"{method} {path}" for operation, (method, path) in real.items()}
    assert (result.unmatched, result.unused) == ({}, [])
    assert len(result.unchanged) == len(ROUTES) - len(real)
    replaced = ROUTES.overridden(result.overrides)
    assert {name: (replaced[name].method, replaced[name].path) for name in real} == real


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("/tasks/{ID}/schedules/{taskscheduleid}", "/tasks/{id}/schedules/{taskScheduleID}"),
        ("/tasks/{taskId}/plans/{planId}", "/tasks/{id}/plans/{taskScheduleID}"),
        ("/plans/{taskScheduleID}/of/{task}", "/plans/{taskScheduleID}/of/{id}"),
    ],
    ids=["by-name", "in-order", "by-name-then-the-rest"],
)
def test_path_parameters_get_our_names(theirs: str, ours: str) -> None:
    title = "Get task schedule"
    routes = table(("tasks.get_schedule", "GET", "/tasks/{id}/schedule/{taskScheduleID}", title))
    result = read([("GET", theirs, {"summary": title, "tags": ["Tasks"]})], routes)
    assert result.overrides == {"tasks.get_schedule": f"GET {ours}"}
    routes.overridden(result.overrides)


def test_one_title_for_one_and_for_many_is_told_apart_by_the_path_parameters() -> None:
    title = "Delete member permissions"
    found = read(
        [
            ("DELETE", "/reports/{id}/members", {"summary": title, "tags": ["Reports"]}),
            ("DELETE", "/reports/{id}/members/{memberPermissionId}", {"summary": title, "tags": ["Reports"]}),
        ]
    )
    assert found.overrides == {
        "reports.delete_member_permissions": "DELETE /reports/{id}/members/{memberPermissionId}",
        "reports.delete_members_permissions": "DELETE /reports/{id}/members",
    }


PROJECTS_OF_ORGANIZATION = (
    ("organizations.list_projects", "GET", "/organizations/{id}/projects", "Get organization projects"),
    ("projects.list_by_organization", "GET", "/projects/organization/{id}", "Get organization projects"),
)


@pytest.mark.parametrize(
    ("first", "second"),
    [({"tags": ["Organizations"]}, {"tags": ["Projects"]}), ({}, {}), ({"tags": ["v1"]}, {"tags": ["v1"]})],
    ids=["by-tag", "by-path", "by-path-under-a-tag-of-none"],
)
def test_one_title_in_two_groups_is_told_apart(first: dict[str, Any], second: dict[str, Any]) -> None:
    summary = {"summary": "Get organization projects"}
    found = read(
        [
            ("GET", "/projects/of/{id}", {**summary, **second}),
            ("GET", "/organizations/{id}/all-projects", {**summary, **first}),
        ],
        table(*PROJECTS_OF_ORGANIZATION),
    )
    assert found.overrides == {
        "organizations.list_projects": "GET /organizations/{id}/all-projects",
        "projects.list_by_organization": "GET /projects/of/{id}",
    }


def test_an_endpoint_that_two_operations_could_have_is_given_to_none() -> None:
    found = read(
        [("GET", "/of-organization/{id}", {"summary": "Get organization projects"})], table(*PROJECTS_OF_ORGANIZATION)
    )
    assert not found.overrides
    assert found.unmatched.keys() == {"organizations.list_projects", "projects.list_by_organization"}
    assert all("fits more than one of our operations" in reason for reason in found.unmatched.values())


def test_what_others_have_for_sure_is_no_candidate() -> None:
    summary = {"summary": "Get organization projects"}
    found = read(
        [("GET", "/x/{id}", summary), ("GET", "/y/{id}", {**summary, "tags": ["Projects"]})],
        table(*PROJECTS_OF_ORGANIZATION[1:], PROJECTS_OF_ORGANIZATION[0]),
    )
    # /y is out of the question for organizations, so /x is theirs and /y is what is left for projects
    assert found.overrides == {
        "projects.list_by_organization": "GET /y/{id}",
        "organizations.list_projects": "GET /x/{id}",
    }


GET_TASK = table(("tasks.get", "GET", "/tasks/{id}", "Get task"))


@pytest.mark.parametrize(
    ("operation", "line"),
    [
        ({"operationId": "GetTask"}, "GET /jobs/{id}"),
        ({"operationId": "tasks_get"}, "GET /jobs/{id}"),
        ({"summary": "get  Task."}, "GET /jobs/{id}"),
    ],
)
def test_a_title_is_found_whatever_its_signs_and_case(operation: dict[str, Any], line: str) -> None:
    assert read([("GET", "/jobs/{id}", operation)], GET_TASK).overrides == {"tasks.get": line}


def test_of_two_verbs_the_one_that_we_know_is_taken() -> None:
    endpoints = [(method, "/jobs/{id}", {"summary": "Get task"}) for method in ("POST", "GET")]
    found = read(endpoints, GET_TASK)
    assert found.overrides == {"tasks.get": "GET /jobs/{id}"}
    assert found.unused == ["POST /api/v1/jobs/{id}"]


def test_a_changed_title_does_not_hide_a_route_that_is_there() -> None:
    found = read([("GET", "/tasks/{taskId}", {"summary": "Read one task"})], GET_TASK)
    assert found.unchanged == ["tasks.get"]
    assert found.unused == []


@pytest.mark.parametrize(
    ("endpoints", "top", "reason"),
    [
        (
            [("GET", "/jobs", {"summary": "Get jobs"})],
            {},
            'none found: the file has no "Get task", nor GET /tasks/{id}',
        ),
        (
            [("GET", "/jobs/{id}", {"summary": "Get task"}), ("GET", "/tasks/{id}", {"summary": "Get task"})],
            {},
            'several candidates for "Get task": GET /api/v1/jobs/{id}, GET /api/v1/tasks/{id}',
        ),
        ([("GET", "/tasks", {"summary": "Get task"})], {}, "other path parameters than ours (id)"),
        (
            [("GET", "/tasks/{id}", {"summary": "Get task"})],
            {"openapi": "3.0.1", "servers": [{"url": "https://tenant.example.com/api/v2"}]},
            "GET /api/v2/tasks/{id} lies outside /api/v1",
        ),
    ],
    ids=["none", "several", "parameters", "base-path"],
)
def test_what_cannot_be_matched_has_a_reason(
    endpoints: list[tuple[str, str, dict[str, Any]]], top: dict[str, Any], reason: str
) -> None:
    found = read(endpoints, GET_TASK, **top)
    assert reason in found.unmatched["tasks.get"]
    assert not found.overrides
    assert not found.unchanged


def test_the_tag_of_another_group_of_ours_rules_an_endpoint_out() -> None:
    routes = table(("tasks.get", "GET", "/tasks/{id}", "Get one"), ("reports.get", "GET", "/reports/{id}", "Get one"))
    found = read([("GET", "/x/{id}", {"summary": "Get one", "tags": ["Reports"]})], routes)
    assert found.overrides == {"reports.get": "GET /x/{id}"}
    assert "none found" in found.unmatched["tasks.get"]


def test_a_path_or_an_operation_can_name_its_own_server() -> None:
    document = openapi([("GET", "/jobs/{id}", {"summary": "Get task"})])
    document["servers"] = [{"url": "https://tenant.example.com/api/v2"}]
    document["paths"]["/jobs/{id}"]["servers"] = [{"url": "https://tenant.example.com/api/v1"}]
    assert import_routes(document, GET_TASK, BASE_PATH).overrides == {"tasks.get": "GET /jobs/{id}"}
    document["paths"]["/jobs/{id}"]["get"]["servers"] = [{"url": "https://tenant.example.com/api/v3"}]
    assert "/api/v3" in import_routes(document, GET_TASK, BASE_PATH).unmatched["tasks.get"]


@pytest.mark.parametrize(
    "document",
    [{}, [], "openapi", None, {"openapi": "3.0.1"}, {"paths": {}}, {"openapi": "3.0.1", "paths": []}],
    ids=repr,
)
def test_another_file_is_refused(document: Any) -> None:
    with pytest.raises(QAValidationError, match="not an OpenAPI file") as caught:
        import_routes(document, ROUTES, BASE_PATH)
    assert "Nothing was changed" in str(caught.value)


def test_odd_parts_of_a_file_are_passed_over() -> None:
    document = openapi([("GET", "/tasks/{id}", {"summary": "Get task", "tags": None})])
    document["paths"]["/odd"] = None
    document["paths"]["/odder"] = {"parameters": [], "get": "none", "trace": {"summary": "Get task"}}
    for tags, servers in ((5, 5), ({"a": 1}, [{"url": "http://[", "variables": []}]), ("x", [{"variables": {"v": 1}}])):
        document["paths"][f"/{tags}"] = {"get": {"summary": "Other", "tags": tags, "servers": servers}}
    assert import_routes(document, GET_TASK, BASE_PATH).unchanged == ["tasks.get"]


def test_nothing_is_changed_by_reading() -> None:
    document = openapi([("GET", "/jobs/{id}", {"summary": "Get task"})])
    before = copy.deepcopy(document)
    assert import_routes(document, GET_TASK, BASE_PATH).overrides
    assert document == before
    assert GET_TASK["tasks.get"].path == "/tasks/{id}"


@pytest.mark.parametrize(
    "base",
    [
        *("/api/v{version}", "/api/{version}", "/api/v{version:apiVersion}", "/API/v1", "/Api/V1"),
        *("/api/{api-version}", "/API/v{apiVersion}"),
    ],
)
@pytest.mark.parametrize("top", [{"openapi": "3.0.1"}, {"openapi": "3.0.1", "servers": [{"url": "https://x.example"}]}])
def test_the_base_is_known_in_any_case_and_with_its_version_left_open(base: str, top: dict[str, Any]) -> None:
    result = read(whole_table(base), **top)
    assert (result.overrides, result.unmatched, result.unused) == ({}, {}, [])


@pytest.mark.parametrize("base", ["/api/v2", "/API/V2", "/v2", "/api"])
def test_another_version_is_reported_and_never_printed(base: str) -> None:
    result = read(whole_table(base), openapi="3.0.1")
    assert (result.overrides, result.unchanged) == ({}, [])
    assert set(result.unmatched) == set(ROUTES)
    assert "lies outside /api/v1" in result.unmatched["tasks.run"]


def test_two_versions_in_one_file_give_the_routes_of_ours() -> None:
    moved = [(method, path.replace("/run", "/start"), operation) for method, path, operation in whole_table("/api/v1")]
    result = read([*whole_table("/api/v2"), *moved], openapi="3.0.1")
    assert result.overrides == {
        "tasks.run": "POST /tasks/{id}/start",
        "status.run": "POST /status/{id}/start",
    }
    assert result.unmatched == {}
    assert all(line.split()[1].startswith("/api/v2/") for line in result.unused)


GENERATE = table(
    ("reports.generate_on_demand", "POST", "/reports/{id}/on-demand/{outputFormat}", "Generate an on-demand report")
)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("/reports/generate/{format}/{reportId}", "/reports/generate/{outputFormat}/{id}"),
        ("/reports/{reportId:guid}/as/{format}", "/reports/{id}/as/{outputFormat}"),
        ("/reports/as/{a}/{b}", None),
    ],
)
def test_path_parameters_are_told_by_position_only_when_one_is_left(theirs: str, ours: str | None) -> None:
    result = read([("POST", theirs, {"summary": "Generate an on-demand report", "tags": ["Reports"]})], GENERATE)
    expected = {} if ours is None else {"reports.generate_on_demand": f"POST {ours}"}
    assert result.overrides == expected
    if ours is None:
        assert "{a}, {b}, and which of our {id}, {outputFormat}" in result.unmatched["reports.generate_on_demand"]


SCHEMAS = {
    "ScheduledTaskStatusDto": {"properties": {"status": {"$ref": "#/components/schemas/RunState"}}},
    "RunState": {"type": "string", "enum": ["Completed", "Failed", "Draft"]},
    "ScheduleDto": {"properties": {"frequency": {"enum": [0, 1], "x-enumNames": ["Daily", "Fortnightly"]}}},
    "ReportDto": {"properties": {"outputFormats": {"type": "array", "items": {"enum": ["Pdf", "Xlsx"]}}}},
    "FieldSelectionDto": {"allOf": [{"properties": {"field": {}, "values": {}}}]},
    "MemberRequestDto": {"properties": {"id": {}, "memberType": {}}},
    "TaskRecipientDto": {"properties": {"type": {"enum": ["User", "Group"]}}},
    "Loop": {"allOf": [{"$ref": "#/components/schemas/Loop"}]},
    "Broken": {"properties": {"status": {"$ref": "#/nowhere"}, "type": 7}, "allOf": "no"},
}


def test_what_the_dialect_guesses_is_compared_with_the_file() -> None:
    found = differences({"openapi": "3.0.1", "components": {"schemas": SCHEMAS}}, GUESSES)
    assert found["status words"].startswith("the file has Completed, Failed, Draft; not known to us: Draft; say what")
    assert found["frequency of schedules"] == "the file has Daily, Fortnightly; not known to us: Fortnightly"
    assert "the file has field, values" in found["fields of a selection"]
    assert "ours that it lacks: fieldName" in found["fields of a selection"]
    assert found["fields of a member"] == "the file has id, memberType"
    assert found["type of recipients"] == "the file has User, Group"
    assert "output formats" not in found  # nothing that we do not know


@pytest.mark.parametrize("schemas", [None, 3, [], {"A": None}, {"A": {"properties": []}}])
def test_a_file_that_tells_nothing_about_guesses_reports_nothing(schemas: object) -> None:
    assert differences({"openapi": "3.0.1", "components": {"schemas": schemas}}, GUESSES) == {}
    assert differences({"swagger": "2.0", "definitions": schemas}, GUESSES) == {}
