"""The clock as a value: real for people, manual for tests and sandboxes. Every composition root takes one.

This is the only file that reads the machine's time.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import threading
import time
from typing import Protocol

from hirewire.values.time import Millis


class Clock(Protocol):
    """What below a composition root may be known of time."""

    def now(self) -> Millis:
        """Wall time: epoch milliseconds, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed point; never goes back. For deadlines and durations."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait on this clock."""
        ...

    def pause(self, seconds: float) -> None:
        """Wait on this clock, blocking the calling thread."""
        ...


class RealClock:
    """The machine's own time."""

    def now(self) -> Millis:
        return Millis(time.time_ns() // 1_000_000)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    def pause(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))


class ManualClock:
    """A clock that moves only when told to.

    ``advance`` wakes every sleeper whose time has come, in order. A blocking ``pause`` cannot be woken by the thread it
    blocks, so it advances the clock itself; with ``auto_advance`` a ``sleep`` does the same, which lets a single-task
    program run hours in a moment.
    """

    def __init__(self, start: Millis, *, auto_advance: bool = False) -> None:
        self._now_ms = float(start)
        self._elapsed = 0.0
        self._auto_advance = auto_advance
        self._sleepers: list[tuple[float, int, asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._lock = threading.Lock()

    def now(self) -> Millis:
        return Millis(int(self._now_ms))

    def monotonic(self) -> float:
        return self._elapsed

    def advance(self, seconds: float) -> None:
        """Move forward by ``seconds`` (never back) and wake who is due. Safe from any thread."""
        if seconds < 0:
            raise ValueError(f"a clock goes forward only: expected seconds >= 0, got {seconds}")
        with self._lock:
            self._elapsed += seconds
            self._now_ms += seconds * 1000
            due = []
            while self._sleepers and self._sleepers[0][0] <= self._elapsed:
                due.append(heapq.heappop(self._sleepers))
        for _, _, loop, future in due:
            loop.call_soon_threadsafe(_wake, future)

    async def sleep(self, seconds: float) -> None:
        if self._auto_advance:
            self.advance(max(0.0, seconds))
            await asyncio.sleep(0)
            return
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with self._lock:
            due_at = self._elapsed + max(0.0, seconds)
            if due_at <= self._elapsed:
                future.set_result(None)
            else:
                heapq.heappush(self._sleepers, (due_at, next(self._order), loop, future))
        await future

    def pause(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))

    def next_wake(self) -> float | None:
        """Seconds until the earliest sleeper is due; None when nobody sleeps."""
        with self._lock:
            waiting = [due for due, _, _, future in self._sleepers if not future.done()]
            return min(waiting) - self._elapsed if waiting else None


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
