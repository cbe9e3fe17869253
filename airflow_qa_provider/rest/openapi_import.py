"""Find the real routes of operations in a vendor's OpenAPI file.

Where a vendor publishes no paths, a tenant may be able to download its OpenAPI file. The titles printed in the docs are
the summaries in that file, so each of our operations can be looked up there. Nothing is changed here: what comes out is
meant for ``extra.routes`` of a connection.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.openapi_guesses import Guess, differences
from airflow_qa_provider.rest.routes import Route, RouteTable

_METHODS = ("get", "post", "put", "patch", "delete")
_PARAMETER = re.compile(r"\{([^{}]+)\}")
# a part of the base that the file leaves open, as in /api/v{version} or /api/{api-version:apiVersion}
_OPEN_VERSION = re.compile(r"v?\{[^{}]*version[^{}]*\}", re.IGNORECASE)
_VERSION = re.compile(r"v\d+([.-]\w+)*", re.IGNORECASE)


@dataclass(frozen=True)
class Endpoint:
    """One operation of an OpenAPI file.

    :param method: HTTP method, upper case.
    :param path: Path below the base URL of our routes; ``None`` when it lies elsewhere.
    :param full_path: Path below the host.
    :param titles: Summary and operation id, without case, blanks and signs.
    :param tags: Tags, in the same form.
    """

    method: str
    path: str | None
    full_path: str
    titles: frozenset[str]
    tags: frozenset[str]

    def __str__(self) -> str:
        return f"{self.method} {self.full_path}"

    @property
    def parameters(self) -> list[str]:
        """Names of the path parameters, in order."""
        return _PARAMETER.findall(self.full_path if self.path is None else self.path)


@dataclass
class RouteImport:
    """What an OpenAPI file says about our routes.

    :param overrides: Operation to ``"METHOD /path"``, for ``extra.routes``, where the file differs from our table.
    :param unchanged: Operations that the file confirms.
    :param unmatched: Operation to the reason why it was not found.
    :param unused: Operations of the file that belong to none of ours.
    :param differences: What the file says otherwise than we guess, by what it is about.
    """

    overrides: dict[str, str] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    unmatched: dict[str, str] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    differences: dict[str, str] = field(default_factory=dict)


def import_routes(
    document: Mapping[str, Any], table: RouteTable, base_path: str, guesses: Iterable[Guess] = ()
) -> RouteImport:
    """Look all operations of a route table up in an OpenAPI file.

    An operation is found by its title (summary or operation id), then narrowed down by the base path, tag, path
    parameters and method. What cannot be told for certain is reported under ``unmatched``, and never overridden.
    An operation whose title is gone still counts as confirmed when its method and path are there.

    :param document: OpenAPI 3 or Swagger 2, as read from JSON.
    :param table: Our routes.
    :param base_path: Path of the base URL that our routes are joined to, such as ``/api/v1``. Letter case does not
        matter, and a ``{version}`` in the file's paths stands for ours.
    :param guesses: What the vendor's docs leave open, to be compared with the file.
    :raises QAValidationError: The document is not an OpenAPI file.
    """
    base_path = base_path.rstrip("/")
    endpoints = list(_endpoints(document, base_path, table.vendor))
    found = _matches(table, endpoints)
    matched = Counter(candidates[0] for candidates in found.values() if len(candidates) == 1)
    result = RouteImport(
        unused=[str(endpoint) for endpoint in endpoints if endpoint not in matched],
        differences=differences(document, guesses),
    )
    for route in table.values():
        candidates = found[route.operation]
        problem = _problem(route, candidates, matched, base_path)
        path = None if problem else _renamed(candidates[0], route)
        if problem or path is None:
            result.unmatched[route.operation] = problem or _unnamed(candidates[0], route)
            continue
        line = f"{candidates[0].method} {path}"
        if line == f"{route.method} {route.path}":
            result.unchanged.append(route.operation)
        else:
            result.overrides[route.operation] = line
    return result


def _matches(table: RouteTable, endpoints: list[Endpoint]) -> dict[str, list[Endpoint]]:
    resources = {_resource(route) for route in table.values()}
    found = {route.operation: _candidates(route, endpoints, resources) for route in table.values()}
    _settle(found)
    named = {one for candidates in found.values() for one in candidates}
    left = [endpoint for endpoint in endpoints if endpoint not in named]
    return {operation: candidates or _same_route(table[operation], left) for operation, candidates in found.items()}


def _endpoints(document: Mapping[str, Any], base_path: str, vendor: str) -> Iterator[Endpoint]:
    paths = document.get("paths") if isinstance(document, Mapping) else None
    if not isinstance(paths, Mapping) or not ("openapi" in document or "swagger" in document):
        raise QAValidationError(
            "the document is not an OpenAPI file: it has no paths, or does not say openapi or swagger",
            vendor=vendor,
            outcome="Nothing was changed",
            hint="Download the OpenAPI specification from the API documentation of the tenant, as JSON",
        )
    for path, item in paths.items():
        for method in _METHODS:
            operation = item.get(method) if isinstance(item, Mapping) else None
            if not isinstance(operation, Mapping):
                continue
            full_path = _server_path(operation, item, document) + str(path)
            names = (operation.get("summary"), operation.get("operationId"))
            yield Endpoint(
                method=method.upper(),
                path=_below(full_path, base_path, anchored=_names_server(operation, item, document)),
                full_path=full_path,
                titles=frozenset(_plain(name) for name in names if name),
                tags=frozenset(_plain(tag) for tag in _listed(operation.get("tags"))),
            )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _server_path(*levels: Mapping[str, Any]) -> str:
    """Return the path of the innermost server that is named, with the defaults of its variables."""
    for level in levels:
        if isinstance(level.get("basePath"), str):
            return str(level["basePath"]).rstrip("/")
        servers = level.get("servers")
        if servers and isinstance(servers, list) and isinstance(servers[0], Mapping):
            url = str(servers[0].get("url") or "")
            variables = servers[0].get("variables")
            for name, variable in variables.items() if isinstance(variables, Mapping) else ():
                default = variable.get("default", "") if isinstance(variable, Mapping) else ""
                url = url.replace(f"{{{name}}}", str(default))
            path = _path_of(url).rstrip("/")
            return path if path.startswith("/") or not path else f"/{path}"
    return ""


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:  # half of the brackets of an IPv6 address
        return ""


def _names_server(*levels: Mapping[str, Any]) -> bool:
    return any(level.get("servers") or level.get("basePath") for level in levels)


def _below(full_path: str, base_path: str, *, anchored: bool) -> str | None:
    """Return a path below our base, ``None`` when it lies elsewhere."""
    base, parts = base_path.strip("/").split("/"), full_path.strip("/").split("/")
    if len(parts) > len(base) and all(map(_is_same_part, parts, base)):
        return "/" + "/".join(parts[len(base) :])
    # a file that names no server may leave the base out of its paths as well, but not have another one
    elsewhere = parts[0].lower() == base[0].lower() or any(map(_VERSION.fullmatch, parts[: len(base)]))
    return None if anchored or elsewhere else full_path


def _is_same_part(theirs: str, ours: str) -> bool:
    return theirs.lower() == ours.lower() or (bool(_VERSION.fullmatch(ours)) and bool(_OPEN_VERSION.fullmatch(theirs)))


def _candidates(route: Route, endpoints: list[Endpoint], resources: set[str]) -> list[Endpoint]:
    titles = {_plain(route.title), _plain(route.operation)}
    found = [one for one in endpoints if one.titles & titles and _belongs(one, _resource(route), resources)]
    for narrower in (
        lambda one: one.path is not None,
        lambda one: len(one.parameters) == len(route.placeholders),
        lambda one: {_plain(name) for name in one.parameters} == {_plain(name) for name in route.placeholders},
        lambda one: one.method == route.method,
    ):
        found = [one for one in found if narrower(one)] or found
    return found


def _belongs(endpoint: Endpoint, resource: str, resources: set[str]) -> bool:
    """Tell whether an endpoint's tag, or the first word of its path, is of a resource; unknown ones may be of any."""
    words = {_singular(tag) for tag in endpoint.tags} & resources
    if not words:
        first = (endpoint.path or endpoint.full_path).lstrip("/").partition("/")[0]
        words = {_singular(_plain(first))} & resources
    return not words or resource in words


