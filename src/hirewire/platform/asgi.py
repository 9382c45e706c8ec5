"""ASGI to values and back: the head of a request, its body within bounds, a response. No decision about either."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from hirewire.catalog.call import Refusal
from hirewire.platform.head import Head, body_too_large, body_too_slow
from hirewire.values.time import Millis
from hirewire.wire.http import Headers, HttpResponse

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_LINE_ENDS = len(": \r\n")


class ClientGone(Exception):
    """The client closed the connection before its request was complete: there is nobody to answer."""


def read_head(scope: Scope, request_id: str, arrived: Millis, started: float) -> Head:
    """The head of a request, with the target as it stood on the wire."""
    lines: list[tuple[bytes, bytes]] = scope["headers"]
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    request_line = len(scope["method"]) + len(path) + len(query) + len(" ? HTTP/1.1\r\n")
    client = scope.get("client")
    return Head(
        verb=scope["method"],
        path=_text(path),
        query=_text(query),
        headers=Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in lines),
        scheme=scope.get("scheme", "http"),
        client=client[0] if client else None,
        size_bytes=request_line + sum(len(name) + len(value) + _LINE_ENDS for name, value in lines),
        request_id=request_id,
        arrived=arrived,
        started=started,
    )


def _text(raw: bytes) -> str:
    # What stands outside ASCII should have been escaped; UTF-8 is what those who do not escape mean.
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


async def read_body(receive: Receive, size_max: int, timeout_s: float) -> bytes | Refusal:
    """The whole body, or why it was not read to its end.

    Raises:
        ClientGone: the connection ended first.
    """
    try:
        # On the event loop's time, not the platform's clock: a clock moved by hours must not cut uploads short.
        async with asyncio.timeout(timeout_s):
            return await _read_within(receive, size_max)
    except TimeoutError:
        return body_too_slow(timeout_s)


async def _read_within(receive: Receive, size_max: int) -> bytes | Refusal:
    message = await receive()
    if not message.get("more_body") and message["type"] == "http.request":
        only: bytes = message.get("body", b"")
        return only if len(only) <= size_max else body_too_large(size_max)
    body = bytearray()
    while True:
        if message["type"] == "http.disconnect":
            raise ClientGone
        body += message.get("body", b"")
        if len(body) > size_max:
            return body_too_large(size_max)
        if not message.get("more_body"):
            return bytes(body)
        message = await receive()


async def send_response(send: Send, response: HttpResponse, extra: list[tuple[bytes, bytes]]) -> None:
    """Send a response with ``extra`` header lines and its length."""
    lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    if response.status != 204:
        lines.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": lines + extra})
    await send({"type": "http.response.body", "body": response.body})
