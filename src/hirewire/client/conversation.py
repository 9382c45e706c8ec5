"""One call from beginning to end: encode, tunnel where needed, deliver, read the reply, try again where that helps."""

from __future__ import annotations

import re
from dataclasses import replace

from hirewire.catalog.call import Call, Refused, Reply
from hirewire.catalog.codec import decode_reply, encode_call
from hirewire.catalog.generations import Dialect
from hirewire.client.authorized import deliver
from hirewire.client.effects import Flow, NoAnswer, Received
from hirewire.client.errors import (
    ConfigurationError,
    HirewireError,
    OutcomeUnknown,
    ProtocolError,
    Unreachable,
)
from hirewire.client.exchange import RawResponse, failed_answer
from hirewire.client.patience import Patience
from hirewire.client.results import Answer
from hirewire.client.session import Session
from hirewire.plan.retry import Stop, Trouble, trouble_of
from hirewire.wire.errors import Ours, Theirs
from hirewire.wire.http import HttpRequest, HttpResponse
from hirewire.wire.methods import Method
from hirewire.wire.tunnel import fold, needs_tunnel, pick_boundary

# Doing these twice is not the same as doing them once; all others may be repeated when nobody knows what happened.
_NOT_REPEATABLE = frozenset({Method.CREATE, Method.BATCH_CREATE, Method.ACTION})
_BOUNDARIES = 3
_TARGET = re.compile(r"/[!-~]*", re.ASCII)


def converse(session: Session, call: Call, patience: Patience, *, target: str | None = None) -> Flow[Answer[Reply]]:
    """Make one call and give its reply, which is never a ``Refused``.

    ``target`` replaces the path and query of the request: a link that the platform gave.

    Raises:
        HirewireError: of the class that names the next step. ``may_have_applied`` takes all attempts into account.
    """
    dialect = session.dialect_for(call.resource)
    plain = encoded(call, dialect)
    if target is not None:
        plain = replace(plain, target=target)
    request = prepared(session, plain)
    in_doubt = False
    while True:
        try:
            received = yield from deliver(session, request, patience)
        except HirewireError as error:
            error.may_have_applied |= in_doubt
            raise
        status = received.status if isinstance(received, HttpResponse) else None
        session.ledger.charge(call.resource, call.records, status, session.clock.now())
        trouble = trouble_of(status)
        if trouble is None:
            return _answer(call, dialect, received)
        in_doubt |= may_have_applied(received)
        stop = yield from _next_attempt(session, call, patience, trouble, received, in_doubt=in_doubt)
        if stop is not None:
            raise failure(received, what=named(plain), stop=stop, in_doubt=in_doubt)


def encoded(call: Call, dialect: Dialect) -> HttpRequest:
    """The plain request of a call.

    Raises:
        ConfigurationError: the call cannot be said in this dialect, or its values cannot be written.
    """
    try:
        return encode_call(call, dialect)
    except Ours as error:
        raise ConfigurationError(f"the call was not sent: {error}") from error


def prepared(session: Session, request: HttpRequest) -> HttpRequest:
    """The request as it is sent: under the base path, and tunnelled when its query is too long for a URL.

    Raises:
        ConfigurationError: it is too long and cannot be tunnelled.
    """
    request = replace(request, target=session.api.path + request.target)
    if not needs_tunnel(request, origin_bytes=len(session.api.origin)):
        return request
    candidates = (f"{session.random.getrandbits(128):032x}" for _ in range(_BOUNDARIES))
    try:
        return fold(request, pick_boundary(request, candidates))
    except Ours as error:
        raise ConfigurationError(f"{named(request)} is too long for a URL and cannot be tunnelled: {error}") from error


def is_target(text: str) -> bool:
    """Whether a text can stand as a path with query in a request line. Everything else in it must come escaped."""
    return _TARGET.fullmatch(text) is not None and "#" not in text


def named(request: HttpRequest) -> str:
    """How errors name a request; its query is left out, since it names records of people."""
    return f"{request.verb} {request.path}"


def may_have_applied(received: Received) -> bool:
    """Whether a failed attempt may have done something: it was sent, and no answer rules it out."""
    return received.was_sent if isinstance(received, NoAnswer) else received.status >= 500


def failure(received: Received, *, what: str, stop: Stop, in_doubt: bool) -> HirewireError:
    """The error of a request that failed for good."""
    if isinstance(received, NoAnswer):
        kind = OutcomeUnknown if received.was_sent else Unreachable
        return kind(f"{what}: {received.reason}", may_have_applied=in_doubt)
    response = RawResponse.of(received)
    return failed_answer(response, what=what, until=stop.until, may_have_applied=in_doubt)


def _next_attempt(
    session: Session, call: Call, patience: Patience, trouble: Trouble, received: Received, *, in_doubt: bool
) -> Flow[Stop | None]:
    """Pause before the call is sent again, or say why it is not."""
    throttle = None
    if trouble is Trouble.THROTTLED:
        throttle = session.ledger.throttle(call.resource, call.records, session.clock.now())
    if call.method in _NOT_REPEATABLE and (in_doubt or trouble is Trouble.CONFLICT):
        return Stop()
    return (yield from patience.wait(trouble, received, throttle))


def _answer(call: Call, dialect: Dialect, received: Received) -> Answer[Reply]:
    assert isinstance(received, HttpResponse)
    response = RawResponse.of(received)
    try:
        reply = decode_reply(call, dialect, received)
    except Theirs as error:
        message = f"the answer {received.status} cannot be read: {error}"
        raise ProtocolError(message, response=response, may_have_applied=True) from None
    assert not isinstance(reply, Refused)
    return Answer(reply, response)
