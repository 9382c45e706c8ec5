"""The manual clock: it moves only when told, and wakes whom it should."""

from __future__ import annotations

import asyncio

import pytest

from hirewire.runtime.clock import ManualClock, RealClock
from hirewire.values.time import Millis

START = Millis(1_000_000)


def test_time_stands_still_until_it_is_advanced():
    clock = ManualClock(START)
    assert (clock.now(), clock.monotonic()) == (START, 0.0)
    clock.advance(1.5)
    assert (clock.now(), clock.monotonic()) == (START + 1500, 1.5)
    with pytest.raises(ValueError, match="forward only"):
        clock.advance(-1)


def test_sleepers_wake_in_the_order_they_are_due():
    async def scenario() -> list[int]:
        clock, woken = ManualClock(START), []

        async def sleeper(seconds: int) -> None:
            await clock.sleep(seconds)
            woken.append(seconds)

        tasks = [asyncio.create_task(sleeper(seconds)) for seconds in (30, 10, 20)]
        await asyncio.sleep(0)
        assert clock.next_wake() == 10
        clock.advance(19)
        await tasks[1]
        assert woken == [10]
        clock.advance(11)
        await asyncio.gather(*tasks)
        assert clock.next_wake() is None
        return woken

    assert asyncio.run(scenario()) == [10, 20, 30]


def test_a_cancelled_sleeper_is_forgotten():
    async def scenario() -> None:
        clock = ManualClock(START)
        task = asyncio.create_task(clock.sleep(5))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert clock.next_wake() is None
        clock.advance(10)
        await asyncio.sleep(0)

    asyncio.run(scenario())


def test_with_auto_advance_hours_pass_in_a_moment():
    clock = ManualClock(START, auto_advance=True)
    asyncio.run(clock.sleep(72 * 3600))
    clock.pause(1)
    assert clock.monotonic() == 72 * 3600 + 1


def test_no_time_at_all_is_no_wait():
    clock = ManualClock(START)
    asyncio.run(clock.sleep(0))
    assert clock.now() == START


def test_the_real_clock_goes_forward():
    clock = RealClock()
    before, wall = clock.monotonic(), clock.now()
    clock.pause(0)
    asyncio.run(clock.sleep(-1))
    assert clock.monotonic() >= before
    assert clock.now() >= wall
