"""What all clients share: calling an operation, reading its answer, naming its errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from typing_extensions import Self

from airflow_qa_provider.exceptions import (
    QAApiError,
    QAError,
    QARequestRejectedError,
    QAResponseError,
    error_class_for,
    may_be_done,
)
from airflow_qa_provider.rest.answer import Answer
from airflow_qa_provider.rest.clean_json import UnusableJSONError
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.redaction import excerpt
from airflow_qa_provider.rest.redirects import is_redirect, redirect_error
from airflow_qa_provider.rest.retrying import retry_after_of
from airflow_qa_provider.rest.routes import Route, RouteTable
from airflow_qa_provider.rest.sessions import SessionStore
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.rest.transport import Transport

_REQUEST_ID_HEADERS = ("X-Request-Id", "Request-Id", "X-Correlation-Id")

_HINTS = {
    401: "Check the key in the password field of the connection. A retry will get the same answer",
    403: "The key is good but has no right to this; give its user the right. A retry will get the same answer",
    404: "Check the id. A retry will get the same answer unless the object appears",
    405: "Check the routes of the connection",
    408: "A gateway gave up waiting; a retry may get through",
    423: "Somebody else has locked the object; a retry may get through",
    429: "A retry should wait",
}
_TOO_LARGE = "Ask for fewer rows at a time (page_size), or set max_json_bytes in the connection's extra"
_TOO_DEEP = "No record of {title} is nested so deep: another application may answer there. A retry will get the same"


@dataclass(frozen=True)
class VendorError:
    """What a vendor says of an error, in its own words.

    :param message: Text for people.
    :param code: The vendor's code.
    :param status: HTTP status that the vendor means, where it puts it into the body of a 200 answer.
    """

    message: str = ""
    code: str | None = None
    status: int | None = None


class VendorClient:
    """Base of the vendors' clients.

    Thread-safe as far as ``requests.Session`` is: meant for one thread at a time. Use it as a context manager, or call
    :meth:`close`.

    A method raises :class:`~airflow_qa_provider.exceptions.QANotFoundError` when there is nothing with an id that it
    was given, or the key may not see it; and :class:`~airflow_qa_provider.exceptions.QAValidationError`, which names
    the field, when a value cannot be read or a required one is missing: nothing is sent then.

    :param settings: Account, credentials, time-outs.
    :raises QAConfigurationError: The settings cannot work.
    """

    vendor: ClassVar[str]
    title: ClassVar[str]
    routes: ClassVar[RouteTable]
    usual_base_url: ClassVar[str]
    """Base URL of most accounts, with what differs in braces."""
    openapi_base_path: ClassVar[str | None] = None
    """Path below which the OpenAPI file of a tenant has our routes; ``None`` where tenants cannot download one."""
    secret_options: ClassVar[tuple[str, ...]] = ()
    token_in_header: ClassVar[bool] = True

    def __init__(self, settings: ClientSettings) -> None:
        self.settings = settings.checked(self.vendor, token_in_header=self.token_in_header)
        self.route_table = self.routes.overridden(settings.routes)
        self.transport = Transport(self.settings, self._auth(), self._check)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {urlsplit(self.settings.base_url).netloc}>"

    def close(self) -> None:
        """Close the pooled connections."""
        self.transport.close()

    def share_session(self, store: SessionStore | None) -> None:
        """Sign in together with the other clients of this process that have the same connection, and with those tasks.

        :param store: What other tasks see as well; ``None`` to share with this process only.
        """

    def without_retries(self) -> Self:
        """Return a client that asks once, for callers that pace themselves; over the same connections."""
        return self._twin(retries=0)

    def previewing(self) -> Self:
        """Return a client that reads, and raises ``RequestWithheld`` with each request that would change something."""
        return self._twin(preview=True)

    def _twin(self, **settings: Any) -> Self:
        twin = type(self)(replace(self.settings, **settings))
        twin.transport.share(self.transport)
        return twin

    def call(
        self,
        operation: str,
        path: Mapping[str, Any] | None = None,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        **request: Any,
    ) -> Any:
        """Call an operation and return its answer.

        :param operation: Name in the route table.
        :param path: Values of the path's placeholders.
        :param params: Query parameters; ``None`` values are left out, booleans go as ``true`` and ``false``.
        :param body: JSON body; ``None`` sends no body.
        :param request: Anything else that ``requests`` takes (``data``, ``files``, ``headers``).
        :return: The JSON of the answer, without the vendor's envelope; ``None`` for an empty answer.
        :raises QAError: See :mod:`airflow_qa_provider.exceptions`.
        """
        route = self.route_table[operation]
        if body is not None:
            request["json"] = body
        answer = self.transport.send(
            route, path or {}, lambda response: self._json(response, route), params=query(params), **request
        )
        return self._unwrap(answer, route)

    def stream(
        self, operation: str, path: Mapping[str, Any] | None = None, *, params: Mapping[str, Any] | None = None
    ) -> Download:
        """Call an operation that answers with a file.

        :param operation: Name in the route table.
        :param path: Values of the path's placeholders.
        :param params: Query parameters.
        :return: The open download; use it as a context manager.
        :raises QAError: See :mod:`airflow_qa_provider.exceptions`.
        """
        route = self.route_table[operation]
        # identity: a compressed transfer would make the announced length useless
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}

        def ask(more: Mapping[str, str]) -> requests.Response:
            given = {"params": query(params), "headers": {**headers, **more}}
            return self.transport.send(route, path or {}, lambda response: response, stream=True, **given)

        return Download(ask({}), self._translator(route), ask)

    def stream_from(self, operation: str, address: str) -> Download:
        """Open a file by an address that the vendor has told, such as that in the call of a webhook.

        No credentials are sent, and only the vendor's own host and the connection's ``download_hosts`` are asked.

        :param operation: Name for messages, ``resource.method``.
        :param address: Absolute URL; its query is taken for a secret.
        :return: The open download; use it as a context manager.
        :raises QAConfigurationError: The address is on another host; nothing was sent.
        :raises QAError: See :mod:`airflow_qa_provider.exceptions`.
        """
        route = Route(self.vendor, operation, "GET", "the address that the vendor told", "", "documented", safe=True)

        def ask(more: Mapping[str, str]) -> requests.Response:
            return self.transport.fetch(route, address, more)

        return Download(ask({}), self._translator(route), ask)

    def _translator(self, route: Route) -> Callable[[Exception, requests.Response], QAError]:
        return lambda error, response: self.transport.translated(error, route, getattr(response, "exchange", None))

    def ping(self) -> str:
        """Prove the connection with one authenticated read and return what was seen, in a few words.

        :raises QAError: The connection does not work; the message says why.
        """
        raise NotImplementedError

    def _auth(self) -> AuthBase:
        raise NotImplementedError

    def _secrets(self) -> Iterable[str]:
        return [self.settings.token, *self.transport.sent_secrets]

    def _unwrap(self, answer: Any, route: Route) -> Any:
        """Take the vendor's envelope off; raise when it holds an error."""
        return answer

    def _vendor_error(self, answer: Any) -> VendorError:
        """Read the vendor's documented error shapes."""
        return VendorError()

    def _check(self, response: requests.Response, route: Route) -> None:
        status = response.status_code
        if is_redirect(response):
            raise redirect_error(response, route, self.settings, self._secrets())
        if not 200 <= status < 300:
            try:
                answer = response.json()
            except ValueError:
                answer = None
            raise self.api_error(response, route, answer)

    def _json(self, response: requests.Response, route: Route) -> Any:
        try:
            return response.value() if isinstance(response, Answer) else response.json()
        except requests.RequestException as error:
            raise self.transport.translated(error, route, getattr(response, "exchange", None)) from None
        except UnusableJSONError as error:
            raise self._unusable(response, route, error) from None
        except ValueError:
            raise self._not_json(response, route) from None

    def api_error(self, response: requests.Response, route: Route, answer: Any) -> QAApiError:
        """Return the typed error for an answer that says that something is wrong.

        :param response: The answer.
        :param route: What was asked.
        :param answer: Its JSON, or ``None``.
        """
        status = response.status_code
        said = self._vendor_error(answer)
        words = self._shown(said.message) if said.message else self._kind_of(response)
        code = None if said.code is None else self._shown(said.code)
        shown_code = f" ({code})" if code and code != words else ""
        meant = said.status if said.status and status < 400 else status
        request_id = next((response.headers[h] for h in _REQUEST_ID_HEADERS if h in response.headers), None)
        kind = error_class_for(meant)
        if meant != status and kind is QAApiError:
            kind = QARequestRejectedError  # a number of the vendor's own, for what it has refused
        return kind(
            f"HTTP {status} {self._shown(response.reason)} for {route.method} {route.path}: {words}{shown_code}",
            vendor=route.vendor,
            operation=route.operation,
            status_code=status,
            code=code,
            request_id=None if request_id is None else self._shown(request_id),
            retry_after=retry_after_of(response.headers),
            outcome=_outcome(route, kind),
            hint=_route_hint(route, meant, self.openapi_base_path) or _HINTS.get(meant),
        )

    def _unusable(self, response: requests.Response, route: Route, error: UnusableJSONError) -> QAResponseError:
        return QAResponseError(
            f"the answer to {route.method} {route.path} {error}",
            vendor=route.vendor,
            operation=route.operation,
            status_code=response.status_code,
            outcome=None if route.safe else "The request may have been carried out",
            hint=_TOO_LARGE if error.large else _TOO_DEEP.format(title=self.title),
        )

    def _not_json(self, response: requests.Response, route: Route) -> QAResponseError:
        error = QAResponseError(
            f"the answer to {route.method} {route.path} is not JSON but {self._kind_of(response)}",
            vendor=route.vendor,
            operation=route.operation,
            status_code=response.status_code,
            outcome=None if route.safe else "The request may have been carried out",
            hint="A login page, a proxy or a wrong base URL answers like this; check the host of the connection",
        )
        error.passing = True
        return error

    def _kind_of(self, response: requests.Response) -> str:
        kind = response.headers.get("Content-Type", "").split(";")[0].strip() or "an answer without a content type"
        return "no text" if not response.headers.get("Content-Length", "1").strip("0") else self._shown(kind)

    def _shown(self, text: object) -> str:
        """Return a piece of what the vendor sent as it may be shown."""
        return excerpt(str(text or ""), [*self._secrets(), *self.transport.sent_secrets])


