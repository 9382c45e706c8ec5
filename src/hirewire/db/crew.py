"""Threads that perform units of work from one bounded queue. What performing means is the driver's; no SQL here."""

from __future__ import annotations

import collections
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol

from hirewire.db.errors import DatabaseClosed
from hirewire.db.transaction import Transaction

QUEUE_MAX = 1_024
"""Units waiting at most; past that, callers wait for room."""

Unit = Callable[[Transaction], Any]


class Job:
    """A unit and the future its caller waits on."""

    __slots__ = ("future", "unit")

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.future: Future[Any] = Future()

    def begin(self) -> bool:
        """Whether the unit is still wanted; once begun, it can no longer be cancelled."""
        return self.future.set_running_or_notify_cancel()

    def succeed(self, result: object) -> None:
        """Hand the unit's result to its caller."""
        self.future.set_result(result)

    def fail(self, error: BaseException) -> None:
        """Raise ``error`` at the unit's caller, unless the caller knows already how it ended."""
        if not self.future.done():
            self.future.set_exception(error)

    def settle(self, run: Callable[[Unit], Any]) -> None:
        """Run the unit by ``run``, and tell its caller how it ended."""
        try:
            result = run(self.unit)
        except BaseException as error:  # noqa: BLE001 - it is handed to the unit's caller
            self.fail(error)
        else:
            self.succeed(result)


class Worker(Protocol):
    """One connection, used by one thread."""

    def perform(self, jobs: list[Job]) -> None:
        """Settle every job. If this raises, the jobs not settled get what it raised, and another worker is hired."""

    def close(self) -> None:
        """Close the connection."""


class Crew:
    """Up to ``size`` threads, each with a worker of its own, started when there is work and nobody idle.

    A worker gets up to ``group_max`` of the jobs that wait; those that arrive while it performs wait for the next time.
    """

    def __init__(self, name: str, hire: Callable[[], Worker], *, size: int, group_max: int) -> None:
        self._name = name
        self._hire = hire
        self._size = size
        self._group_max = group_max
        self._changed = threading.Condition()
        self._queue: collections.deque[Job] = collections.deque()
        self._waiting: collections.deque[Future[None]] = collections.deque()  # callers who wait for room
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False

    def offer(self, job: Job) -> Future[None] | None:
        """Queue the job; when the queue is full, do nothing and return a future that is done once there is room."""
        with self._changed:
            if self._closed:
                raise DatabaseClosed("the database is closed: no further unit can be run")
            if len(self._queue) >= QUEUE_MAX:
                room: Future[None] = Future()
                self._waiting.append(room)
                return room
            self._queue.append(job)
            self._changed.notify()
            # An idle thread that was notified before still counts as idle until it runs: compare, do not just look.
            if len(self._queue) > self._idle and len(self._threads) < self._size:
                self._start_thread()
            return None

    def is_member(self) -> bool:
        """Whether the current thread is one of this crew, which must not wait for the crew."""
        return threading.current_thread() in self._threads

    def close(self) -> None:
        """Perform what is queued, then end the threads and close their connections. A second call does nothing."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._wake_waiting(len(self._waiting))
        for thread in self._threads:
            thread.join()

    def _start_thread(self) -> None:
        thread = threading.Thread(target=self._run, name=f"{self._name}-{len(self._threads)}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _run(self) -> None:
        worker: Worker | None = None
        while jobs := self._take():
            try:
                worker = worker or self._hire()
                worker.perform(jobs)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the callers must not wait for ever
                for job in jobs:
                    job.fail(error)
                if worker is not None:
                    worker.close()
                worker = None
            jobs.clear()  # what they hold is their callers' now
        if worker is not None:
            worker.close()

    def _take(self) -> list[Job]:
        """The next jobs, at least one; none when the crew is closed and everything done."""
        while True:
            with self._changed:
                while not self._queue and not self._closed:
                    self._idle += 1
                    self._changed.wait()
                    self._idle -= 1
                count = min(len(self._queue), self._group_max)
                jobs = [self._queue.popleft() for _ in range(count)]
                # As many as there is room for; all when nothing is queued, as then nothing would wake them later, and
                # somebody woken before may have gone away.
                self._wake_waiting(QUEUE_MAX - len(self._queue) if self._queue else len(self._waiting))
            wanted = [job for job in jobs if job.begin()]
            if wanted or not jobs:
                return wanted

    def _wake_waiting(self, count: int) -> None:
        """Tell the first of those who wait for room to try again."""
        for _ in range(min(count, len(self._waiting))):
            room = self._waiting.popleft()
            if room.set_running_or_notify_cancel():
                room.set_result(None)
