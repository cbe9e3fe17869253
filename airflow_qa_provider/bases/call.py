"""A client method by its operation name, checked against its signature before anything is sent."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from airflow_qa_provider.exceptions import QANotSupportedError, QAValidationError
from airflow_qa_provider.rest.clean_json import parsed
from airflow_qa_provider.rest.client import VendorClient
from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.parameters import parameters_of
from airflow_qa_provider.vendors import vendor_named

_NOTHING_SENT = "Nothing was sent"
_MOMENT = "timestamp"


@dataclass(frozen=True)
class Call:
    """A client method with its arguments.

    :param client: The client.
    :param operation: Name of the method, ``resource.method``.
    :param method: The method.
    :param arguments: Its arguments, complete and known.
    :param answer: Name of the type that it returns.
    """

    client: VendorClient
    operation: str
    method: Callable[..., Any]
    arguments: Mapping[str, Any]
    answer: str

    @classmethod
    def of(cls, client: VendorClient, operation: str, arguments: object) -> Call:
        """Find the method and check the names of the arguments; their values are left to the method.

        :param client: The client.
        :param operation: Name of the method, ``resource.method``.
        :param arguments: Names to values; a text is read as JSON.
        :raises QAValidationError: No such operation, unknown or missing arguments, or no names and values at all.
        :raises QANotSupportedError: The operation answers with a secret.
        """
        method = _method(client, operation)
        signature = inspect.signature(method)
        instead = vendor_named(client.vendor).secrets.get(operation)
        if instead:
            raise QANotSupportedError(
                "the answer is a secret, which must not go into an XCom",
                vendor=client.vendor,
                operation=operation,
                outcome=_NOTHING_SENT,
                hint=instead,
            )
        given = _mapping(client, operation, arguments)
        _check_names(client, operation, method, given)
        return cls(client, operation, method, given, str(signature.return_annotation))

    @property
    def gives_file(self) -> bool:
        """Whether the answer is a download."""
        return self.answer == "Download"

    @property
    def gives_pages(self) -> bool:
        """Whether the answer is a list that is read page by page."""
        return self.answer == "Paged"

    @property
    def ids(self) -> dict[str, str]:
        """The arguments that name objects at the vendor."""
        return {name: str(value) for name, value in self.arguments.items() if name.endswith("_id")}

    def __call__(self, moment: datetime | None = None) -> Any:
        """Call the method.

        :param moment: Transaction time for a method that takes one, unless the arguments have their own: a vendor knows
            a repeated request by it.
        """
        given = dict(self.arguments)
        if given.get(_MOMENT) is None and _MOMENT in inspect.signature(self.method).parameters:
            given[_MOMENT] = moment
        return self.method(**given)


def _method(client: VendorClient, operation: str) -> Callable[..., Any]:
    if operation not in client.route_table:
        similar = difflib.get_close_matches(str(operation), client.route_table, 3, 0.5)
        meant = f"Did you mean {' or '.join(similar)}? " if similar else ""
        raise QAValidationError(
            f"there is no operation {operation!r}",
            vendor=client.vendor,
            outcome=_NOTHING_SENT,
            hint=f"{meant}`airflow-qa routes list --vendor {client.vendor}` shows all",
        )
    found: Any = client
    for part in operation.split("."):
        found = getattr(found, part)
    method: Callable[..., Any] = found
    return method


def _mapping(client: VendorClient, operation: str, arguments: object) -> dict[str, Any]:
    if not is_given(arguments):
        return {}
    if isinstance(arguments, str):
        # a template makes text of what another task returned
        try:
            arguments = parsed(arguments)
        except ValueError:
            arguments = False
    if not isinstance(arguments, Mapping) or not all(isinstance(name, str) for name in arguments):
        raise QAValidationError(
            "arguments must be names and values",
            vendor=client.vendor,
            operation=operation,
            outcome=_NOTHING_SENT,
            hint='Give a dict such as {"name": "value"}; a template that makes one needs the filter tojson',
        )
    return dict(arguments)


def _check_names(
    client: VendorClient, operation: str, method: Callable[..., Any], arguments: Mapping[str, Any]
) -> None:
    named = parameters_of(method)
    required = [name for name, needed in named.items() if needed]
    problems = []
    missing = [name for name in required if name not in arguments]
    if missing:
        problems.append(f"required arguments are missing: {', '.join(missing)}")
    unknown = [name for name in arguments if name not in named]
    if unknown:
        problems.append(f"unknown arguments: {', '.join(_with_similar(name, named) for name in unknown)}")
    if problems:
        optional = [name for name in named if name not in required]
        takes = f"It takes {', '.join(required) or 'nothing that is required'}"
        raise QAValidationError(
            "; ".join(problems),
            vendor=client.vendor,
            operation=operation,
            outcome=_NOTHING_SENT,
            hint=f"{takes}; optional: {', '.join(optional)}" if optional else takes,
        )


def _with_similar(name: str, known: Mapping[str, Any]) -> str:
    similar = difflib.get_close_matches(name, known, 1)
    return f"{name} (did you mean {similar[0]}?)" if similar else name
