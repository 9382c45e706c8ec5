"""Threads that perform units: started when needed, never more than allowed, never lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from hirewire.db import DatabaseClosed, DatabaseUnavailable
from hirewire.db.crew import QUEUE_MAX, Crew, Job, Worker


class Meeting:
    """A worker that waits for all its colleagues to be at work at once."""

    def __init__(self, barrier: threading.Barrier) -> None:
        self._barrier = barrier

    def perform(self, jobs: list[Job]) -> None:
        for job in jobs:
            self._barrier.wait()
            job.succeed(threading.current_thread().name)

    def close(self) -> None:
        pass


def hire_nobody() -> Meeting:
    raise DatabaseUnavailable("nobody there")


def hand_in(crew: Crew) -> Future[object]:
    job = Job(lambda tx: None)
    assert crew.offer(job) is None
    return job.future


def test_as_many_threads_as_there_is_work_for_up_to_the_size():
    crew = Crew("crew", lambda: Meeting(threading.Barrier(1)), size=3, group_max=1)
    assert hand_in(crew).result() == hand_in(crew).result() == "crew-0"

    barrier = threading.Barrier(3, timeout=30)
    crew = Crew("crew", lambda: Meeting(barrier), size=3, group_max=1)
    for _ in range(3):
        assert {future.result() for future in [hand_in(crew) for _ in range(3)]} == {"crew-0", "crew-1", "crew-2"}
    crew.close()


def test_a_worker_that_cannot_be_hired_is_said_to_each_caller_and_tried_again():
    crew = Crew("crew", hire_nobody, size=1, group_max=10)
    for _ in range(3):
        with pytest.raises(DatabaseUnavailable, match="nobody there"):
            hand_in(crew).result()
    crew.close()


class Broken:
    """A worker whose connection is of no use."""

    closed = 0

    def perform(self, jobs: list[Job]) -> None:
        raise DatabaseUnavailable("broken")

    def close(self) -> None:
        Broken.closed += 1


def test_a_worker_that_raises_is_replaced():
    workers: Iterator[Worker] = iter([Broken(), Meeting(threading.Barrier(1))])
    crew = Crew("crew", lambda: next(workers), size=1, group_max=10)
    with pytest.raises(DatabaseUnavailable, match="broken"):
        hand_in(crew).result()
    assert hand_in(crew).result() == "crew-0"
    assert Broken.closed == 1
    crew.close()


class Held:
    """A worker that begins its first jobs and then does nothing until it may."""

    def __init__(self) -> None:
        self.began, self.go_on = threading.Event(), threading.Event()

    def perform(self, jobs: list[Job]) -> None:
        self.began.set()
        self.go_on.wait(timeout=30)
        for job in jobs:
            job.succeed("done")

    def close(self) -> None:
        pass


@pytest.fixture
def worker():
    return Held()


@pytest.fixture
def full_crew(worker):
    """A crew at work on one job, with as many waiting as it takes."""
    crew = Crew("crew", lambda: worker, size=1, group_max=1)
    hand_in(crew)
    worker.began.wait()
    for _ in range(QUEUE_MAX):
        hand_in(crew)
    return crew


def test_a_full_queue_tells_when_there_is_room(worker, full_crew):
    late = Job(lambda tx: None)
    room = full_crew.offer(late)
    assert room is not None and not room.done()
    worker.go_on.set()
    assert room.result(timeout=30) is None
    assert full_crew.offer(late) is None
    assert late.future.result(timeout=30) == "done"
    full_crew.close()


def test_a_closed_crew_takes_nothing_and_wakes_those_who_wait_for_room(worker, full_crew):
    room = full_crew.offer(Job(lambda tx: None))
    assert room is not None
    closing = threading.Thread(target=full_crew.close)
    closing.start()
    assert room.result(timeout=30) is None
    with pytest.raises(DatabaseClosed):
        hand_in(full_crew)
    worker.go_on.set()
    closing.join(timeout=30)
    assert not closing.is_alive()
