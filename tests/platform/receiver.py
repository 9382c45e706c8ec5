"""A customer's endpoint: a real HTTP server on loopback that keeps what it was sent, and answers as it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hirewire.wire.signature import PREFIXED, challenge_answer, verify

WAIT_S = 30.0


@dataclass(frozen=True)
class Pushed:
    """One request as it arrived."""

    verb: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        return json.loads(self.body)

    def is_signed_by(self, secret: str) -> bool:
        return verify(PREFIXED, secret, self.body, self.headers.get("x-li-signature"))


@dataclass
class Receiver:
    """``status`` is what it answers; ``secret`` is what it answers challenges with, None for not at all."""

    status: int = 200
    secret: str | None = None
    location: str | None = None
    challenge_type: str = "application/json; charset=utf-8"
    pushed: list[Pushed] = field(default_factory=list)
    challenges: list[Pushed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._arrived = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/goes/here"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def events(self) -> list[Any]:
        return [each.event for each in self.pushed]

    def wait_for(self, count: int) -> list[Pushed]:
        """Until so many events have arrived; for platforms that work by themselves."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.pushed) >= count, WAIT_S), self.pushed
            return list(self.pushed)

    def take(self, request: Pushed) -> tuple[int, dict[str, str], bytes]:
        """What to answer."""
        code = parse_qs(urlsplit(request.target).query).get("challengeCode")
        with self._arrived:
            (self.challenges if code else self.pushed).append(request)
            self._arrived.notify_all()
        if code and self.secret is not None:
            return (
                200,
                {"Content-Type": self.challenge_type},
                json.dumps(challenge_answer(self.secret, code[0])).encode(),
            )
        return self.status, {"Location": self.location} if self.location else {}, b"thanks"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A platform that was killed cuts its connections; nobody needs to read about it."""


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._take()

        def do_GET(self) -> None:
            self._take()

        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, lines, answer = receiver.take(Pushed(self.command, self.path, headers, body))
            self.send_response(status)
            for name, value in lines.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(0 if status == 204 else len(answer)))
            self.end_headers()
            if status != 204:
                self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler


Receivers = Callable[..., Receiver]
