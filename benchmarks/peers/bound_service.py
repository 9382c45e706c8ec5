"""The bound: the least that does the same decode and the same durable write, and nothing else a platform must do.

A bare asyncio protocol on httptools; the tunnelled body cut at its boundary, keys by our own reader, entities by msgspec
into Structs, one upsert of 100 rows with apsw, commits in groups on a thread, ``synchronous=FULL``. No routing, token,
version, throttle, match of keys, rules, journal, log, bounds.

``python -m benchmarks.peers.bound_service FILE``
"""

from __future__ import annotations

import asyncio
import json
import queue
import sys
import threading
from collections.abc import Callable, Iterable

import apsw
import httptools
import msgspec
import uvloop

from hirewire.catalog.application_notes import APPLICATION_NOTES
from hirewire.wire.keys import KeyKind, WireKey
from hirewire.wire.protocol import Protocol
from hirewire.wire.query import read_batch

_TABLE = """
CREATE TABLE note (tenant TEXT NOT NULL, resource TEXT NOT NULL, key TEXT NOT NULL, version INTEGER, body BLOB NOT NULL,
  stored_at INTEGER NOT NULL, PRIMARY KEY (tenant, resource, key)) STRICT, WITHOUT ROWID
"""
_ROWS = ", ".join(["(?, 'note', ?, ?, ?, 1)"] * 100)
_UPSERT = f"""
INSERT INTO note VALUES {_ROWS} ON CONFLICT (tenant, resource, key) DO UPDATE
SET version = excluded.version, body = excluded.body, stored_at = excluded.stored_at
WHERE excluded.version >= note.version
"""


class Author(msgspec.Struct):
    """Who wrote a note."""

    firstName: str  # as the wire has it
    lastName: str


class Note(msgspec.Struct):
    """A note as the wire has it."""

    note: str
    externalCreatedAt: int
    externalLastModifiedAt: int
    author: Author | None = None


class Body(msgspec.Struct):
    """A batch_update's body."""

    entities: dict[str, Note]


_DECODER = msgspec.json.Decoder(Body)
_ENCODER = msgspec.json.Encoder()
_PARTS = APPLICATION_NOTES.views[1].key.names


class Writer:
    """One thread, one connection: what has queued up is committed together."""

    def __init__(self, file: str, loop: asyncio.AbstractEventLoop) -> None:
        self._connection = apsw.Connection(file)
        self._connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        self._connection.execute(_TABLE)
        self._loop = loop
        self._queue: queue.SimpleQueue[tuple[list[object], Callable[[], None]]] = queue.SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    def put(self, values: list[object], done: Callable[[], None]) -> None:
        """Store rows; ``done`` is called on the loop once they are durable."""
        self._queue.put((values, done))

    def _run(self) -> None:
        while True:
            group = [self._queue.get()]
            while not self._queue.empty():
                group.append(self._queue.get())
            self._connection.execute("BEGIN IMMEDIATE")
            for values, _ in group:
                self._connection.execute(_UPSERT, values)
            self._connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(_call_all, [done for _, done in group])


def _call_all(callbacks: Iterable[Callable[[], None]]) -> None:
    for callback in callbacks:
        callback()


class Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._parser = httptools.HttpRequestParser(self)
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # what TCP servers get
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, chunk: bytes) -> None:
        """More of the body (httptools)."""
        self._body.append(chunk)

    def on_message_complete(self) -> None:
        """The request is whole (httptools)."""
        body, self._body = b"".join(self._body), []
        _, first, second, _ = body.split(body[: body.index(b"\r\n")])
        query, entities = (part.partition(b"\r\n\r\n")[2][:-2] for part in (first, second))
        asked = read_batch(query.decode(), KeyKind.COMPLEX, Protocol.V2, _PARTS)
        assert asked is not None
        decoded = _DECODER.decode(entities).entities
        answer = self._answer(decoded)
        self._writer.put(_values(asked.keys, decoded), lambda: self._transport.write(answer))

    def _answer(self, decoded: dict[str, Note]) -> bytes:
        body = _ENCODER.encode({"results": {key: {"status": 204} for key in decoded}, "errors": {}})
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def _values(keys: Iterable[WireKey], notes: dict[str, Note]) -> list[object]:
    encode = _ENCODER.encode
    values: list[object] = []
    # Keys and entities stand in one order here, so nothing need be matched.
    for key, note in zip(keys, notes.values(), strict=True):
        assert isinstance(key, dict)
        tenant, application, number = (key[part] for part in _PARTS)
        values += (tenant, encode((application, number)).decode(), note.externalLastModifiedAt, encode(note))
    return values


async def main(file: str) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    writer = Writer(file, loop)
    server = await loop.create_server(lambda: Connection(writer), "127.0.0.1", 0)
    print(json.dumps({"url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
