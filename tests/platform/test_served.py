"""The platform on real sockets, in a process of its own: the printed samples, hostile bytes, ends of every kind."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.platform.exchanges import Exchange, curl_command, exchanges, with_token
from tests.platform.sandbox import NOTE, rest_ids, rest_key
from tests.platform.served import Served, read_all

NOTES = exchanges("application_notes")
BY_NAME = {exchange.name: exchange for exchange in NOTES}
Serve = Callable[..., Served]


def replay(served: Served, token: str, exchange: Exchange) -> None:
    request = exchange.request
    headers = with_token(request.headers, token)
    assert served.ask(request.verb, request.target, request.body, headers) == (exchange.status, exchange.answer)


@pytest.mark.parametrize("exchange", NOTES, ids=lambda exchange: exchange.name)
def test_a_documented_exchange_over_a_socket(served: Served, exchange: Exchange):
    token = served.token()
    if exchange.given:
        replay(served, token, BY_NAME[exchange.given])
    replay(served, token, exchange)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
@pytest.mark.parametrize("exchange", [each for each in NOTES if each.curl], ids=lambda exchange: exchange.name)
def test_the_printed_command_sent_with_curl(served: Served, exchange: Exchange):
    token = served.token()
    if exchange.given:
        replay(served, token, BY_NAME[exchange.given])
    done = subprocess.run(curl_command(exchange, served.url, token), capture_output=True, timeout=30, check=True)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert json.loads(body) == exchange.answer


# -- bytes that are no request


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def check_refusal(answer: bytes, status: int) -> None:
    """An error object like any other, with the headers every answer has."""
    assert status_of(answer) == status, answer
    head, _, body = answer.partition(b"\r\n\r\n")
    assert json.loads(body)["status"] == status
    lines = {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
    assert {b"x-li-uuid", b"x-li-request-id", b"x-li-fabric", b"date", b"x-linkedin-error-response"} <= lines


HEAD = b"PUT /rest/applicationNotes HTTP/1.1\r\nHost: x\r\n"
CLOSE = b"Connection: close\r\n"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", 400),
        (b"GET /rest/x?a=b#c HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /v2/" + b"y" * 70_000, 414),
        (HEAD + b"X-Filler: " + b"y" * 70_000, 414),
        (HEAD + b"".join(b"X-%d: y\r\n" % number for number in range(9_000)), 414),
        (b"GET /rest/nothing?\xff\xfe HTTP/1.1\r\nHost: x\r\n" + CLOSE + b"\r\n", 400),
    ],
)
def test_bytes_that_are_no_request_are_refused_in_the_same_form(served: Served, data: bytes, status: int):
    check_refusal(served.send_bytes(data), status)


def test_a_body_declared_too_long_is_refused_before_it_is_sent(served: Served):
    head = HEAD + f"Authorization: Bearer {served.token()}\r\nLinkedIn-Version: 202603\r\n".encode()
    with served.open_socket() as connection:
        connection.sendall(head + b"Content-Length: 10000001\r\nExpect: 100-continue\r\n\r\n")
        check_refusal(read_all(connection), 413)


def test_an_endless_chunked_body_is_cut_off(served: Served):
    head = HEAD + f"Authorization: Bearer {served.token()}\r\nLinkedIn-Version: 202603\r\n".encode()
    with served.open_socket() as connection:
        connection.sendall(head + b"Transfer-Encoding: chunked\r\n" + CLOSE + b"\r\n")
        chunk = b"%x\r\n%b\r\n" % (1_000_000, b"y" * 1_000_000)
        try:
            for _ in range(40):
                connection.sendall(chunk)
        except OSError:
            pass  # cut off while we were still sending
        answer = read_all(connection)
    assert answer == b"" or status_of(answer) == 413


def test_half_a_request_harms_nobody(served: Served):
    token = served.token()
    requests = [HEAD, HEAD + b"Content-Length: 100\r\nAuthorization: Bearer " + token.encode() + b"\r\n\r\nhalf", b"P"]
    for data in requests:
        with served.open_socket() as connection:
            connection.sendall(data)
    assert served.ask("GET", "/healthz") == (200, {"status": "ok"})


def test_pipelined_requests_are_answered_in_order(served: Served):
    data = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /nix HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = served.send_bytes(data)
    assert [piece[:3] for piece in answer.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404"]


def test_a_websocket_upgrade_is_only_a_request(served: Served):
    data = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
    assert status_of(served.send_bytes(data)) == 200


def test_slow_heads_and_bodies_are_turned_away(serve: Serve, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HIREWIRE_PLATFORM__HEAD_TIMEOUT_S", "0.2")
    monkeypatch.setenv("HIREWIRE_PLATFORM__BODY_TIMEOUT_S", "0.2")
    served = serve()
    served.provision()
    token = served.token()
    with served.open_socket() as connection:
        connection.sendall(HEAD)
        check_refusal(read_all(connection), 408)
    with served.open_socket() as connection:
        assert read_all(connection) == b""  # said nothing, is told nothing
    with served.open_socket() as connection:
        head = HEAD + f"Authorization: Bearer {token}\r\nLinkedIn-Version: 202603\r\n".encode()
        connection.sendall(head + b"Content-Length: 10\r\n\r\nhalf")
        check_refusal(read_all(connection), 408)


def test_connections_are_bounded(serve: Serve, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HIREWIRE_PLATFORM__CONNECTIONS_MAX", "2")
    served = serve()
    first, second = served.connect(), served.connect()
    for connection in (first, second):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
    check_refusal(served.send_bytes(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"), 503)
    for connection in (first, second):
        connection.close()


# -- ends


def batch(number: int) -> tuple[str, bytes]:
    keys = [rest_key(f"app{number}", str(each)) for each in range(10)]
    return f"/rest/applicationNotes?{rest_ids(keys)}", json.dumps({"entities": dict.fromkeys(keys, NOTE)}).encode()


def write_until_it_fails(
    served: Served, token: str, worker: int, acknowledged: list[str], ready: threading.Event
) -> None:
    """Send batches one after another; note which were answered 200."""
    headers = {"Authorization": f"Bearer {token}", "LinkedIn-Version": "202603"}
    connection = served.connect()
    try:
        for number in range(worker, 100_000, 4):
            target, body = batch(number)
            connection.request("PUT", target, body, headers)
            response = connection.getresponse()
            if response.status != 200 or not json.loads(response.read())["results"]:
                return
            acknowledged.append(f"app{number}")
            if len(acknowledged) >= 40:
                ready.set()
    except (OSError, ValueError, http.client.HTTPException):
        return
    finally:
        ready.set()
        connection.close()


def stored_applications(served: Served) -> dict[str, int]:
    found: dict[str, int] = {}
    start = 0
    while page := served.control("GET", f"/control/notes?organization=12345&limit=1000&start={start}")["notes"]:
        start += len(page)
        for note in page:
            found[note["application_id"]] = found.get(note["application_id"], 0) + 1
    return found


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_what_was_acknowledged_survives_the_end(serve: Serve, database_url: str, end: signal.Signals):
    served = serve(database_url=database_url)
    served.provision()
    token, ready = served.token(), threading.Event()
    acknowledged: list[str] = []
    workers = [
        threading.Thread(target=write_until_it_fails, args=(served, token, number, acknowledged, ready))
        for number in range(4)
    ]
    for worker in workers:
        worker.start()
    assert ready.wait(30)
    served.process.send_signal(end)
    code = served.end()
    for worker in workers:
        worker.join()
    assert code == (0 if end is signal.SIGTERM else -signal.SIGKILL), served.log()
    stored = stored_applications(serve(database_url=database_url))
    assert len(acknowledged) >= 40
    assert {name for name in acknowledged if stored.get(name) != 10} == set()
    assert set(stored.values()) == {10}, "a batch is stored whole or not at all"


def test_a_request_in_flight_is_finished_after_sigterm(serve: Serve):
    served = serve()
    served.provision()
    target, body = batch(1)
    head = (
        f"PUT {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {served.token()}\r\nLinkedIn-Version: 202603\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    )
    with served.open_socket() as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue")  # the platform waits for the body
        served.process.send_signal(signal.SIGTERM)
        refuses_new_connections(served)
        connection.sendall(body)
        answer = read_all(connection)
    assert status_of(answer) == 200 and b"connection: close" in answer.lower()
    assert served.end() == 0
    assert stored_applications(serve()) == {"app1": 10}
    assert '"event": "stopped"' in served.log()


def refuses_new_connections(served: Served) -> None:
    """Wait until the platform has begun to stop: connecting fails."""
    while True:
        try:
            served.open_socket().close()
        except OSError:
            return


def test_it_serves_on_when_nobody_reads_its_output(serve: Serve, sqlite_url: str):
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "hirewire", "platform", "serve", "--database", sqlite_url, "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        stderr=writer,
    )
    os.close(writer)
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["url"]
    process.stdout.close()
    os.close(reader)
    address = ("127.0.0.1", int(url.rpartition(":")[2]))
    for _ in range(3):
        with socket.create_connection(address, timeout=30) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert status_of(read_all(connection)) == 200
    process.terminate()
    assert process.wait(30) == 0


def test_a_port_in_use_is_said_at_once(serve: Serve, served: Served, sqlite_url: str):
    port = str(served.address[1])
    command = [sys.executable, "-m", "hirewire", "platform", "serve", "--database", sqlite_url, "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 7
    assert f"127.0.0.1:{port}" in done.stderr and "Traceback" not in done.stderr


def test_a_certificate_that_cannot_be_used_is_named(sqlite_url: str, tmp_path: Path):
    (tmp_path / "cert.pem").write_text("no certificate")
    for key in ("missing.pem", "cert.pem"):
        flags = ["--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / key)]
        command = [
            sys.executable,
            "-m",
            "hirewire",
            "platform",
            "serve",
            "--database",
            sqlite_url,
            "--port",
            "0",
            *flags,
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 7
        assert "cert.pem" in done.stderr and key in done.stderr and "Traceback" not in done.stderr


def test_an_ordinary_platform_has_no_manual_clock(served: Served):
    assert served.control("GET", "/control/clock")["manual"] is False
    assert served.control("POST", "/control/clock/advance", '{"seconds": 1}')["code"] == "CLOCK_IS_REAL"


def test_a_manual_clock_rules_tokens_and_the_date(serve: Serve):
    served = serve("--manual-clock", "2026-03-15T12:00:00Z")
    served.provision()
    headers = {"Authorization": f"Bearer {served.token()}", "LinkedIn-Version": "202603"}
    target, body = batch(1)
    assert served.ask("PUT", target, body, headers)[0] == 200
    assert served.control("POST", "/control/clock/advance", '{"seconds": 1800}')["iso"] == "2026-03-15T12:30:00.000Z"
    assert served.ask("PUT", target, body, headers)[1]["code"] == "EXPIRED_ACCESS_TOKEN"
    connection = served.connect()
    connection.request("GET", "/healthz")
    assert connection.getresponse().headers["date"] == "Sun, 15 Mar 2026 12:30:00 GMT"
    connection.close()


def test_tls_is_served(serve: Serve, tmp_path: Path):
    import ssl

    import trustme

    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    served = serve("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))
    assert served.url.startswith("https://")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with context.wrap_socket(served.open_socket(), server_hostname="127.0.0.1") as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert status_of(read_all(connection)) == 200
