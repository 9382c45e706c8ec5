"""The escape hatch: what is written is what was said, and any status is an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hirewire.client.errors import ConfigurationError, InvalidRequest, OutcomeUnknown, ProtocolError, Unreachable
from hirewire.wire.protocol import Protocol
from hirewire.wire.query import write_query

NASTY_KEYS = {Protocol.V1: "a=1%262&b=%C3%A9+x", Protocol.V2: "(a:1%262,b:%C3%A9%20x%2528)"}


@pytest.mark.parametrize("protocol", Protocol)
def test_path_and_parameters_leave_as_written(
    protocol: Protocol, drive_of: Callable, peer_of: Callable, answer: Callable
):
    peer = peer_of(lambda seen: answer(200, {"a": 1}))
    drive = drive_of(peer.url, protocol=protocol)
    params = {"q": "find", "urn": "urn:li:x:(1,2)", "list": ["a b", "c&d=e", "'%"]}
    found = drive(lambda client: client.request("GET", f"/v2/x/{NASTY_KEYS[protocol]}", params=params))
    assert found.json() == {"a": 1} and found.request_id == "req-1"
    assert peer.seen[0].target == f"/v2/x/{NASTY_KEYS[protocol]}?{write_query(params, protocol)}"


def test_headers_of_a_request_by_hand(drive_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    drive = drive_of(peer.url)
    body: dict[str, Any] = {"entities": {}}
    drive(
        lambda client: client.request(
            "PUT", "/rest/x?ids=List()", method="batch_update", body=body, headers={"X-A": "b"}
        )
    )
    (seen,) = peer.seen
    names = ("authorization", "x-restli-method", "linkedin-version", "x-restli-protocol-version", "content-type", "x-a")
    assert [seen.header(name) for name in names] == [
        "Bearer token-1",
        "batch_update",
        "202603",
        "2.0.0",
        "application/json",
        "b",
    ]
    assert (seen.target, seen.body) == ("/rest/x?ids=List()", b'{"entities":{}}')


@pytest.mark.parametrize(
    ("path", "params", "target"),
    [
        ("/x", None, "/x"),
        ("/x", "", "/x"),
        ("/x", {}, "/x"),
        ("/x", "ids=1&ids=2", "/x?ids=1&ids=2"),
        ("/x?a=1", {"b": "2"}, "/x?a=1&b=2"),
    ],
)
def test_a_query_may_be_finished_already(path, params, target, drive_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    drive_of(peer.url)(lambda client: client.request("GET", path, params=params))
    assert peer.seen[0].target == target


def test_a_base_path_stands_in_front(drive_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    drive_of(peer.url + "/gateway/")(lambda client: client.request("GET", "/rest/x"))
    assert peer.seen[0].target == "/gateway/rest/x" and peer.token_requests[0].target == "/gateway/oauth/v2/accessToken"


def test_a_long_query_is_tunnelled(drive_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    drive_of(peer.url)(lambda client: client.request("GET", "/x", params={"a": "b" * 5_000}))
    (seen,) = peer.seen
    assert (seen.verb, seen.target, seen.header("x-http-method-override")) == ("POST", "/x", "GET")
    assert seen.body == b"a=" + b"b" * 5_000


def test_a_post_without_a_body_states_its_length(drive_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    drive_of(peer.url)(lambda client: client.request("POST", "/x"))
    assert peer.seen[0].header("content-length") == "0"


def test_a_body_of_bytes_is_sent_as_it_is(drive_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    drive_of(peer.url)(lambda client: client.request("POST", "/x", body=b"\x00", headers={"content-type": "image/png"}))
    assert (peer.seen[0].body, peer.seen[0].header("content-type")) == (b"\x00", "image/png")


@pytest.mark.parametrize("status", [204, 301, 400, 429, 500])
def test_any_status_is_an_answer_and_asked_for_once(
    status: int, drive_of: Callable, peer_of: Callable, answer: Callable
):
    peer = peer_of(lambda seen: answer(status, {"message": "m"} if status > 204 else None))
    assert drive_of(peer.url)(lambda client: client.request("GET", "/x")).status == status
    assert len(peer.seen) == 1


def test_a_status_can_be_raised(drive_of: Callable, peer_of: Callable, answer: Callable):
    statuses = iter((200, 404, 302))
    peer = peer_of(lambda seen: answer(next(statuses), {"code": "NOT_FOUND", "message": "m"}))
    drive = drive_of(peer.url)
    found, missing, moved = (drive(lambda client: client.request("GET", "/x")) for _ in range(3))
    assert found.raise_for_status() is found
    with pytest.raises(InvalidRequest, match="404 NOT_FOUND: m"):
        missing.raise_for_status()
    with pytest.raises(ProtocolError, match="302"):
        moved.raise_for_status()


def test_a_body_that_is_no_json(drive_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200, b"<html>"))
    found = drive_of(peer.url)(lambda client: client.request("GET", "/x"))
    with pytest.raises(ProtocolError) as caught:
        found.json()
    assert caught.value.response is found and caught.value.request_id == "req-1"


def test_no_answer_is_an_error(drive_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: None)
    with pytest.raises(OutcomeUnknown) as caught:
        drive_of(peer.url)(lambda client: client.request("DELETE", "/x"))
    assert caught.value.may_have_applied and len(peer.seen) == 1
    with pytest.raises(Unreachable):
        drive_of("http://127.0.0.1:1", retries=0)(lambda client: client.request("GET", "/x"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"verb": "get"},
        {"verb": "GET /x"},
        {"path": "rest/x"},
        {"path": "/a b"},
        {"path": "/na\xefve"},
        {"path": "/a#b"},
        {"path": "/a\r\nX: y"},
        {"params": {"a": object()}},
        {"body": {"a": object()}},
        {"headers": {"X": "a\r\nY: b"}},
        {"headers": {"X Y": "a"}},
        {"headers": {"Host": "evil"}},
        {"headers": {"Authorization": "x"}},
        {"params": "a={" + "b" * 5_000},
    ],
)
def test_what_cannot_be_written_is_named_and_not_sent(
    wrong: dict[str, Any], drive_of: Callable, peer_of: Callable, answer: Callable
):
    peer = peer_of(lambda seen: answer(200))
    asked = {"verb": "GET", "path": "/x", **wrong}
    with pytest.raises(ConfigurationError):
        drive_of(peer.url)(lambda client: client.request(asked.pop("verb"), asked.pop("path"), **asked))
    assert not peer.seen
