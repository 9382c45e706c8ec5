"""Load over raw sockets: prepared bytes out, whole responses in, counted. Loopback only, and never without an end."""

from __future__ import annotations

import itertools
import re
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.workload import Load

_TIMEOUT_S = 60.0
_CHUNK = 1 << 18
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


class BadAnswer(Exception):
    """A server answered something else than what is measured; its figure would mean nothing."""


def send_for(
    urls: Sequence[str], load: Load, numbers: Iterator[int], seconds: float, connections: int
) -> tuple[int, float]:
    """Requests answered, and seconds passed: each connection sends its next one when the last was answered.

    Requests in flight when the time is over are waited for, and their time counts. ``connections`` are dealt out among
    the ``urls``.
    """
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        for url in itertools.islice(itertools.cycle(urls), connections):
            opened = stack.enter_context(closing(_connect(url)))
            selector.register(opened, selectors.EVENT_READ, _Exchange(opened))
        return _drive(selector, load, numbers, seconds)


@dataclass(slots=True)
class _Exchange:
    """One connection: what has arrived of the current response, and how long it will be once that is known."""

    connection: socket.socket
    received: bytearray = field(default_factory=bytearray)
    head_end: int = -1
    length: int = -1

    def send(self, request: bytes) -> None:
        self.received.clear()
        self.head_end = self.length = -1
        self.connection.sendall(request)

    def receive(self) -> bytes | None:
        """The body, once the response is whole."""
        chunk = self.connection.recv(_CHUNK)
        if not chunk:
            raise BadAnswer(f"the connection was closed after {bytes(self.received[:200])!r}")
        self.received += chunk
        if self.head_end < 0 and (end := self.received.find(b"\r\n\r\n")) >= 0:
            self._read_head(end)
        if self.head_end < 0 or len(self.received) < self.length:
            return None
        return bytes(self.received[self.head_end : self.length])

    def _read_head(self, end: int) -> None:
        found = _LENGTH.search(self.received, 0, end)
        if not self.received.startswith(b"HTTP/1.1 200") or found is None:
            raise BadAnswer(f"expected a 200 with a length, got {bytes(self.received[:500])!r}")
        self.head_end = end + 4
        self.length = self.head_end + int(found[1])


def _drive(selector: selectors.BaseSelector, load: Load, numbers: Iterator[int], seconds: float) -> tuple[int, float]:
    exchanges: list[_Exchange] = [key.data for key in selector.get_map().values()]
    started = time.perf_counter()
    for exchange in exchanges:
        exchange.send(load.request(next(numbers)))
    answered, in_flight = 0, len(exchanges)
    while in_flight:
        ready = selector.select(_TIMEOUT_S)
        if not ready:
            raise BadAnswer(f"no answer within {_TIMEOUT_S:g} s")
        for key, _ in ready:
            body = key.data.receive()
            if body is None:
                continue
            if answered == 0:
                load.check(body)
            answered += 1
            if time.perf_counter() - started < seconds:
                key.data.send(load.request(next(numbers)))
            else:
                in_flight -= 1
    return answered, time.perf_counter() - started


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.hostname != "127.0.0.1" or parts.port is None:
        raise ValueError(f"expected a server on 127.0.0.1, got {url}")
    connection = socket.create_connection((parts.hostname, parts.port), timeout=_TIMEOUT_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
