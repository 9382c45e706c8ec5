"""Real sockets: what leaves byte for byte, what is never done, what each way of failing means, and the one deadline."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme

from hirewire.client import transports
from hirewire.client.effects import NoAnswer, Received
from hirewire.client.errors import ConfigurationError
from hirewire.client.transports import AsyncHttpTransport, HttpTransport, Network
from hirewire.wire.http import Headers, HttpRequest, HttpResponse

GET = HttpRequest("GET", "/x", Headers([("Host", "h")]))
# Everything a client library was seen to change: escapes of bare characters, bare characters, brackets, letter case.
NASTY = (
    "/rest/a%2Fb%3A%28x%2cy%29/(k:a%20b,l:'')/;,+@!$&*=~-._%7e%7E//..%2F./"
    "?ids%5B0%5D.a=urn:li:x:1&ids[1].b=%3A%28%29%2C%27%25&x=List((a:1,b:''),%2B)&q=a+b%20c&=null&&y&t={|}^`\"<>\\"
)


class Both:
    """One transport of a kind, used the same way."""

    def __init__(self, kind: str, network: Network, **given: Any) -> None:
        self.runner = asyncio.Runner() if kind == "asyncio" else None
        self.transport: Any = (AsyncHttpTransport if self.runner else HttpTransport)(network, **given)

    def send(self, origin: str, request: HttpRequest, timeout_s: float = 10.0) -> Received:
        return self._done(lambda: self.transport.send(origin, request, timeout_s))

    def close(self) -> None:
        self._done(lambda: self.transport.close())
        if self.runner:
            self.runner.close()

    def _done(self, act: Callable[[], Any]) -> Any:
        if self.runner is None:
            return act()

        async def awaited() -> Any:
            return await act()

        return self.runner.run(awaited())


@pytest.fixture(params=["blocking", "asyncio"])
def transport_of(request: pytest.FixtureRequest) -> Iterator[Callable[..., Both]]:
    made: list[Both] = []

    def make(network: Network | None = None, **given: Any) -> Both:
        made.append(Both(request.param, network or Network(), **given))
        return made[-1]

    yield make
    for both in made:
        both.close()


def test_the_target_leaves_byte_for_byte(transport_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    transport_of().send(peer.url, HttpRequest("GET", NASTY, GET.headers))
    assert peer.seen[0].head.split(b"\r\n")[0] == f"GET {NASTY} HTTP/1.1".encode()


def test_headers_and_body_leave_as_given(transport_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    body = bytes(range(256)) * 2_000
    lines = [("Host", "h"), ("X-RestLi-Method", "batch_update"), ("Content-Length", str(len(body)))]
    transport_of().send(peer.url, HttpRequest("POST", "/x", Headers(lines), body))
    assert peer.seen[0].body == body
    assert peer.seen[0].head.split(b"\r\n")[1:] == [f"{name}: {value}".encode() for name, value in lines]


def test_a_body_without_a_stated_length_is_counted(transport_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    transport_of().send(peer.url, HttpRequest("POST", "/x", GET.headers, b"12345"))
    assert (peer.seen[0].header("content-length"), peer.seen[0].body) == ("5", b"12345")


def test_the_answer_comes_back_whole(transport_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(207, b"\x00body", "X-Name: na\xefve", "Two: 1", "Two: 2"))
    received = transport_of().send(peer.url, GET)
    assert (received.status, received.body, received.headers.get("x-name")) == (207, b"\x00body", "na\xefve")
    assert [value for name, value in received.headers if name == "Two"] == ["1", "2"]


def test_a_chunked_answer_is_put_together(transport_of: Callable, peer_of: Callable):
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert transport_of().send(peer_of(lambda seen: raw).url, GET).body == b"abcde"


def test_a_connection_is_kept_for_the_next_request(transport_of: Callable, peer_of: Callable, answer: Callable):
    peer, transport = peer_of(lambda seen: answer(200)), transport_of()
    for _ in range(3):
        transport.send(peer.url, GET)
    assert (len(peer.seen), peer.connections) == (3, 1)


def test_a_redirect_is_an_answer(transport_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(307, None, "Location: /elsewhere"))
    assert transport_of().send(peer.url, GET).status == 307
    assert len(peer.seen) == 1


def test_cookies_and_encodings_are_left_alone(transport_of: Callable, peer_of: Callable, answer: Callable):
    packed = gzip.compress(b"{}")
    peer, transport = (
        peer_of(lambda seen: answer(200, packed, "Set-Cookie: a=b", "Content-Encoding: gzip")),
        transport_of(),
    )
    assert transport.send(peer.url, GET).body == packed
    transport.send(peer.url, GET)
    assert peer.seen[1].head == b"GET /x HTTP/1.1\r\nHost: h"


def test_the_environment_is_not_asked_for_a_proxy(
    transport_of: Callable, peer_of: Callable, answer: Callable, monkeypatch: pytest.MonkeyPatch
):
    peer, proxy = peer_of(lambda seen: answer(200)), peer_of(lambda seen: answer(502))
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.delenv("no_proxy", raising=False)
    assert transport_of().send(peer.url, GET).status == 200
    assert transport_of(Network(trust_env=True)).send(peer.url, GET).status == 502
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert transport_of(Network(trust_env=True)).send(peer.url, GET).status == 200
    monkeypatch.delenv("http_proxy")
    monkeypatch.delenv("no_proxy")
    assert transport_of(Network(trust_env=True)).send(peer.url, GET).status == 200


def test_a_named_proxy_gets_the_whole_url_unchanged(transport_of: Callable, peer_of: Callable, answer: Callable):
    proxy = peer_of(lambda seen: answer(200))
    network = Network(proxy=proxy.url.replace("//", "//user:pass@"))
    transport_of(network).send("http://api.test:81", HttpRequest("GET", NASTY, GET.headers))
    assert proxy.seen[0].target == "http://api.test:81" + NASTY
    assert proxy.seen[0].header("proxy-authorization") == "Basic dXNlcjpwYXNz"


@pytest.mark.parametrize("proxy", ["proxy:3128", "socks5://hidden@proxy:1", "http://", "http://[::1", "http://x:99999"])
def test_a_proxy_that_is_none_is_named_and_not_shown(proxy: str, transport_of: Callable):
    with pytest.raises(ConfigurationError, match="proxy: expected the URL") as caught:
        transport_of(Network(proxy=proxy)).send("http://api.test", GET)
    assert "hidden" not in str(caught.value)


# ---------------------------------------------------------------- failures


def test_nobody_listens(transport_of: Callable):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    received = transport_of().send(f"http://127.0.0.1:{port}", GET)
    assert isinstance(received, NoAnswer) and not received.was_sent and received.reason


def test_a_host_that_does_not_exist(transport_of: Callable):
    received = transport_of().send("http://host.invalid", GET)
    assert isinstance(received, NoAnswer) and not received.was_sent


def test_a_peer_that_hangs_up_is_asked_once(transport_of: Callable, peer_of: Callable):
    peer = peer_of(lambda seen: None)
    received = transport_of().send(peer.url, GET)
    assert isinstance(received, NoAnswer) and received.was_sent
    assert len(peer.seen) == 1


def test_a_kept_connection_that_dies_is_not_asked_again(transport_of: Callable, peer_of: Callable, answer: Callable):
    answers = iter((answer(200), None))
    peer, transport = peer_of(lambda seen: next(answers)), transport_of()
    assert transport.send(peer.url, GET).status == 200
    assert transport.send(peer.url, GET).was_sent
    assert len(peer.seen) == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhalf",
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nconnection: close\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
    ],
    ids=["half", "no http", "bad chunk", "endless head"],
)
def test_half_an_answer_is_none(raw: bytes, transport_of: Callable, peer_of: Callable):
    received = transport_of().send(peer_of(lambda seen: raw).url, GET)
    assert isinstance(received, NoAnswer) and received.was_sent


def test_an_answer_without_end_is_cut_off(
    transport_of: Callable, peer_of: Callable, answer: Callable, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(transports, "ANSWER_BYTES_MAX", 1_000)
    transport, peer = transport_of(), peer_of(lambda seen: answer(200, b"x" * 1_001))
    received = transport.send(peer.url, GET)
    assert isinstance(received, NoAnswer) and received.was_sent and "longer than" in received.reason
    assert isinstance(transport.send(peer.url, GET), NoAnswer)


def test_what_cannot_be_written_is_not_sent(transport_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    received = transport_of().send(peer.url, HttpRequest("GET", "/a b", GET.headers))
    assert isinstance(received, NoAnswer) and not received.was_sent and not peer.seen


# ---------------------------------------------------------------- one deadline


class Clockwork:
    """Time that moves on with each look at it, so that deadlines pass without anybody waiting."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def test_a_peer_that_sends_byte_by_byte_does_not_stretch_the_deadline(transport_of: Callable):
    """A timeout for each read would never end: every read is fast. The steps of the clock are its reads."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def trickle() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                    while True:
                        connection.sendall(b"x")
                except OSError:
                    return

        thread = threading.Thread(target=trickle)
        thread.start()
        received = transport_of(monotonic=Clockwork(1.0)).send(
            f"http://127.0.0.1:{listener.getsockname()[1]}", GET, 60.0
        )
        thread.join()
    assert received == NoAnswer("no complete answer within 60 s", was_sent=True)


def test_a_silent_peer_is_waited_for_in_real_time(transport_of: Callable):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        received = transport_of().send(f"http://127.0.0.1:{listener.getsockname()[1]}", GET, 0.05)
    assert received == NoAnswer("no complete answer within 0.05 s", was_sent=True)


def test_a_peer_that_does_not_read_is_given_up(transport_of: Callable):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        body = b"x" * 50_000_000
        request = HttpRequest("POST", "/x", Headers([("Host", "h")]), body)
        received = transport_of().send(f"http://127.0.0.1:{listener.getsockname()[1]}", request, 0.3)
    assert received == NoAnswer("no complete answer within 0.3 s", was_sent=True)


@pytest.mark.parametrize("step", [30.0, 11.0])
def test_a_deadline_that_passes_before_the_connection_sends_nothing(
    step: float, transport_of: Callable, peer_of: Callable, answer: Callable
):
    peer = peer_of(lambda seen: answer(200))
    received = transport_of(monotonic=Clockwork(step)).send(peer.url, GET, 10.0)
    assert isinstance(received, NoAnswer) and not received.was_sent and not peer.seen


def test_a_write_after_the_deadline_may_have_been_received(transport_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    received = transport_of(monotonic=Clockwork(6.0)).send(peer.url, GET, 10.0)
    assert isinstance(received, NoAnswer) and received.was_sent


# ---------------------------------------------------------------- TLS


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure_url(authority: trustme.CA) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                try:
                    with context.wrap_socket(connection, server_side=True) as secure:
                        secure.recv(65536)
                        secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")
                except OSError:
                    connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://localhost:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_certificate_of_a_trusted_authority(transport_of: Callable, secure_url: str, authority: trustme.CA):
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    received = transport_of(Network(tls=trusting)).send(secure_url, GET)
    assert isinstance(received, HttpResponse) and received.body == b"secret"


def test_a_certificate_nobody_vouches_for(transport_of: Callable, secure_url: str):
    received = transport_of().send(secure_url, GET)
    assert isinstance(received, NoAnswer) and not received.was_sent and "CERTIFICATE_VERIFY_FAILED" in received.reason