def _settle(found: dict[str, list[Endpoint]]) -> None:
    """Give each endpoint that only one operation can have to it, until nothing changes."""
    for _ in range(len(found)):
        taken = {candidates[0]: operation for operation, candidates in found.items() if len(candidates) == 1}
        narrowed = {
            operation: [one for one in candidates if taken.get(one, operation) == operation]
            for operation, candidates in found.items()
            if len(candidates) > 1
        }
        if all(narrowed[operation] == found[operation] for operation in narrowed):
            return
        found.update(narrowed)


def _same_route(route: Route, endpoints: list[Endpoint]) -> list[Endpoint]:
    shape = _PARAMETER.sub("{}", route.path)
    return [
        one
        for one in endpoints
        if one.method == route.method and one.path is not None and _PARAMETER.sub("{}", one.path) == shape
    ]


def _problem(route: Route, candidates: list[Endpoint], matched: Counter[Endpoint], base_path: str) -> str | None:
    if not candidates:
        return f'none found: the file has no "{route.title}", nor {route.method} {route.path}'
    if len(candidates) > 1:
        return f'several candidates for "{route.title}": {", ".join(map(str, candidates))}'
    only = candidates[0]
    if only.path is None:
        return f"{only} lies outside {base_path}, the base path of our routes"
    if matched[only] > 1:
        return f"{only} fits more than one of our operations"
    if len(only.parameters) != len(route.placeholders):
        wanted = ", ".join(route.placeholders) or "none"
        return f"{only} has other path parameters than ours ({wanted})"
    return None


