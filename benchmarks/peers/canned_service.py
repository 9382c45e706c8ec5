"""A server that always gives the same answer, so that a client's own work is all that is measured.

``python -m benchmarks.peers.canned_service ANSWER_FILE``. A request for a token is answered with one.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import httptools
import uvloop

_TOKEN = json.dumps({"access_token": "a-token", "expires_in": 1_799}).encode()


class Connection(asyncio.Protocol):
    """One connection."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # what TCP servers get
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        """The target (httptools)."""
        self._url = url

    def on_message_complete(self) -> None:
        """The request is whole (httptools)."""
        self._transport.write(as_response(_TOKEN) if self._url.startswith(b"/oauth/") else self._answer)


def as_response(body: bytes) -> bytes:
    """A 200 with a JSON body."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-RestLi-Protocol-Version: 2.0.0\r\n"
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


async def main(answer: bytes) -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(lambda: Connection(answer), "127.0.0.1", 0)
    print(json.dumps({"url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(as_response(Path(sys.argv[1]).read_bytes())))
