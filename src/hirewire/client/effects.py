"""What a conversation may ask of the world: send, pause, keep others out. A flow yields these and returns its result.

Not here: how any of it is done. drivers.py does it, once blocking and once asynchronous.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast

from hirewire.wire.http import HttpRequest, HttpResponse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """Send one request to an origin (``https://host:port``) and read the whole answer within ``timeout_s``."""

    origin: str
    request: HttpRequest
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Exclusive:
    """Run a flow while no other flow of this client's tokens is inside one."""

    flow: Flow[Any]


Effect: TypeAlias = Send | Pause | Exclusive
Flow: TypeAlias = Generator[Effect, Any, T]


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """A request without a complete answer. Only if ``was_sent`` may the platform have acted on it."""

    reason: str
    was_sent: bool


Received: TypeAlias = HttpResponse | NoAnswer
"""What a transport makes of one request."""


def send(origin: str, request: HttpRequest, timeout_s: float) -> Flow[Received]:
    """Send one request."""
    return cast(Received, (yield Send(origin, request, timeout_s)))


def pause(seconds: float) -> Flow[None]:
    """Wait."""
    yield Pause(seconds)


def exclusive(flow: Flow[T]) -> Flow[T]:
    """Run ``flow`` alone."""
    return cast(T, (yield Exclusive(flow)))
