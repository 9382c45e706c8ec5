"""One call made, and what came of it as a value: the one place where the client's exceptions end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hirewire.catalog.call import BatchReply, Call, Reply
from hirewire.client.errors import (
    ApiError,
    ConfigurationError,
    HirewireError,
    OutcomeUnknown,
    ProtocolError,
    Unreachable,
    VersionError,
)
from hirewire.client.results import Answer
from hirewire.plan.answers import Failure, failure_of
from hirewire.values.time import Millis

Ask = Callable[[Call], Awaitable[Answer[Reply]]]
"""Makes one call, once: `AsyncClient.call` without retries."""

_GRACE_S = 1.0


@dataclass(frozen=True, slots=True)
class Answered:
    """A batch was answered. ``date`` is the platform's clock, in whole seconds."""

    reply: BatchReply
    status: int
    request_id: str | None
    date: Millis | None


@dataclass(frozen=True, slots=True)
class Failed:
    """It was not. ``status`` is None where no answer came; ``asked_until`` until when the platform asked to wait."""

    failure: Failure
    why: str
    status: int | None = None
    request_id: str | None = None
    date: Millis | None = None
    asked_until: Millis | None = None


async def ask_once(ask: Ask, call: Call, timeout_s: float) -> Answered | Failed:
    """Make the call; whatever the network and the platform do becomes a value."""
    try:
        # The client keeps the deadline itself; this is for the day it does not, because the lease counts on it.
        async with asyncio.timeout(timeout_s + _GRACE_S):
            answer = await ask(call)
    except TimeoutError:
        return Failed(Failure.UNKNOWN, f"no answer within {timeout_s:g} s")
    except HirewireError as error:
        return _failed(error)
    if not isinstance(answer.reply, BatchReply):
        return Failed(Failure.UNKNOWN, f"the answer is no answer to a batch: {type(answer.reply).__name__}")
    return Answered(answer.reply, answer.response.status, answer.request_id, answer.http_date)


def _failed(error: HirewireError) -> Failed:
    status = error.response.status if error.response else None
    until = error.until if isinstance(error, ApiError) else None
    return Failed(_failure(error, status), error.message, status, error.request_id, error.http_date, until)


def _failure(error: HirewireError, status: int | None) -> Failure:
    match error:
        case VersionError():
            return Failure.MISCONFIGURED
        case ApiError():
            return failure_of(error.status)
        case Unreachable():
            return Failure.NOT_SENT
        case ConfigurationError():
            # The call could not even be written: one of its records cannot be said.
            return Failure.REFUSED
        case ProtocolError() if status is not None and 300 <= status < 400:
            return Failure.MISCONFIGURED
        case OutcomeUnknown() | ProtocolError():
            return Failure.UNKNOWN
        case _:
            return Failure.UNKNOWN
