"""What the tests of the client share: a scripted HTTP peer on a real socket, both clients driven alike, flows by hand."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from hirewire.catalog.generations import Generation
from hirewire.client import AsyncClient, Client
from hirewire.client.effects import Effect, Exclusive, Flow, Pause, Send
from hirewire.client.session import Address, Options, Session
from hirewire.client.tokens import Credentials
from hirewire.runtime.clock import ManualClock
from hirewire.values.time import Millis
from hirewire.wire.http import Headers, HttpRequest, HttpResponse
from hirewire.wire.protocol import Protocol

NOON = Millis(1_767_787_200_000)  # 2026-01-07T12:00:00Z
SECRET = "WPL_AP1.x/y+z=="  # a test's, with all characters that need escaping in a form


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own settings must not decide what the tests see."""
    import os

    for name in [name for name in os.environ if name.upper().startswith("HIREWIRE_CLIENT")]:
        monkeypatch.delenv(name)


# ---------------------------------------------------------------- a peer on a real socket


@dataclass
class Seen:
    """One request as it arrived: the head's raw lines, and the body."""

    head: bytes
    body: bytes

    @property
    def verb(self) -> str:
        return self.head.split(b" ")[0].decode()

    @property
    def target(self) -> str:
        return self.head.split(b" ")[1].decode("latin-1")

    def header(self, name: str) -> str | None:
        found = [line for line in self.head.split(b"\r\n")[1:] if line.lower().startswith(name.lower().encode() + b":")]
        return found[0].split(b":", 1)[1].strip().decode() if found else None


Script = Callable[[Seen], bytes | None]
"""What to answer to a request: raw bytes, or None to hang up without a word."""


