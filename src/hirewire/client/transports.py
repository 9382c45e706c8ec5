"""One HTTP exchange on real sockets: the seam between conversations and the network, and the default behind it.

Promises: the target leaves byte for byte as given; nothing is sent twice; redirects are answers; one wall deadline
holds from the wait for a connection to the last byte of the answer; no proxy is taken from the environment unasked.
"""

from __future__ import annotations

import ssl
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import httpcore2

from hirewire.client.effects import NoAnswer, Received
from hirewire.client.errors import ConfigurationError
from hirewire.runtime.clock import RealClock
from hirewire.wire.http import Headers, HttpRequest, HttpResponse

ANSWER_BYTES_MAX = 64 * 1024 * 1024
"""A longer answer is not read to its end; a full batch is answered with some 15 KB."""

CONNECTIONS_MAX = 100
# Shorter than the five seconds after which common servers close an idle connection: a request written into a closing
# connection has an unknown outcome.
_IDLE_S = 4.0
_WRITE_BYTES = 64 * 1024
# Sockets live in real time whatever clock the client is given.
_REAL = RealClock()


class Transport(Protocol):
    """Sends one request and gives what came back; never raises for what the network does."""

    def send(self, origin: str, request: HttpRequest, timeout_s: float) -> Received:
        """Send ``request`` to ``origin`` (``https://host[:port]``), exactly once, and read the whole answer."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...


class AsyncTransport(Protocol):
    """The same for asyncio."""

    async def send(self, origin: str, request: HttpRequest, timeout_s: float) -> Received:
        """Send ``request`` to ``origin`` (``https://host[:port]``), exactly once, and read the whole answer."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


@dataclass(frozen=True, slots=True)
class Network:
    """How to reach the platform.

    ``tls`` replaces the system's trust store; ``proxy`` is the URL of an HTTP proxy; with ``trust_env`` the usual
    variables (``HTTPS_PROXY``, ``NO_PROXY``) name one where ``proxy`` does not.
    """

    tls: ssl.SSLContext | None = None
    proxy: str | None = None
    trust_env: bool = False

    def tls_for(self, origin: str) -> ssl.SSLContext | None:
        """The context for connections to ``origin``; made once, because reading a trust store takes a while."""
        return self.tls or (httpcore2.default_ssl_context() if origin.startswith("https:") else None)

    def proxy_for(self, origin: str) -> httpcore2.Proxy | None:
        """The proxy on the way to ``origin``, if any.

        Raises:
            ConfigurationError: it is not the URL of an HTTP proxy.
        """
        found = self.proxy or (_proxy_of_environment(origin) if self.trust_env else None)
        return None if found is None else _proxy(found)


def _proxy(url: str) -> httpcore2.Proxy:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _no_proxy() from None
    if parts.scheme not in ("http", "https") or not host:
        raise _no_proxy()
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return httpcore2.Proxy(_url(f"{parts.scheme}://{_authority(host, port)}", "/"), auth)


def _no_proxy() -> ConfigurationError:
    # Not quoted: a proxy's URL may hold a password.
    return ConfigurationError("proxy: expected the URL of an HTTP proxy such as http://proxy.example:3128")


def _proxy_of_environment(origin: str) -> str | None:
    parts = urlsplit(origin)
    if urllib.request.proxy_bypass(parts.netloc):
        return None
    return urllib.request.getproxies().get(parts.scheme)


class HttpTransport:
    """The default transport, blocking; threads share its connections."""

    def __init__(self, network: Network, *, monotonic: Callable[[], float] = _REAL.monotonic) -> None:
        self._network = network
        self._monotonic = monotonic
        self._pools: dict[str, httpcore2.ConnectionPool] = {}

    def send(self, origin: str, request: HttpRequest, timeout_s: float) -> Received:
        """Exactly one exchange."""
        pool = self._pools.get(origin) or self._pools.setdefault(origin, self._open(origin))
        try:
            with pool.stream(**_spoken(origin, request, timeout_s, self._monotonic())) as response:
                body = bytearray()
                for chunk in response.iter_stream():
                    body += chunk
                    if len(body) > ANSWER_BYTES_MAX:
                        return _TOO_LONG
                return _received(response, body)
        except _FAILURES as error:
            return _no_answer(error, timeout_s)

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()

    def _open(self, origin: str) -> httpcore2.ConnectionPool:
        return httpcore2.ConnectionPool(
            ssl_context=self._network.tls_for(origin),
            proxy=self._network.proxy_for(origin),
            max_connections=CONNECTIONS_MAX,
            keepalive_expiry=_IDLE_S,
            retries=0,
            network_backend=_TimedBackend(self._monotonic),
        )


class AsyncHttpTransport:
    """The default transport for asyncio; the tasks of one event loop share its connections."""

    def __init__(self, network: Network, *, monotonic: Callable[[], float] = _REAL.monotonic) -> None:
        self._network = network
        self._monotonic = monotonic
        self._pools: dict[str, httpcore2.AsyncConnectionPool] = {}

    async def send(self, origin: str, request: HttpRequest, timeout_s: float) -> Received:
        """Exactly one exchange."""
        pool = self._pools.get(origin) or self._pools.setdefault(origin, self._open(origin))
        try:
            async with pool.stream(**_spoken(origin, request, timeout_s, self._monotonic())) as response:
                body = bytearray()
                async for chunk in response.aiter_stream():
                    body += chunk
                    if len(body) > ANSWER_BYTES_MAX:
                        return _TOO_LONG
                return _received(response, body)
        except _FAILURES as error:
            return _no_answer(error, timeout_s)

    async def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            await pool.aclose()

    def _open(self, origin: str) -> httpcore2.AsyncConnectionPool:
        return httpcore2.AsyncConnectionPool(
            ssl_context=self._network.tls_for(origin),
            proxy=self._network.proxy_for(origin),
            max_connections=CONNECTIONS_MAX,
            keepalive_expiry=_IDLE_S,
            retries=0,
            network_backend=_AsyncTimedBackend(self._monotonic),
        )


# ---------------------------------------------------------------- one exchange in httpcore's terms

# OSError, because a TLS record that cannot be read is not mapped on every path.
_FAILURES = (
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    OSError,
)
# What fails before the first byte of the request has left.
_NOT_SENT = (
    httpcore2.ConnectError,
    httpcore2.ConnectTimeout,
    httpcore2.LocalProtocolError,
    httpcore2.PoolTimeout,
    httpcore2.ProxyError,
)
_WITH_LENGTH = frozenset({"POST", "PUT", "PATCH"})
_TOO_LONG = NoAnswer(f"the answer is longer than {ANSWER_BYTES_MAX:,} bytes", was_sent=True)


def _spoken(origin: str, request: HttpRequest, timeout_s: float, now: float) -> dict[str, Any]:
    """A request in httpcore's terms. Of its timeouts, ``pool`` is a duration; the others are the moment of the end."""
    end = now + timeout_s
    return {
        "method": request.verb,
        "url": _url(origin, request.target),
        "headers": [(name.encode("ascii"), value.encode("latin-1")) for name, value in request.headers],
        # A POST or PUT without a body says so (``Content-Length: 0``): a server may insist on it with 411.
        "content": request.body if request.body or request.verb in _WITH_LENGTH else None,
        "extensions": {"timeout": {"pool": timeout_s, "connect": end, "write": end, "read": end}},
    }


def _url(origin: str, target: str) -> httpcore2.URL:
    # Built from parts: the target must not be parsed, and so not be re-escaped, by anybody.
    parts = urlsplit(origin)
    host = (parts.hostname or "").encode("idna")
    return httpcore2.URL(scheme=parts.scheme.encode(), host=host, port=parts.port, target=target.encode("ascii"))


def _authority(host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"


def _received(response: httpcore2.Response, body: bytearray) -> HttpResponse:
    # Header values are bytes; Latin-1 keeps each of them as one character.
    lines = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)
    return HttpResponse(response.status, Headers(lines), bytes(body))


def _no_answer(error: Exception, timeout_s: float) -> NoAnswer:
    what = f"no complete answer within {timeout_s:g} s" if isinstance(error, httpcore2.TimeoutException) else str(error)
    return NoAnswer(what or type(error).__name__, was_sent=not isinstance(error, _NOT_SENT))


# ---------------------------------------------------------------- one wall deadline


class _TimedStream(httpcore2.NetworkStream):
    """A stream whose ``timeout`` arguments are moments: however often it reads, the end stays where it is."""

    def __init__(self, stream: httpcore2.NetworkStream, monotonic: Callable[[], float]) -> None:
        self._stream = stream
        self._monotonic = monotonic

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, self._monotonic, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITE_BYTES):
            left = _left(timeout, self._monotonic, httpcore2.WriteTimeout)
            self._stream.write(buffer[start : start + _WRITE_BYTES], left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, self._monotonic, httpcore2.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._monotonic)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _TimedBackend(httpcore2.NetworkBackend):
    """Opens timed streams. (Looking up a host name blocks for as long as the system's resolver takes.)"""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._backend = httpcore2.SyncBackend()
        self._monotonic = monotonic

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, self._monotonic, httpcore2.ConnectTimeout)
        return _TimedStream(self._backend.connect_tcp(host, port, left, local_address, socket_options), self._monotonic)


