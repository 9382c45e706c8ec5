"""Calls to addresses that somebody else named: looked up once, every address judged, the judged one connected to.

No redirect is followed, no proxy is taken from the environment, one deadline holds from the look-up to the answer, and
the host that was named stays in ``Host`` and in TLS. What is said and when is not decided here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore2

from hirewire.plan.addresses import Address, AllowedHosts, refused_addresses
from hirewire.runtime.clock import Clock

Resolve = Callable[[str, int], Awaitable[list[Address]]]
"""Every address of a host, in the order to try them."""

ANSWER_BYTES_MAX = 65_536
_ERROR_CHARACTERS_MAX = 300


class AddressRefused(OSError):
    """A host leads where the platform calls nobody."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a call. Without an answer ``status`` is None and ``error`` says why."""

    status: int | None
    duration_ms: int
    error: str | None = None
    content_type: str = ""
    body: bytes = b""


async def resolve_host(host: str, port: int) -> list[Address]:
    """What the machine's resolver says."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(str(address[4][0]).partition("%")[0]) for address in found))


class Outgoing:
    """Makes such calls, each on a connection of its own."""

    def __init__(
        self,
        allowed: AllowedHosts,
        clock: Clock,
        *,
        resolve: Resolve = resolve_host,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = allowed
        self._clock = clock
        self._resolve = resolve
        self._tls = tls

    async def call(
        self, verb: str, url: str, headers: Mapping[str, str], body: bytes | None, deadline_s: float, *, read: bool
    ) -> Told:
        """One call; ``read`` the body of the answer too. Never raises for what the other side does."""
        started = self._clock.monotonic()
        try:
            # On the event loop's time: sockets live in real time, whatever clock the platform has.
            async with asyncio.timeout(deadline_s):
                answer = await self._exchange(verb, url, headers, body, read=read)
        except TimeoutError:
            return Told(None, self._since(started), f"no complete answer within {deadline_s:g} s")
        except _FAILURES as error:
            return Told(None, self._since(started), _worded(error))
        return Told(answer.status, self._since(started), None, answer.content_type, answer.body)

    def _since(self, started: float) -> int:
        return int((self._clock.monotonic() - started) * 1_000)

    async def _exchange(
        self, verb: str, url: str, headers: Mapping[str, str], body: bytes | None, *, read: bool
    ) -> Told:
        # Made per call: a connection kept open was judged when it was opened, not now.
        async with (
            httpcore2.AsyncConnectionPool(
                ssl_context=self._tls_for(url),
                max_connections=1,
                retries=0,
                network_backend=_Vetting(self._allowed, self._resolve),
            ) as pool,
            pool.stream(verb, _url_of(url), headers=_lines(headers), content=body) as response,
        ):
            content = await _read(response) if read else b""
            return Told(response.status, 0, None, _content_type(response), content)

    def _tls_for(self, url: str) -> ssl.SSLContext | None:
        if not url.lower().startswith("https:"):
            return None
        if self._tls is None:
            self._tls = httpcore2.default_ssl_context()  # once: reading a trust store takes a while
        return self._tls


# OSError, because a TLS record that cannot be read is not mapped on every path, and a look-up never is.
_FAILURES = (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError, OSError)


class _Vetting(httpcore2.AsyncNetworkBackend):
    """Connects only to addresses that were judged, by address: nobody looks the name up a second time."""

    def __init__(self, allowed: AllowedHosts, resolve: Resolve) -> None:
        # Declared twice over there, the second time for when anyio is missing; one checker sees only that.
        backend: Any = httpcore2.AnyIOBackend()
        self._backend: httpcore2.AsyncNetworkBackend = backend
        self._allowed = allowed
        self._resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        error: Exception = AddressRefused(f"{host} has no address")
        for address in await self._vetted(host, port):
            try:
                return await self._backend.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except httpcore2.NetworkError as failed:
                error = failed
        raise error

    async def _vetted(self, host: str, port: int) -> list[Address]:
        found = await self._resolve(host, port)
        refused = refused_addresses(host, found, self._allowed)
        if refused:
            # One is enough: whoever answers for the name chooses which of them we get.
            raise AddressRefused(f"{host} is at {refused[0]}, which is no public address; it was not called")
        return found


def _url_of(url: str) -> httpcore2.URL:
    # Built from parts, so that the target leaves as it was registered.
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = (parts.hostname or "").encode("ascii")
    return httpcore2.URL(scheme=parts.scheme.encode(), host=host, port=parts.port, target=target.encode("ascii"))


def _lines(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]


async def _read(response: httpcore2.Response) -> bytes:
    content = b""
    async for chunk in response.aiter_stream():
        content += chunk
        if len(content) > ANSWER_BYTES_MAX:
            break
    return content[:ANSWER_BYTES_MAX]


def _content_type(response: httpcore2.Response) -> str:
    values = (value.decode("latin-1") for name, value in response.headers if name.lower() == b"content-type")
    return next(values, "")


def _worded(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:_ERROR_CHARACTERS_MAX]
