"""Access tokens: how they are asked for, read, shared, renewed; and that secrets show nowhere."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import random
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.client import AsyncClient, Client
from hirewire.client.authorized import access_token
from hirewire.client.effects import NoAnswer
from hirewire.client.errors import ProtocolError, Throttled, Unauthorized, Unavailable, Unreachable
from hirewire.client.tokens import Credentials, Token, TokenCache, read_token
from hirewire.plan.retry import RetryPolicy
from hirewire.runtime.clock import ManualClock
from hirewire.values.time import Millis
from hirewire.wire.errors import Theirs

SECRET = "WPL_AP1.x/y+z=="
NOON = Millis(1_767_787_200_000)


def test_the_secret_stands_in_the_body_form_encoded(drive_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    assert drive_of(peer.url)(lambda client: client.token()) == "token-1"
    (request,) = peer.token_requests
    assert (request.verb, request.target) == ("POST", "/oauth/v2/accessToken")
    assert request.header("content-type") == "application/x-www-form-urlencoded"
    form = {"grant_type": ["client_credentials"], "client_id": ["id-1"], "client_secret": [SECRET]}
    assert parse_qs(request.body.decode(), strict_parsing=True) == form
    assert b"WPL_AP1" not in request.head


@pytest.mark.parametrize(
    ("life", "renewed_after_s"), [(1800, 1770.0), ("1800", 1770.0), (61.5, 31.5), (40, 20.0), (None, 1770.0)]
)
def test_a_token_is_renewed_thirty_seconds_early(life: Any, renewed_after_s: float, stage_of: Callable, http: Callable):
    stage = stage_of()
    body = {"access_token": "A"} | ({} if life is None else {"expires_in": life})
    stage.token_answers += [http(200, body), http(200, {"access_token": "B", "expires_in": 1800})]
    assert stage.play(access_token(stage.session, renew=False)).result == "A"
    stage.clock.advance(renewed_after_s - 0.01)
    assert stage.play(access_token(stage.session, renew=False)).result == "A"
    stage.clock.advance(0.01)
    assert stage.play(access_token(stage.session, renew=False)).result == "B"


def test_a_token_counts_from_when_it_was_asked_for(stage_of: Callable, http: Callable):
    stage = stage_of()

    def slow(request: object) -> object:
        stage.clock.advance(20)
        return http(200, {"access_token": "A", "expires_in": 60})

    stage.token_answers.append(slow)
    stage.play(access_token(stage.session, renew=False))
    stage.clock.advance(10)
    assert stage.session.tokens.current(stage.clock.monotonic()) is None


def test_renewing_takes_another_token(stage_of: Callable, http: Callable):
    stage = stage_of()
    stage.token_answers += [http(200, {"access_token": name, "expires_in": 1800}) for name in "AB"]
    assert [stage.play(access_token(stage.session, renew=True)).result for _ in range(2)] == ["A", "B"]


BAD_TOKENS = [
    b"",
    b"x",
    b"[]",
    b"{}",
    b'{"access_token": null}',
    b'{"access_token": ""}',
    b'{"access_token": " "}',
    b'{"access_token": "a\\nb"}',
    b'{"access_token": "\\u20ac"}',
    b'{"access_token": "a", "expires_in": "soon"}',
    b'{"access_token": "a", "expires_in": 0}',
    b'{"access_token": "a", "expires_in": -1}',
    b'{"access_token": "a", "expires_in": []}',
    b'{"access_token": "a", "expires_in": null}',
    b'{"access_token": "a", "expires_in": 1e300}',
    b'{"access_token": "a", "expires_in": "nan"}',
    b'{"access_token": "a", "expires_in": 1' + b"0" * 400 + b"}",
]


@pytest.mark.parametrize("body", BAD_TOKENS)
def test_an_answer_without_a_usable_token(body: bytes, stage_of: Callable, http: Callable):
    stage = stage_of()
    stage.token_answers.append(lambda request: type(http(200))(200, body=body))
    error = stage.play(access_token(stage.session, renew=False)).error
    assert isinstance(error, ProtocolError) and not error.may_have_applied


JSON_BODIES = st.recursive(st.none() | st.integers() | st.text(max_size=9), st.lists, max_leaves=4)
MEMBERS = st.fixed_dictionaries({"access_token": JSON_BODIES}, optional={"expires_in": JSON_BODIES | st.floats()})


@given(st.binary(max_size=60) | (JSON_BODIES | MEMBERS).map(json.dumps).map(str.encode))
def test_any_body_gives_a_token_or_an_error(body: bytes):
    try:
        assert read_token(body, 0.0).value
    except Theirs as error:
        assert str(error)


TOKEN_ERRORS = {
    (400, "invalid_client_id"): (Unauthorized, 401),
    (401, "invalid_client_id"): (Unauthorized, 401),
    (401, "access_denied"): (Unauthorized, 401),
    (400, "invalid_request"): (Unauthorized, 401),
    (429, None): (Throttled, 429),
    (503, None): (Unavailable, 503),
}


@pytest.mark.parametrize("case", TOKEN_ERRORS)
def test_a_refused_token_request(case: tuple, stage_of: Callable, http: Callable):
    kind, status = TOKEN_ERRORS[case]
    stage = stage_of(retries=RetryPolicy.of(0))
    stage.token_answers.append(http(case[0], {"error": case[1], "error_description": "why"}))
    error = stage.play(access_token(stage.session, renew=False)).error
    assert (type(error), error.status, error.code, error.response.status) == (kind, status, case[1], case[0])
    assert "why" in str(error) and not error.may_have_applied


@pytest.mark.parametrize("body", ["plain text", ["a"], {"message": "api shape", "code": "C"}])
def test_a_refusal_in_another_shape(body: Any, stage_of: Callable, http: Callable):
    stage = stage_of()
    stage.token_answers.append(http(401, body))
    error = stage.play(access_token(stage.session, renew=False)).error
    assert isinstance(error, Unauthorized) and error.message


def test_a_refusal_that_is_no_json(stage_of: Callable, http: Callable):
    stage = stage_of()
    stage.token_answers.append(lambda request: type(http(200))(400, body=b"<html>gateway</html>"))
    assert "gateway" in str(stage.play(access_token(stage.session, renew=False)).error)


def test_an_endpoint_that_recovers(stage_of: Callable, http: Callable):
    stage = stage_of()
    lost = NoAnswer("timeout", was_sent=True)
    stage.token_answers += [http(503), lost, http(200, {"access_token": "A", "expires_in": 1800})]
    played = stage.play(access_token(stage.session, renew=False))
    assert played.result == "A" and len(played.pauses) == 2


def test_an_endpoint_that_does_not_answer_means_nothing_was_sent(stage_of: Callable):
    stage = stage_of(retries=RetryPolicy.of(0))
    stage.token_answers.append(NoAnswer("timeout", was_sent=True))
    error = stage.play(access_token(stage.session, renew=False)).error
    assert isinstance(error, Unreachable) and not error.may_have_applied


# ---------------------------------------------------------------- one for all


def test_threads_share_one_token(peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200, {}))
    with Client(client_id="i", client_secret="s", base_url=peer.url) as client:
        start = threading.Barrier(8)

        def ask() -> None:
            start.wait()
            client.request("GET", "/x")

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(peer.token_requests), len(peer.seen)) == (1, 8)


def test_tasks_share_one_token(peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200, {}))

    async def ask_together() -> None:
        async with AsyncClient(client_id="i", client_secret="s", base_url=peer.url) as client:
            await asyncio.gather(*(client.request("GET", "/x") for _ in range(8)))

    asyncio.run(ask_together())
    assert (len(peer.token_requests), len(peer.seen)) == (1, 8)


def test_tasks_whose_token_was_refused_renew_it_once(peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(401 if "token-1" in (seen.header("authorization") or "") else 200, {}))

    async def ask_together() -> list[int]:
        async with AsyncClient(client_id="i", client_secret="s", base_url=peer.url) as client:
            return [each.status for each in await asyncio.gather(*(client.request("GET", "/x") for _ in range(8)))]

    assert asyncio.run(ask_together()) == [200] * 8
    assert len(peer.token_requests) == 2


def test_tasks_that_wait_for_a_token_share_its_failure(peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200, {}))
    peer.token_answer = lambda number: answer(401 if number == 1 else 200, {"access_token": "t", "expires_in": 1800})

    async def ask_together() -> list[Any]:
        async with AsyncClient(client_id="i", client_secret="s", base_url=peer.url) as client:
            asked = (client.request("GET", "/x") for _ in range(8))
            failed = await asyncio.gather(*asked, return_exceptions=True)
            return [*failed, (await client.request("GET", "/x")).status]

    *failed, status = asyncio.run(ask_together())
    assert {type(each) for each in failed} == {Unauthorized} and len({id(each) for each in failed}) == 8
    assert (len(peer.token_requests), status) == (2, 200)


def test_clients_made_by_with_options_share_the_token(drive_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    drive = drive_of(peer.url)
    tokens = [drive(lambda client: client.with_options(timeout=9).token()) for _ in range(2)]
    assert tokens == ["token-1", "token-1"] and drive(lambda client: client.token()) == "token-1"
    assert drive(lambda client: client.token(renew=True)) == "token-2"


# ---------------------------------------------------------------- secrets


def test_secrets_show_nowhere(peer_of: Callable, answer: Callable, caplog: pytest.LogCaptureFixture):
    peer = peer_of(lambda seen: answer(403, {"message": "no"}))
    shown = []
    with caplog.at_level(logging.DEBUG), Client(client_id="i", client_secret=SECRET, base_url=peer.url) as client:
        shown += [repr(client), repr(client.application_notes), repr(client._session), repr(vars(client))]
        for use in (lambda: client.request("GET", "/x").raise_for_status(), lambda: client.token()):
            try:
                shown.append("" if use() else "")
            except Exception as error:  # noqa: BLE001 - whatever it is, it must not show a secret
                shown += [repr(error), str(error), repr(vars(error)), repr(pickle.dumps(error))]
    shown += [repr(Credentials("i", SECRET)), repr(Token("token-1", 0.0)), repr(client._session.tokens), caplog.text]
    everything = "\n".join(shown)
    assert "WPL_AP1" not in everything and "token-1" not in everything and len(shown) > 8


def test_an_error_while_asking_for_a_token_does_not_show_the_secret(stage_of: Callable, http: Callable):
    stage = stage_of()
    stage.token_answers.append(
        http(401, {"error": "invalid_client_id", "error_description": "Client authentication failed"})
    )
    played = stage.play(access_token(stage.session, renew=False))
    assert "WPL_AP1" not in repr(played.error) + str(played.error) + repr(played.effects)


def test_a_cache_forgets_a_refused_token_only():
    cache = TokenCache()
    cache.keep(Token("A", 10.0))
    assert [
        cache.current(0.0),
        cache.current(0.0, refused="B"),
        cache.current(0.0, refused="A"),
        cache.current(10.0),
    ] == ["A", "A", None, None]


def test_a_clock_may_be_given(peer_of: Callable, answer: Callable):
    peer, clock = peer_of(lambda seen: answer(200)), ManualClock(NOON)
    with Client(client_id="i", client_secret="s", base_url=peer.url, clock=clock, dice=random.Random(1)) as client:
        assert client.token() == "token-1"
        clock.advance(1771)
        assert client.token() == "token-2"