@dataclass
class Peer:
    """Answers every request as the script says; tokens by itself. Threads, so that it serves blocking clients too."""

    script: Script
    listener: socket.socket
    seen: list[Seen] = field(default_factory=list)
    token_requests: list[Seen] = field(default_factory=list)
    connections: int = 0
    token_answer: Callable[[int], bytes] | None = None
    open: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.open.append(connection)
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            buffer = b""
            while True:
                while b"\r\n\r\n" not in buffer:
                    data = connection.recv(65536)
                    if not data:
                        return
                    buffer += data
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                request = Seen(head, b"")
                length = int(request.header("content-length") or 0)
                while len(buffer) < length:
                    buffer += connection.recv(65536)
                request.body, buffer = buffer[:length], buffer[length:]
                answer = self._answer(request)
                if answer is None:
                    return
                connection.sendall(answer)
                if b"connection: close" in answer.partition(b"\r\n\r\n")[0].lower():
                    return

    def _answer(self, request: Seen) -> bytes | None:
        if request.target.endswith("/oauth/v2/accessToken"):
            self.token_requests.append(request)
            number = len(self.token_requests)
            if self.token_answer is not None:
                return self.token_answer(number)
            return reply(200, {"access_token": f"token-{number}", "expires_in": 1800})
        self.seen.append(request)
        return self.script(request)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def reply(status: int, body: Any = None, *headers: str) -> bytes:
    """A raw HTTP response; bytes are the body as it is, everything else is written as JSON."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", "x-li-request-id: req-1", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


def silence(_: Seen) -> bytes | None:
    return None


@pytest.fixture
def peer_of() -> Iterator[Callable[[Script], Peer]]:
    """Starts peers; all end with the test."""
    peers: list[Peer] = []

    def start(script: Script) -> Peer:
        listener = socket.create_server(("127.0.0.1", 0))
        peers.append(Peer(script, listener))
        threading.Thread(target=peers[-1].serve, daemon=True).start()
        return peers[-1]

    yield start
    for peer in peers:
        peer.close()


@pytest.fixture
def answer() -> Callable[..., bytes]:
    """``answer(status, body, *header lines)``: a raw HTTP response."""
    return reply


# ---------------------------------------------------------------- both clients, driven alike


class Blocking:
    """The blocking client; what a test does with it is done at once."""

    client_type = Client

    def __init__(self, **settings: Any) -> None:
        self.client = Client(**settings)

    def __call__(self, use: Callable[[Any], Any]) -> Any:
        return use(self.client)

    def close(self) -> None:
        self.client.close()


class Asynchronous:
    """The asynchronous client on an event loop of its own; what a test does with it is awaited."""

    client_type = AsyncClient

    def __init__(self, **settings: Any) -> None:
        self.runner = asyncio.Runner()
        self.client = AsyncClient(**settings)

    def __call__(self, use: Callable[[Any], Awaitable[Any]]) -> Any:
        async def awaited() -> Any:
            return await use(self.client)

        return self.runner.run(awaited())

    def close(self) -> None:
        self.runner.run(self.client.close())
        self.runner.close()


@pytest.fixture(params=[Blocking, Asynchronous], ids=["blocking", "asyncio"])
def drive_of(request: pytest.FixtureRequest) -> Iterator[Callable[..., Blocking | Asynchronous]]:
    """Makes a client of each kind: ``drive = drive_of(url)``, then ``drive(lambda client: client.token())``."""
    made: list[Blocking | Asynchronous] = []

    def make(url: str, **settings: Any) -> Blocking | Asynchronous:
        defaults = {
            "client_id": "id-1",
            "client_secret": SECRET,
            "base_url": url,
            "clock": ManualClock(NOON, auto_advance=True),
            "dice": random.Random(7),
        }
        made.append(request.param(**{**defaults, **settings}))
        return made[-1]

    yield make
    for drive in made:
        drive.close()


# ---------------------------------------------------------------- flows by hand


@dataclass
class Played:
    """What a flow asked for, and how it ended."""

    effects: list[Effect]
    result: Any = None
    error: Any = None

    @property
    def requests(self) -> list[HttpRequest]:
        return [effect.request for effect in self.effects if isinstance(effect, Send)]

    @property
    def pauses(self) -> list[float]:
        return [effect.seconds for effect in self.effects if isinstance(effect, Pause)]


@dataclass
class Stage:
    """A session on a manual clock, and a way to play flows against scripted answers."""

    session: Session
    clock: ManualClock
    token_answers: list[Any] = field(default_factory=list)

    def play(self, flow: Flow[Any], *answers: Any) -> Played:
        """Drive ``flow``, giving the answers to its requests in turn; token requests have their own."""
        played = Played([])
        waiting = list(answers)
        played.error = None
        try:
            played.result = self._drive(flow, waiting, played)
        except Exception as error:  # noqa: BLE001 - handed to the test, which looks at it
            played.error = error
        assert not waiting, f"{len(waiting)} answers were not asked for"
        return played

    def _drive(self, flow: Flow[Any], answers: list[Any], played: Played) -> Any:
        step = flow.send
        given: Any = None
        while True:
            try:
                effect = step(given)
            except StopIteration as stop:
                return stop.value
            step = flow.send
            try:
                given = self._perform(effect, answers, played)
            except Exception as error:  # noqa: BLE001 - raised inside the flow, as the drivers do
                step, given = flow.throw, error

    def _perform(self, effect: Effect, answers: list[Any], played: Played) -> Any:
        if isinstance(effect, Exclusive):
            return self._drive(effect.flow, answers, played)
        if isinstance(effect, Pause):
            played.effects.append(effect)
            self.clock.advance(effect.seconds)
            return None
        if effect.request.target == "/accessToken":
            if not self.token_answers:
                return HttpResponse(200, Headers(), b'{"access_token": "T", "expires_in": 1800}')
            answers = self.token_answers
        played.effects.append(effect)
        assert answers, f"an unexpected request: {effect.request.verb} {effect.request.target}"
        answer = answers.pop(0)
        return answer(effect.request) if callable(answer) else answer


@pytest.fixture
def stage_of() -> Callable[..., Stage]:
    """Makes a stage: ``stage_of(generation=..., protocol=..., timeout=...)``."""

    def make(*, generation: Generation = Generation.REST, protocol: Protocol = Protocol.V2, **options: Any) -> Stage:
        clock = ManualClock(NOON)
        session = Session(
            api=Address("https://api.test"),
            token_url=Address("https://auth.test", "/accessToken"),
            credentials=Credentials("id-1", SECRET),
            generation=generation,
            version="202603",
            protocol=protocol,
            options=Options(**options),
            user_agent="test/1",
            clock=clock,
            random=random.Random(7),
        )
        return Stage(session, clock)

    return make


def response(status: int, body: Any = None, **headers: str) -> HttpResponse:
    """A response as a value; header names are written with underscores."""
    lines = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return HttpResponse(status, Headers(lines), b"" if body is None else json.dumps(body).encode())


@pytest.fixture
def http() -> Callable[..., HttpResponse]:
    """``http(status, body, Header_Name=value)``: a response as a value."""
    return response


DIALECTS = [(generation, protocol) for generation in Generation for protocol in Protocol]


@pytest.fixture(params=DIALECTS, ids=[f"{generation.value}-{protocol.value}" for generation, protocol in DIALECTS])
def dialect(request: pytest.FixtureRequest) -> tuple[Generation, Protocol]:
    """Every generation in every protocol."""
    found: tuple[Generation, Protocol] = request.param
    return found
