"""The platform on a socket: uvicorn with bounds of our own on request heads, graceful on SIGTERM and SIGINT.

In-flight requests finish, then the database is closed, then the process ends with 0.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import ssl
import sys
from asyncio.events import TimerHandle
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hirewire.catalog.call import Refusal
from hirewire.catalog.codec import encode_refusal
from hirewire.db import open_database
from hirewire.platform.app import Platform, create_app
from hirewire.platform.settings import PlatformSettings
from hirewire.runtime.clock import Clock
from hirewire.runtime.logs import Log, StandardLogging, make_log
from hirewire.wire.protocol import Protocol

BACKLOG = 2_048
_LINGER_S = 1.0
_THREAD_SWITCH_S = 0.0005
_NO_REQUEST = (
    "This is no HTTP/1.1 request; a target holds no fragment, and nothing outside ASCII unless percent-encoded"
)


def serve(settings: PlatformSettings, clock: Clock, *, on_ready: Callable[[str], None] = lambda url: None) -> None:
    """Serve until SIGTERM or SIGINT. ``on_ready`` is told the URL once connections are accepted.

    Raises:
        OSError: the address cannot be bound, or the certificate cannot be read.
        DatabaseError: the database cannot be opened, or its schema is a newer one.
    """
    # The writer thread asks for the interpreter after every statement; with the usual 5 ms it would mostly wait.
    sys.setswitchinterval(_THREAD_SWITCH_S)
    log = make_log(clock, level=settings.log_level, format=settings.log_format)
    check_certificate(settings)
    with contextlib.ExitStack() as closing:
        listener = closing.enter_context(listen(settings.host, settings.port))
        database = open_database(settings.database)
        closing.callback(database.close)
        server = Server(create_app(settings, database, clock, log=log), listener, log, on_ready)
        closing.enter_context(_standard_logging(log))
        server.run(sockets=[listener])
        log.info("stopped")


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Bound before anything else is done: a port in use is known at once.

    Raises:
        OSError: the address cannot be bound; the message names it.
    """
    with contextlib.ExitStack() as closing:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            # A name such as localhost may mean both; those who type it mean the older one.
            family, _, _, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
            listener = closing.enter_context(socket.socket(family, socket.SOCK_STREAM))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
        except OSError as error:
            raise OSError(error.errno, f"cannot listen there: {error.strerror}", f"{host}:{port}") from None
        closing.pop_all()
        return listener


def check_certificate(settings: PlatformSettings) -> None:
    """Read certificate and key, so that what is wrong with them is said by name.

    Raises:
        OSError: one of them cannot be read, or they do not belong together.
    """
    if settings.tls_cert is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_cert, settings.tls_key)
    except OSError as error:
        message = f"cannot be used with the key {settings.tls_key}: {error.strerror or error}"
        raise OSError(error.errno or 0, message, settings.tls_cert) from None