def _renamed(endpoint: Endpoint, route: Route) -> str | None:
    """Return the endpoint's path with our placeholders, ``None`` when it is not clear which is which.

    They are matched by name; ``{taskId}`` is our ``{id}`` where we deal with tasks; and what is left on both sides, if
    it is one only.
    """
    ours = list(route.placeholders)
    names: dict[str, str] = {}
    whole = f"{_resource(route)}id"
    rules: tuple[Callable[[str, str], bool], ...] = (
        lambda theirs, our: theirs == _plain(our),
        lambda theirs, our: theirs == whole and _plain(our) == "id",
        lambda _, __: len(ours) == 1,
    )
    for matches in rules:
        for theirs in endpoint.parameters:
            # {id:guid} is an id
            plain = _plain(theirs.partition(":")[0])
            found = next((our for our in ours if matches(plain, our)), None)
            if theirs not in names and found is not None:
                names[theirs] = found
                ours.remove(found)
    if ours:
        return None
    return _PARAMETER.sub(lambda match: f"{{{names[match[1]]}}}", endpoint.path or "")


def _unnamed(endpoint: Endpoint, route: Route) -> str:
    theirs, ours = (", ".join(f"{{{name}}}" for name in names) for names in (endpoint.parameters, route.placeholders))
    return f"{endpoint} has {theirs}, and which of our {ours} they are is not clear: write the override by hand"


def _resource(route: Route) -> str:
    return _singular(_plain(route.operation.partition(".")[0]))


def _singular(word: str) -> str:
    return word.removesuffix("s")


def _plain(text: Any) -> str:
    return "".join(sign for sign in str(text).lower() if sign.isalnum())