class _AsyncTimedStream(httpcore2.AsyncNetworkStream):
    """The same for asyncio."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream, monotonic: Callable[[], float]) -> None:
        self._stream = stream
        self._monotonic = monotonic

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's interface
        return await self._stream.read(max_bytes, _left(timeout, self._monotonic, httpcore2.ReadTimeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's interface
        await self._stream.write(buffer, _left(timeout, self._monotonic, httpcore2.WriteTimeout))

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
    ) -> httpcore2.AsyncNetworkStream:
        left = _left(timeout, self._monotonic, httpcore2.ConnectTimeout)
        return _AsyncTimedStream(await self._stream.start_tls(ssl_context, server_hostname, left), self._monotonic)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _AsyncTimedBackend(httpcore2.AsyncNetworkBackend):
    """Opens timed streams."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        # Declared twice over there, the second time for when anyio is missing; one checker sees only that.
        backend: Any = httpcore2.AnyIOBackend()
        self._backend: httpcore2.AsyncNetworkBackend = backend
        self._monotonic = monotonic

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        left = _left(timeout, self._monotonic, httpcore2.ConnectTimeout)
        return _AsyncTimedStream(
            await self._backend.connect_tcp(host, port, left, local_address, socket_options), self._monotonic
        )


def _left(end: float | None, monotonic: Callable[[], float], late: type[Exception]) -> float:
    """The seconds until ``end``. A timeout of zero means "do not block" to a socket, so none is ever passed on."""
    assert end is not None  # every request is given its end
    seconds = end - monotonic()
    if seconds <= 0:
        raise late
    return seconds
