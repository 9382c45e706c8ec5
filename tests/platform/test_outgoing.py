"""Calls to addresses of strangers: looked up once, judged, connected to what was judged; bounded in time and size."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator

import pytest
import trustme

from hirewire.plan.addresses import Address, AllowedHosts
from hirewire.platform.outgoing import ANSWER_BYTES_MAX, Outgoing, Told, resolve_host
from hirewire.runtime.clock import RealClock
from tests.platform.receiver import Receiver

LOOPBACK = AllowedHosts.read(["127.0.0.1"])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


class Names:
    """A resolver whose answers are given, one for each look-up, the last one again and again."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[Address]:
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [ipaddress.ip_address(each) for each in answer]


def call(url: str, names: Names | None = None, allowed: AllowedHosts = LOOPBACK, **options: object) -> Told:
    outgoing = Outgoing(
        allowed,
        RealClock(),
        resolve=names or resolve_host,
        tls=options.get("tls"),  # type: ignore[arg-type]  # a context, if any
    )
    deadline_s = float(options.get("deadline_s", 15))  # type: ignore[arg-type]  # a number, if any
    return asyncio.run(outgoing.call("POST", url, {"Content-Length": "2"}, b"{}", deadline_s, read=True))


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.2"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["192.168.1.1"],
        ["::1"],
        ["fe80::1"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],
        ["2002:a00:1::"],
        ["0.0.0.0"],
        ["93.184.216.34", "10.0.0.1"],
        ["10.0.0.1", "93.184.216.34"],
        ["127.0.0.1", "127.0.0.2"],
    ],
)
def test_a_host_that_leads_to_a_neighbour_is_not_called(receiver: Receiver, answer: list[str]):
    names = Names(answer)
    told = call(f"http://hooks.example:{receiver.port}/", names)
    assert told.status is None and "no public address" in str(told.error)
    assert receiver.pushed == [] and names.asked == ["hooks.example"]


def test_a_host_without_addresses_is_not_called():
    assert "no address" in str(call("http://hooks.example/", Names([])).error)


def test_a_name_is_looked_up_once_and_the_judged_address_called(receiver: Receiver):
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    told = call(f"http://hooks.example:{receiver.port}/x?y=%2F", names)
    assert told.status == 200 and names.asked == ["hooks.example"]
    (pushed,) = receiver.pushed
    assert pushed.target == "/x?y=%2F"
    assert pushed.headers["host"] == f"hooks.example:{receiver.port}"


def test_the_next_address_is_tried_when_one_does_not_answer(receiver: Receiver):
    allowed = AllowedHosts.read(["hooks.example"])
    assert call(f"http://hooks.example:{receiver.port}/", Names(["::1", "127.0.0.1"]), allowed).status == 200


def test_answers_that_change_do_not_get_behind_the_check(receiver: Receiver):
    """A name that is public when asked first and ours when asked again: there is no second time within one call."""
    names = Names(["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1"])
    outgoing = Outgoing(LOOPBACK, RealClock(), resolve=names)
    url = f"http://hooks.example:{receiver.port}/"

    async def three_calls() -> list[int | None]:
        return [(await outgoing.call("POST", url, {}, b"", 15, read=False)).status for _ in range(3)]

    assert asyncio.run(three_calls()) == [200, None, 200]
    assert len(names.asked) == 3


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "localhost", "127.1"])
def test_other_writings_of_loopback_are_loopback(receiver: Receiver, host: str):
    told = call(f"http://{host}:{receiver.port}/", allowed=AllowedHosts())
    assert told.status is None and receiver.pushed == []


def test_no_proxy_is_taken_from_the_environment(receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert call(f"http://127.0.0.1:{receiver.port}/").status == 200


def test_tls_is_for_the_host_that_was_named():
    authority = trustme.CA()
    certificate = authority.issue_cert("hooks.example")
    theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    certificate.configure_cert(theirs)
    authority.configure_trust(ours)
    named: list[str | None] = []
    theirs.sni_callback = lambda _, name, __: named.append(name)
    with tls_server(theirs) as port:
        assert call(f"https://hooks.example:{port}/", Names(["127.0.0.1"]), tls=ours).status == 200
        assert call(f"https://other.example:{port}/", Names(["127.0.0.1"]), tls=ours).status is None
    assert named == ["hooks.example", "other.example"]


def test_a_certificate_nobody_vouches_for_is_refused():
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(theirs)
    with tls_server(theirs) as port:
        told = call(f"https://127.0.0.1:{port}/")
    assert told.status is None and "certificate" in str(told.error).lower()


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", b"garbage\r\n\r\n", b"\x00\xff"]
)
def test_half_an_answer_is_no_answer(answer: bytes):
    with server(lambda connection: connection.sendall(answer)) as port:
        told = call(f"http://127.0.0.1:{port}/")
    assert told.status is None and told.error


def test_an_endless_answer_is_cut_off():
    def pour(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    with server(pour) as port:
        told = call(f"http://127.0.0.1:{port}/")
    assert told.status == 200 and len(told.body) == ANSWER_BYTES_MAX


def test_one_deadline_holds_however_slowly_somebody_talks():
    released = threading.Event()

    def dawdle(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        released.wait(30)

    with server(dawdle) as port:
        told = call(f"http://127.0.0.1:{port}/", deadline_s=0.2)
        released.set()
    assert told.status is None and told.error == "no complete answer within 0.2 s"


class server:
    """A socket on loopback that reads a little of each connection, lets ``answer`` do its worst, and closes."""

    def __init__(self, answer: object, wrap: ssl.SSLContext | None = None) -> None:
        self._answer, self._wrap = answer, wrap
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> int:
        self._thread.start()
        port: int = self._listener.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # closing alone would leave accept() waiting
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            try:
                with self._wrap.wrap_socket(plain, server_side=True) if self._wrap else plain as connection:
                    connection.recv(65_536)
                    self._answer(connection)  # type: ignore[operator]  # whatever the test does
            except OSError:
                plain.close()  # the other side had enough


def tls_server(context: ssl.SSLContext) -> server:
    return server(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), context)
