"""The two drivers: every effect performed, results returned, and failures raised where the flow can decide on them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from hirewire.client.drivers import AsyncDriver, Driver
from hirewire.client.effects import Flow, NoAnswer, Received, exclusive, pause, send
from hirewire.runtime.clock import ManualClock
from hirewire.values.time import Millis
from hirewire.wire.http import HttpRequest

LOST = NoAnswer("lost", was_sent=True)
REQUEST = HttpRequest("GET", "/x")


class Lost:
    """A transport that loses everything, or fails where it must not."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error

    def send(self, origin: str, request: HttpRequest, timeout_s: float) -> Received:
        if self.error is not None:
            raise self.error
        return LOST

    def close(self) -> None: ...


class LostLater(Lost):
    async def send(self, origin: str, request: HttpRequest, timeout_s: float) -> Received:  # type: ignore[override]  # the same for asyncio
        return super().send(origin, request, timeout_s)

    async def close(self) -> None: ...  # type: ignore[override]  # the same for asyncio


def blocking(flow: Flow[Any], clock: ManualClock, error: BaseException | None = None) -> Any:
    return Driver(Lost(error), clock).run(flow)


def asynchronous(flow: Flow[Any], clock: ManualClock, error: BaseException | None = None) -> Any:
    async def run() -> Any:
        return await AsyncDriver(LostLater(error), clock).run(flow)

    return asyncio.run(run())


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(Millis(0), auto_advance=True)


@pytest.mark.parametrize("run", [blocking, asynchronous])
def test_a_flow_gets_what_it_asks_for(run: Callable, clock: ManualClock):
    def flow() -> Flow[tuple[Received, float]]:
        yield from pause(2.5)
        received = yield from exclusive(send("http://x", REQUEST, 1.0))
        return received, clock.monotonic()

    assert run(flow(), clock) == (LOST, 2.5)


@pytest.mark.parametrize("run", [blocking, asynchronous])
@pytest.mark.parametrize("is_alone", [False, True])
@pytest.mark.parametrize("error", [RuntimeError("x"), KeyboardInterrupt()], ids=["error", "interrupt"])
def test_a_failure_is_raised_inside_the_flow(run: Callable, is_alone: bool, error: BaseException, clock: ManualClock):
    met = []

    def flow() -> Flow[Any]:
        inner = send("http://x", REQUEST, 1.0)
        try:
            yield from exclusive(inner) if is_alone else inner
        except BaseException as raised:
            met.append(raised)
            raise

    with pytest.raises(type(error)):
        run(flow(), clock, error)
    assert met == [error]


@pytest.mark.parametrize("run", [blocking, asynchronous])
def test_a_flow_may_go_on_after_a_failure(run: Callable, clock: ManualClock):
    def flow() -> Flow[str]:
        try:
            yield from exclusive(send("http://x", REQUEST, 1.0))
        except RuntimeError:
            yield from exclusive(pause(1.0))  # the gate is open again
        return "went on"

    assert run(flow(), clock, RuntimeError("x")) == "went on"


def test_tasks_wait_for_each_other_only_where_asked(clock: ManualClock):
    order: list[str] = []

    def alone(name: str) -> Flow[None]:
        order.append(f"{name} in")
        yield from pause(1)
        yield from pause(1)
        order.append(f"{name} out")

    async def both() -> None:
        driver = AsyncDriver(LostLater(), clock)
        await asyncio.gather(driver.run(exclusive(alone("a"))), driver.run(exclusive(alone("b"))))

    asyncio.run(both())
    assert order == ["a in", "a out", "b in", "b out"]