class Resource:
    """A group of operations of a client, named in the vendor's words.

    :param client: The client that sends the requests.
    """

    def __init__(self, client: VendorClient) -> None:
        self._client = client


def query(params: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return query parameters without the unset ones, booleans in JSON's spelling.

    :param params: The parameters.
    """
    spelled = {True: "true", False: "false"}
    return {
        name: spelled[value] if isinstance(value, bool) else value
        for name, value in (params or {}).items()
        if value is not None
    }


def given(**fields: Any) -> dict[str, Any]:
    """Return the fields that are set, under their wire names, for a JSON body.

    :param fields: Wire name to value; ``None`` means not set.
    """
    return {name: value for name, value in fields.items() if value is not None}


def _outcome(route: Route, kind: type[QAError]) -> str | None:
    if route.safe:
        return None
    return "It is not known whether the change was made" if may_be_done(kind("")) else "Nothing was changed"


def _route_hint(route: Route, status: int, openapi_base_path: str | None) -> str | None:
    if status not in (404, 405) or route.source != "inferred":
        return None
    finding = f"`airflow-qa routes import {route.vendor} openapi.json` reads it from your tenant's OpenAPI file"
    if openapi_base_path is None:
        finding = "ask the vendor for it"
    return (
        f"The vendor publishes no path for this operation, so {route.method} {route.path} is inferred and may differ "
        f'at your tenant: override it in the extra of the connection, {{"routes": {{"{route.operation}": '
        f'"{route.method} /the/real/path"}}}} ({finding}), or check the id'
    )
