"""``client.lifecycle_actions`` against the platform: one by one, many at once, and what is known when a request fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hirewire.catalog.lifecycle_actions import LifecycleAction, LifecycleActionKey
from hirewire.client import CreateResult, Forbidden, InvalidRequest, OutcomeUnknown, PartialFailure
from tests.client.conftest import Peer, Script, Seen, reply

ORGANIZATION = "urn:li:organization:12345"


def action(number: int, **more: Any) -> LifecycleAction:
    values = {"action": "APPLICATION_VIEWED", "performed_at": 1, "integration_context": ORGANIZATION, **more}
    return LifecycleAction(job_application=f"urn:li:jobApplication:{number}", **values)


def taken(request: Seen) -> bytes:
    """What the platform answers to any create."""
    body = json.loads(request.body)
    if "elements" not in body:
        return reply(201, None, "X-RestLi-Id: 7", "X-LinkedIn-Id: 7")
    ids = [each["jobApplicationId"].rpartition(":")[2] for each in body["elements"]]
    return reply(200, {"elements": [{"status": 201, "id": each, "location": "/x"} for each in ids]})


def test_one_action_is_created_and_its_number_is_known(peer_of: Callable[[Script], Peer], drive_of: Callable[..., Any]):
    peer = peer_of(taken)
    drive = drive_of(peer.url)
    assert drive(lambda client: client.lifecycle_actions.create(action(1))) == LifecycleActionKey("7")
    (request,) = peer.seen
    assert (request.verb, request.target) == ("POST", "/v2/jobApplicationLifecycleActions")
    assert (request.header("x-restli-method") or "").lower() == "create"
    assert json.loads(request.body) == {
        "jobApplicationId": "urn:li:jobApplication:1",
        "action": "APPLICATION_VIEWED",
        "performedAt": 1,
        "integrationContext": ORGANIZATION,
    }


def test_many_actions_go_in_requests_of_a_hundred_in_order(
    peer_of: Callable[[Script], Peer], drive_of: Callable[..., Any]
):
    peer = peer_of(taken)
    result = drive_of(peer.url)(lambda client: client.lifecycle_actions.create_many(map(action, range(250))))
    assert [len(json.loads(request.body)["elements"]) for request in peer.seen] == [100, 100, 50]
    assert result.created == {number: LifecycleActionKey(str(number)) for number in range(250)} and result.ok
    result.raise_for_errors()


def test_bodies_stay_below_their_bound(peer_of: Callable[[Script], Peer], drive_of: Callable[..., Any]):
    peer = peer_of(taken)
    drive = drive_of(peer.url, max_body_bytes=1_000)
    assert drive(lambda client: client.lifecycle_actions.create_many(map(action, range(30)))).ok
    assert len(peer.seen) > 3 and all(len(request.body) <= 1_000 for request in peer.seen)


def test_an_element_that_is_refused_is_known_by_its_position(
    peer_of: Callable[[Script], Peer], drive_of: Callable[..., Any]
):
    error = {"status": 403, "code": "ACCESS_DENIED", "message": "not yours"}
    elements = [{"status": 201, "id": "1"}, {"status": 403, "error": error}, {"status": 201}]
    peer = peer_of(lambda _: reply(200, {"elements": elements}))
    result = drive_of(peer.url)(lambda client: client.lifecycle_actions.create_many(map(action, range(3))))
    assert result.created == {0: LifecycleActionKey("1"), 2: None}
    assert result.failed[1].code == "ACCESS_DENIED" and not result.ok
    with pytest.raises(PartialFailure, match="2 created, 1 refused.*1: not yours") as raised:
        result.raise_for_errors()
    assert raised.value.result is result and "3 entities" in repr(result)


def test_what_may_have_been_created_is_not_sent_again(peer_of: Callable[[Script], Peer], drive_of: Callable[..., Any]):
    answers: Iterator[Callable[[Seen], bytes | None]] = iter([taken, lambda _: None])
    peer = peer_of(lambda request: next(answers)(request))
    drive = drive_of(peer.url)
    with pytest.raises(OutcomeUnknown) as raised:
        drive(lambda client: client.lifecycle_actions.create_many(map(action, range(250))))
    result = raised.value.result
    assert isinstance(result, CreateResult)
    assert sorted(result.created) == list(range(100)) and result.unknown == tuple(range(100, 200))
    assert result.request_ids == ("req-1",) and len(peer.seen) == 2


@pytest.mark.parametrize(("status", "kind"), [(400, InvalidRequest), (403, Forbidden)])
def test_a_refused_request_says_that_nothing_was_created(
    peer_of: Callable[[Script], Peer], drive_of: Callable[..., Any], status: int, kind: type[Exception]
):
    peer = peer_of(lambda _: reply(status, {"status": status, "message": "no"}))
    drive = drive_of(peer.url)
    with pytest.raises(kind) as raised:
        drive(lambda client: client.lifecycle_actions.create_many([action(1)]))
    result: Any = getattr(raised.value, "result", None)
    assert (result.not_applied, result.unknown, result.ok) == ((0,), (), False)
    with pytest.raises(kind):
        drive(lambda client: client.lifecycle_actions.create(action(1)))


def test_an_answer_that_names_no_key_is_a_success_all_the_same(
    peer_of: Callable[[Script], Peer], drive_of: Callable[..., Any]
):
    peer = peer_of(lambda _: reply(201))
    assert drive_of(peer.url)(lambda client: client.lifecycle_actions.create(action(1))) is None


def test_one_element_that_is_too_long_for_the_bound_is_sent_all_the_same(
    peer_of: Callable[[Script], Peer], drive_of: Callable[..., Any]
):
    peer = peer_of(taken)
    drive = drive_of(peer.url, max_body_bytes=10)
    assert drive(lambda client: client.lifecycle_actions.create_many([action(1), action(2)])).ok
    assert len(peer.seen) == 2
