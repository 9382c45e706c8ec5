"""Flows that put a valid token on a request: fetch, share, renew early, renew once when one is refused."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

from hirewire.client.effects import Flow, NoAnswer, Received, exclusive, send
from hirewire.client.errors import (
    ApiError,
    HirewireError,
    ProtocolError,
    Throttled,
    Unauthorized,
    Unavailable,
    Unreachable,
)
from hirewire.client.exchange import RawResponse
from hirewire.client.patience import Deadline, Patience
from hirewire.client.session import Address, Session
from hirewire.client.tokens import Token, read_token, read_token_refusal, token_request
from hirewire.plan.retry import Stop, trouble_of
from hirewire.wire.errors import Theirs
from hirewire.wire.http import Headers, HttpRequest, HttpResponse


def deliver(session: Session, request: HttpRequest, patience: Patience) -> Flow[Received]:
    """Send a request to the API with a token; when the token is refused, once more with a new one.

    A 401 is answered before anything is read or counted, so the second sending repeats nothing.

    Raises:
        HirewireError: as ``bearer``.
    """
    token = yield from bearer(session, patience)
    received = yield from _send(session.api, _signed(session, request, token), patience.deadline)
    if isinstance(received, HttpResponse) and received.status == 401:
        token = yield from bearer(session, patience, refused=token)
        received = yield from _send(session.api, _signed(session, request, token), patience.deadline)
    return received


def bearer(session: Session, patience: Patience, *, refused: str | None = None) -> Flow[str]:
    """A valid token. Of any number of calls that need a new one at the same time, one fetches it.

    Raises:
        Unauthorized: the client id or secret is wrong.
        Unreachable: the token endpoint did not answer, so the call was not sent.
    """
    token = session.tokens.current(session.clock.monotonic(), refused=refused)
    if token is not None:
        return token
    return (yield from exclusive(_renew(session, patience, refused, session.tokens.attempts)))


def access_token(session: Session, *, renew: bool) -> Flow[str]:
    """The token of ``bearer``; with ``renew`` another one than there is now."""
    now = session.clock.monotonic()
    refused = session.tokens.current(now) if renew else None
    return bearer(session, Patience.of(session), refused=refused)


def _renew(session: Session, patience: Patience, refused: str | None, attempts_before: int) -> Flow[str]:
    tokens = session.tokens
    current = tokens.current(session.clock.monotonic(), refused=refused)
    if current is not None:
        return current  # another call fetched it while this one waited its turn
    if tokens.failure is not None and tokens.attempts != attempts_before:
        # Another call tried in the meantime, in vain. A hundred that wait must not ask one after the other.
        raise copy(tokens.failure)
    try:
        token = yield from _fetch(session, patience.renewed())
    except HirewireError as error:
        tokens.fail(copy(error))
        raise
    tokens.keep(token)
    return token.value


def _fetch(session: Session, patience: Patience) -> Flow[Token]:
    headers = Headers([("Host", session.token_url.host), ("User-Agent", session.user_agent)])
    request = token_request(session.credentials, session.token_url.path or "/", headers)
    while True:
        asked_at = session.clock.monotonic()
        received = yield from _send(session.token_url, request, patience.deadline)
        trouble = trouble_of(received.status if isinstance(received, HttpResponse) else None)
        if trouble is None:
            return _token_of(received, asked_at)
        stop = yield from patience.wait(trouble, received)
        if stop is not None:
            raise _no_token(received, stop)


def _token_of(received: Received, asked_at: float) -> Token:
    assert isinstance(received, HttpResponse)
    try:
        return read_token(received.body, asked_at)
    except Theirs as error:
        raise ProtocolError(f"the token endpoint answered {received.status}, but {error}") from None


def _no_token(received: Received, stop: Stop) -> HirewireError:
    if isinstance(received, NoAnswer):
        return Unreachable(f"no access token, so the call was not sent: {received.reason}")
    refusal = read_token_refusal(received)
    kind: type[ApiError] = Unavailable if received.status >= 500 else Throttled
    if received.status < 500 and received.status != 429:
        # An unknown client id is a 400 here, but to the caller it is what 401 is everywhere else: sign in properly.
        kind, refusal = Unauthorized, replace(refusal, status=401)
    what = "the request for an access token"
    return kind(refusal, what=what, response=RawResponse.of(received), until=stop.until)


def _signed(session: Session, request: HttpRequest, token: str) -> HttpRequest:
    mine = [("Host", session.api.host), ("User-Agent", session.user_agent), ("Authorization", f"Bearer {token}")]
    return request.with_headers(Headers((*mine, *request.headers)))


def _send(address: Address, request: HttpRequest, deadline: Deadline) -> Flow[Received]:
    left_s = deadline.left_s()
    if left_s <= 0:
        return NoAnswer("the time for the whole call was over before the request was sent", was_sent=False)
    return (yield from send(address.origin, request, left_s))
