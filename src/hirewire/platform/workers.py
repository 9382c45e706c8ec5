"""What the platform does without being asked: workers, each a step that is taken again and again.

A worker's state is in the database, so a step may be the last one at any time. Time is the platform's clock: a test
moves it and calls ``run_due``; a served platform looks again when woken, and every second besides, because another
process may have made work.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from hirewire.runtime.clock import Clock
from hirewire.runtime.logs import Log
from hirewire.values.time import SECOND_MS, Millis

POLL_S = 1.0
_SOONEST_S = 0.01


class Worker(Protocol):
    """One kind of work."""

    name: str

    async def step(self, now: Millis) -> Millis | None:
        """Do, or begin, what is due; when to look again, None when only new work is a reason to."""
        ...

    async def settle(self) -> None:
        """Wait for what was begun."""
        ...


class Workers:
    """All workers of one platform."""

    def __init__(self, clock: Clock, log: Log) -> None:
        self._clock = clock
        self._log = log
        self._workers: dict[str, tuple[Worker, asyncio.Event]] = {}

    def employ(self, *workers: Worker) -> None:
        """Take on workers, before anything runs."""
        for worker in workers:
            self._workers[worker.name] = (worker, asyncio.Event())

    def wake(self) -> None:
        """There may be work. For the event loop's thread only."""
        for _, woken in self._workers.values():
            woken.set()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for worker, woken in self._workers.values():
                group.create_task(self._keep_stepping(worker, woken))

    async def run_due(self) -> None:
        """Do everything that is due by now, to its end; for whoever moves the clock by hand."""
        is_busy = True
        while is_busy:
            wakes = [await self._step_once(worker, woken) for worker, woken in self._workers.values()]
            for worker, _ in self._workers.values():
                await worker.settle()
            is_due = any(wake is not None and wake <= self._clock.now() for wake in wakes)
            is_busy = is_due or any(woken.is_set() for _, woken in self._workers.values())

    async def _step_once(self, worker: Worker, woken: asyncio.Event) -> Millis | None:
        woken.clear()
        return await worker.step(self._clock.now())

    async def _keep_stepping(self, worker: Worker, woken: asyncio.Event) -> None:
        while True:
            woken.clear()
            pause_s = await self._step(worker)
            try:
                async with asyncio.timeout(pause_s):
                    await woken.wait()
            except TimeoutError:
                continue

    async def _step(self, worker: Worker) -> float:
        """One step; how long to pause after it, in real seconds."""
        try:
            wake = await worker.step(self._clock.now())
        except Exception as error:  # noqa: BLE001 - a worker must outlive a database that is away; its work is stored
            self._log.error("worker", worker=worker.name, exc_info=error)
            return POLL_S
        if wake is None:
            return POLL_S
        return min(max((wake - self._clock.now()) / SECOND_MS, _SOONEST_S), POLL_S)
