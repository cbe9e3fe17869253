"""Routes as data: which HTTP method and path each client operation uses, and how sure we are of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import quote

from airflow_qa_provider.exceptions import QAConfigurationError, QAValidationError
from airflow_qa_provider.rest.fields import Fields, is_given

Source = Literal["documented", "public", "inferred", "override"]

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Route:
    """How one operation goes over the wire.

    :param vendor: Vendor in lower case.
    :param operation: Name of the client method, ``resource.method``.
    :param method: HTTP method, upper case.
    :param path: Path below the base URL, with ``{placeholders}``.
    :param title: Title of the endpoint in the vendor docs.
    :param source: ``documented`` in the vendor docs, ``public`` in other public material, ``inferred`` by us,
        or ``override`` when the connection replaced it.
    :param safe: Whether a repeated request changes nothing at the vendor. Follows the method, except where a vendor
        uses GET for a change.
    :param idempotent: Whether the vendor documents that repeating a change with the same arguments does nothing more,
        so that it may be sent again after a lost answer.
    :param secrets: Names of parameters of the path, the query or the body whose values open something to whoever has
        them: they are masked in errors and logs.
    """

    vendor: str
    operation: str
    method: str
    path: str
    title: str
    source: Source
    safe: bool
    idempotent: bool = False
    secrets: tuple[str, ...] = ()

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        """Names of the path parameters, in order."""
        return tuple(_PLACEHOLDER.findall(self.path))

    def url_path(self, values: Mapping[str, Any]) -> str:
        """Fill the placeholders, each value percent-encoded as one path segment.

        :param values: A value for every placeholder.
        :raises QAValidationError: A value is missing or empty, so that the URL would mean something else.
        """
        ids: dict[str, str] = {}
        for name in self.placeholders:
            value = values.get(name)
            if not is_given(value) or str(value) in (".", ".."):
                raise QAValidationError(
                    f"{name} must be a non-empty id, got {value!r}",
                    vendor=self.vendor,
                    operation=self.operation,
                    outcome="Nothing was sent",
                )
            ids[name] = Fields(self.vendor).id(value, name)
        return _PLACEHOLDER.sub(lambda match: quote(ids[match[1]], safe=""), self.path)

    def as_dict(self) -> dict[str, str]:
        """Return the public description: vendor, operation, method, path, title, source."""
        facts = asdict(self)
        del facts["safe"], facts["idempotent"], facts["secrets"]
        return facts


class RouteTable(Mapping[str, Route]):
    """All routes of one vendor, by operation.

    :param vendor: Vendor in lower case.
    :param routes: The routes; operations must be unique.
    """

    def __init__(self, vendor: str, routes: Iterable[Route]) -> None:
        self.vendor = vendor
        self._routes: dict[str, Route] = {}
        for route in routes:
            if route.operation in self._routes:
                raise ValueError(f"{vendor}: operation {route.operation} is listed twice")
            self._routes[route.operation] = route

    def __getitem__(self, operation: str) -> Route:
        return self._routes[operation]

    def __iter__(self) -> Iterator[str]:
        return iter(self._routes)

    def __len__(self) -> int:
        return len(self._routes)

    def overridden(self, overrides: Mapping[str, Any] | None) -> RouteTable:
        """Return a table in which some routes are replaced.

        :param overrides: ``{operation: "METHOD /path"}`` or ``{operation: {"method": ..., "path": ...}}`` where either
            part may be left out. A path must keep the placeholders of the operation.
        :raises QAConfigurationError: Unknown operation, unknown method, or a path with other placeholders.
        """
        if not overrides:
            return self
        if not isinstance(overrides, Mapping):
            raise QAConfigurationError("extra.routes must be an object of operation to route", vendor=self.vendor)
        replaced = {name: self._override(name, value) for name, value in overrides.items()}
        return RouteTable(self.vendor, [replaced.get(route.operation, route) for route in self._routes.values()])

    def _override(self, operation: str, value: Any) -> Route:
        route = self._routes.get(operation)
        if route is None:
            raise QAConfigurationError(
                f"extra.routes names the operation {operation!r}, which does not exist",
                vendor=self.vendor,
                hint=f"`airflow-qa routes list --vendor {self.vendor}` shows all operations",
            )
        method, path = _parts(value, route)
        if method not in _METHODS or not path.startswith("/"):
            raise QAConfigurationError(
                f"extra.routes[{operation!r}] must look like {route.method + ' ' + route.path!r}, got {value!r}",
                vendor=self.vendor,
            )
        if set(_PLACEHOLDER.findall(path)) != set(route.placeholders):
            raise QAConfigurationError(
                f"extra.routes[{operation!r}] must use the placeholders {sorted(route.placeholders)}, got {path!r}",
                vendor=self.vendor,
            )
        return replace(route, method=method, path=path, source="override")


def _parts(value: Any, route: Route) -> tuple[str, str]:
    if isinstance(value, str):
        method, _, path = value.strip().partition(" ")
        return method.upper(), path.strip()
    if isinstance(value, Mapping):
        return str(value.get("method", route.method)).upper(), str(value.get("path", route.path))
    return "", ""


def route_table(
    vendor: str,
    rows: Iterable[tuple[str, str, str, str] | tuple[str, str, str, str, Source]],
    *,
    source: Source = "documented",
    unsafe_gets: Iterable[str] = (),
    idempotent: Iterable[str] = (),
    secrets: Iterable[str] = (),
) -> RouteTable:
    """Build a table from rows of operation, method, path, title and, where it differs from the default, source.

    :param vendor: Vendor in lower case.
    :param rows: The rows.
    :param source: Source of the rows that name none.
    :param unsafe_gets: Operations that change something although the vendor uses GET.
    :param idempotent: Operations that change something, but nothing more when they are repeated.
    :param secrets: Names of parameters, of any of the operations, whose values must not be seen.
    """
    changing, repeatable, hidden = set(unsafe_gets), set(idempotent), tuple(secrets)

    def build(operation: str, method: str, path: str, title: str, of: Source = source) -> Route:
        safe = method == "GET" and operation not in changing
        return Route(vendor, operation, method, path, title, of, safe, operation in repeatable, hidden)

    return RouteTable(vendor, [build(*row) for row in rows])


def routes_beside(
    module: str,
    vendor: str,
    *,
    unsafe_gets: Iterable[str] = (),
    idempotent: Iterable[str] = (),
    secrets: Iterable[str] = (),
) -> RouteTable:
    """Read the table that lies in ``routes.txt`` beside a module.

    A line has operation, method, path, source and title, with spaces between them; one that begins with ``#`` is a
    comment.

    :param module: ``__file__`` of the module.
    :param vendor: Vendor in lower case.
    :param unsafe_gets: See :func:`route_table`.
    :param idempotent: See :func:`route_table`.
    :param secrets: See :func:`route_table`.
    """
    lines = Path(module).with_name("routes.txt").read_text("utf-8").splitlines()
    listed = [line.split(maxsplit=4) for line in lines if line.strip() and not line.startswith("#")]
    rows = [(name, method, path, title, cast(Source, source)) for name, method, path, source, title in listed]
    return route_table(vendor, rows, unsafe_gets=unsafe_gets, idempotent=idempotent, secrets=secrets)