class Server(uvicorn.Server):
    """uvicorn's server, less its habit of raising the signal again, which would end the process with work undone."""

    def __init__(
        self, app: Platform, listener: socket.socket, log: Log, on_ready: Callable[[str], None] = lambda url: None
    ) -> None:
        super().__init__(_config(app))
        self._log = log
        self._on_ready = on_ready
        self._workers = app.workers
        self._working: asyncio.Task[None] | None = None
        host, port = listener.getsockname()[:2]
        self.url = f"{'https' if app.settings.tls_cert else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections and begin to work, then say so."""
        await super().startup(sockets)
        self._working = asyncio.create_task(self._workers.run())
        self._log.info("listening", url=self.url)
        self._on_ready(self.url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish the requests in flight; what the workers had begun is begun again by whoever comes next."""
        await super().shutdown(sockets)
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop gracefully on the first signal; on a second SIGINT, at once."""
        try:
            before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        except ValueError:
            # Not the main thread: whoever runs us there stops us by `should_exit`.
            yield
            return
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def _config(app: Platform) -> uvicorn.Config:
    settings = app.settings
    return uvicorn.Config(
        app,
        http=bounded_protocol(app),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=settings.proxy_headers,
        forwarded_allow_ips=settings.trusted_proxies,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        timeout_keep_alive=settings.keep_alive_s,
        timeout_graceful_shutdown=settings.stop_timeout_s,
    )


def bounded_protocol(app: Platform) -> type[HttpToolsProtocol]:
    """uvicorn's HTTP protocol with what it leaves open: bounds on the head's bytes, on its time, on connections.

    What is no request is refused here, in the same form as everything else.
    """
    settings = app.settings

    class BoundedProtocol(HttpToolsProtocol):
        """One connection. A head is open from its first byte to its empty line."""

        _head_bytes = 0
        _head_timer: TimerHandle | None = None
        _is_turned_away = False

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            super().connection_made(transport)
            self._await_head()
            if len(self.connections) > settings.connections_max:
                self._turn_away(503, "SERVICE_UNAVAILABLE", "Too many connections are open; try again later")

        def data_received(self, data: bytes) -> None:
            if self._is_turned_away:
                return
            if self._head_timer is not None:
                self._head_bytes += len(data)
            super().data_received(data)
            if self._head_timer is not None and self._head_bytes > settings.head_bytes_max:
                self._turn_away(414, "URI_TOO_LONG", f"The request head is longer than {settings.head_bytes_max} bytes")

        def on_message_begin(self) -> None:
            super().on_message_begin()
            if self._head_timer is None:
                self._await_head()

        def on_headers_complete(self) -> None:
            self._head_arrived()
            if b"#" in self.url:
                # The parser would cut it off unseen, and a key with it.
                raise ValueError("a request target holds no fragment")
            super().on_headers_complete()

        def eof_received(self) -> None:
            super().eof_received()
            if self._is_turned_away:
                self.transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            self._head_arrived()
            super().connection_lost(exc)

        def send_400_response(self, msg: str) -> None:
            self._turn_away(400, "ILLEGAL_ARGUMENT", _NO_REQUEST)

        def _await_head(self) -> None:
            self._head_bytes = 0
            self._head_timer = self.loop.call_later(settings.head_timeout_s, self._head_too_slow)

        def _head_arrived(self) -> None:
            if self._head_timer is not None:
                self._head_timer.cancel()
                self._head_timer = None

        def _head_too_slow(self) -> None:
            if self._head_bytes == 0:
                # Nobody asked anything yet: an answer would be taken for that of the request to come.
                self.transport.close()
            self._turn_away(408, "REQUEST_TIMEOUT", f"No request arrived within {settings.head_timeout_s:g} seconds")

        def _turn_away(self, status: int, code: str, message: str) -> None:
            """Answer what is no request, and close, but not on somebody who still sends: he would never read it."""
            self._head_arrived()
            if self._is_turned_away or self.transport.is_closing():
                return
            self._is_turned_away = True
            self.transport.write(_bare_response(app, Refusal(status, code, message)))
            if self.transport.can_write_eof():
                self.transport.write_eof()
                self.loop.call_later(_LINGER_S, self.transport.close)
            else:
                self.transport.close()

    return BoundedProtocol


def _bare_response(app: Platform, refusal: Refusal) -> bytes:
    """A whole response as bytes: there is no request cycle that could send it."""
    response = encode_refusal(refusal, Protocol.V1)
    lines = [f"{name}: {value}".encode("latin-1") for name, value in response.headers]
    lines += [name + b": " + value for name, value in app.common_headers(app.new_request_id())]
    lines += [b"content-length: %d" % len(response.body), b"connection: close"]
    status_line = b"HTTP/1.1 %d %b" % (refusal.status, HTTPStatus(refusal.status).phrase.encode())
    return b"\r\n".join((status_line, *lines, b"", response.body))


@contextlib.contextmanager
def _standard_logging(log: Log) -> Iterator[None]:
    """Lead what uvicorn and asyncio log into ours."""
    handler: Any = StandardLogging(log)
    names = ("uvicorn.error", "asyncio")
    for name in names:
        logging.getLogger(name).addHandler(handler)
    try:
        yield
    finally:
        for name in names:
            logging.getLogger(name).removeHandler(handler)
