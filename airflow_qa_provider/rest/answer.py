"""An answer whose body has a limit, and the adapter of ``requests`` that gives such answers."""

from __future__ import annotations

import io
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from airflow_qa_provider.rest.clean_json import UnusableJSONError, decoded, read_json, size_words, value_of
from airflow_qa_provider.rest.tls import shared_context
from airflow_qa_provider.rest.wire import POOLS, Exchange, current_exchange

MAX_ERROR_BYTES = 1024 * 1024
"""What is read of the body of an error; the rest is left."""
_KEPT_BYTES = 1024 * 1024
_CHECK_CA_PATH = "Check ca_path in the connection's extra"
_CHUNK_BYTES = 64 * 1024  # small, or old releases of urllib3 make a gigabyte of one
_NOT_ASKED_FOR = ("br", "zstd")  # what urllib3 expands where it can, and of a few bytes without an end


def announced_length(headers: Mapping[str, str]) -> int | None:
    """Return the length of the body that was announced, in bytes; ``None`` without a readable one.

    :param headers: Headers of an answer.
    """
    text = headers.get("Content-Length", "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None


class BodyTooLarge(requests.RequestException):
    """The body is larger than it may be; it was not read to its end."""


class UnsendableError(requests.RequestException):
    """The request cannot be sent at all; nothing was.

    :param problem: What is wrong, without secrets.
    :param hint: What to change.
    """

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.hint = hint


class Answer(requests.Response):
    """An answer of ``requests`` that does not read more than a limit into memory.

    :ivar most: Largest body that :attr:`content` reads, in bytes, counted as it is after decompression.
    :ivar is_file: Whether the body is read in chunks, and may be of any size.
    :ivar exchange: The exchange that it belongs to.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.is_file = False
        self.exchange: Exchange | None = None
        self._content_consumed = False
        self._read_value: tuple[Any] | None = None
        self._begun: tuple[list[bytes], Iterator[bytes]] | None = None

    @property
    def content(self) -> bytes:
        """The body. Of an error, the first MiB; empty when it was large and has become a value.

        :raises BodyTooLarge: It is larger than the limit.
        """
        if not self._content_consumed and self.raw is not None:
            try:
                self._content = self._read()
            except BaseException:
                self.close()
                raise
            finally:
                self._content_consumed = True  # also when it broke: half of it is no body
        return super().content or b""

    def json(self, **_: Any) -> Any:
        """Return the JSON of the body, cleaned; of a file only when that is so small that it may be an error.

        :raises ValueError: It is not JSON, or not to be used.
        """
        if not self.is_file or self.status_code >= 300:
            return self._value()
        body = self.peek(MAX_ERROR_BYTES)
        if body is None:
            raise UnusableJSONError(f"is a file of more than {size_words(MAX_ERROR_BYTES)}", large=True)
        return read_json(body, self.most)

    def _value(self) -> Any:
        if self._read_value is None:
            text = decoded(self.content, self.most)
            if len(self.content) > _KEPT_BYTES:
                self._content = b""  # bytes, text and value together would be too much
            self._read_value = (value_of(text),)
        return self._read_value[0]

    def value(self) -> Any:
        """Return the JSON of the body, cleaned, or ``None`` when it is empty.

        :raises ValueError: It is not JSON, or not to be used.
        """
        empty = self._read_value is None and (not self.content or self.content.isspace())
        return None if empty else self.json()

    def peek(self, most: int) -> bytes | None:
        """Return the body if it is no longer than that; the chunks of a longer one are still all there.

        :param most: Longest body to return, in bytes.
        """
        if self._content_consumed:
            return self.content if len(self.content) <= most else None
        if self._begun or (announced_length(self.headers) or 0) > most:
            return None
        chunks: list[bytes] = []
        size, rest = 0, self.iter_content(_CHUNK_BYTES)
        for chunk in rest:
            chunks.append(chunk)
            size += len(chunk)
            if size > most:
                self._begun = (chunks, rest)
                return None
        self._content, self._content_consumed = b"".join(chunks), True
        return self._content

    def iter_content(self, chunk_size: int | None = 1, decode_unicode: bool = False) -> Iterator[Any]:
        """Yield the body in chunks, at the pace that the exchange wants.

        :param chunk_size: Largest chunk, in bytes.
        :param decode_unicode: As in ``requests``.
        """
        if self._begun:
            begun, self._begun = self._begun, None
            yield from begun[0]
            yield from begun[1]
            return
        compression = self.headers.get("Content-Encoding", "")
        if "," in compression:
            raise requests.exceptions.ContentDecodingError(f"the answer is compressed more than once ({compression!r})")
        if compression.strip().lower() in _NOT_ASKED_FOR:
            raise requests.exceptions.ContentDecodingError(f"the answer is compressed as {compression!r:.40}, unasked")
        if compression.strip().lower() not in ("", "identity"):
            chunk_size = min(chunk_size or _CHUNK_BYTES, _CHUNK_BYTES)
        chunks = super().iter_content(chunk_size, decode_unicode)
        yield from self.exchange.paced(chunks) if self.exchange else chunks

    def _read(self) -> bytes:
        if self.status_code >= 300:
            return self._read_start()
        if (announced_length(self.headers) or 0) > self.most:
            raise self._too_large()
        body = io.BytesIO()
        for chunk in self.iter_content(_CHUNK_BYTES):
            body.write(chunk)
            if body.tell() > self.most:
                raise self._too_large()
        return body.getvalue()

    def _read_start(self) -> bytes:
        body = io.BytesIO()
        for chunk in self.iter_content(_CHUNK_BYTES):
            body.write(chunk)
            if body.tell() > MAX_ERROR_BYTES:
                self.close()  # the rest is not read: the connection cannot be used again
                break
        return body.getvalue()[:MAX_ERROR_BYTES]

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(f"is longer than {size_words(self.most)}")


class BoundedAdapter(HTTPAdapter):
    """Sends requests over the connections of :mod:`~airflow_qa_provider.rest.wire`, and gives an :class:`Answer`.

    :param most: Largest body that is read into memory, in bytes.
    :param connections: Size of the connection pool.
    """

    def __init__(self, most: int, connections: int) -> None:
        self.most = most
        self._connections = connections
        super().__init__(pool_connections=connections, pool_maxsize=connections)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def widen(self, connections: int) -> None:
        """Keep more connections, those that are open excepted.

        :param connections: How many at least.
        """
        if connections > self._connections:
            self.poolmanager.clear()
            super().__init__(pool_connections=connections, pool_maxsize=connections)
            self._connections = connections

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Return the pools of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = POOLS
        return manager

    def get_connection_with_tls_context(self, request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> Any:
        """Return the pool for a request.

        :raises UnsendableError: The address of the proxy is none.
        """
        try:
            return super().get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
        except (ValueError, HTTPError, AssertionError, AttributeError):
            problem = "the address of the proxy in this process's environment is none that can be used"
            hint = "Correct HTTPS_PROXY or HTTP_PROXY: http://proxy.example.com:3128"
            raise UnsendableError(problem, hint) from None

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> tuple[Any, Any]:
        """Return what tells pools of connections apart; those that verify share one set of authorities."""
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        if _shares_context(request.url, verify, cert):
            tls.pop("ca_certs", None)
            tls.pop("ca_cert_dir", None)
            tls["ssl_context"] = _authorities(verify)
        return host, tls

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Choose the authorities.

        :raises UnsendableError: Their file is not there.
        """
        through_tls = conn.proxy is not None and conn.proxy.scheme == "https"  # a proxy with a context of its own
        if _shares_context(url, verify, cert) and not through_tls:
            conn.cert_reqs, conn.ca_certs, conn.ca_cert_dir = "CERT_REQUIRED", None, None
            return
        try:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]
        except OSError as error:
            raise UnsendableError(str(error), _CHECK_CA_PATH) from None

    def send(self, request: Any, stream: bool = False, **kwargs: Any) -> Any:  # type: ignore[override]
        """Send a request.

        :param request: The request.
        :param stream: Whether the answer is a file.
        """
        answer: Any = super().send(request, stream=stream, **kwargs)
        answer.is_file = stream
        if stream and answer.exchange and answer.status_code < 300:
            answer.exchange.expect_file()
        return answer

    def build_response(self, req: Any, resp: Any) -> Answer:
        """Return the answer."""
        answer = Answer(self.most)
        answer.__dict__.update(vars(super().build_response(req, resp)))  # requests makes its own class only
        answer.exchange = current_exchange()
        if answer.exchange:
            answer.exchange.status = answer.status_code
        return answer


def _shares_context(url: str, verify: Any, cert: Any) -> bool:
    """Tell whether a request is like all that verify the same authorities: a client certificate is nobody else's."""
    return bool(verify) and not cert and url.lower().startswith("https")


def _authorities(verify: bool | str) -> ssl.SSLContext:
    try:
        return shared_context(verify)
    except FileNotFoundError:
        problem = f"Could not find a suitable TLS CA certificate bundle, invalid path: {verify}"
        raise UnsendableError(problem, _CHECK_CA_PATH) from None
    except OSError as error:
        problem = f"the authorities of {verify} cannot be read: {error}"
        raise UnsendableError(problem, _CHECK_CA_PATH) from None
