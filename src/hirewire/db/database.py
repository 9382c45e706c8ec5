"""A database: units of work in, results out, blocking or not. Which database it is, its crews know."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from hirewire.db.crew import Crew, Job
from hirewire.db.statements import Dialect
from hirewire.db.transaction import Transaction

T = TypeVar("T")


class Database:
    """An open database.

    A *unit* is a function from a transaction to a result. It runs on a thread of the database, so it must not wait for
    anything but the database; it may be run again after a collision with another transaction (PostgreSQL), so it must
    have no effect but through its transaction; and it must not be a coroutine function.

    >>> import tempfile
    >>> from hirewire.db import Statement, open_database
    >>> folder = tempfile.TemporaryDirectory()
    >>> database = open_database(f"sqlite:///{folder.name}/notes.db")
    >>> database.write_now(lambda tx: tx.script("CREATE TABLE note (key TEXT PRIMARY KEY)"))
    >>> add = Statement("add", "INSERT INTO note VALUES (:key)")
    >>> database.write_now(lambda tx: tx.execute(add, {"key": "a"}))
    1
    >>> database.close()
    >>> folder.cleanup()
    """

    def __init__(self, dialect: Dialect, name: str, writers: Crew, readers: Crew, file: Path | None = None) -> None:
        self.dialect: Dialect = dialect
        self.name = name
        """How messages call this database; it holds no password."""
        self.file = file
        """The file it is in, None where it is not in one of ours."""
        self._writers = writers
        self._readers = readers
        atexit.register(self.close)

    async def write(self, unit: Callable[[Transaction], T]) -> T:
        """Run a unit that may change things; return only when its changes are durable.

        What the unit raises reaches this caller, and the unit's changes are undone. On PostgreSQL a unit sees what
        others commit meanwhile (READ COMMITTED), so guard a change in the statement that makes it.
        """
        return await self._submit(self._writers, unit)

    async def read(self, unit: Callable[[Transaction], T]) -> T:
        """Run a unit that only reads: it sees one consistent snapshot, and cannot write."""
        return await self._submit(self._readers, unit)

    def write_now(self, unit: Callable[[Transaction], T]) -> T:
        """The same as `write`, blocking; for any thread but those that run units."""
        return self._submit_now(self._writers, unit)

    def read_now(self, unit: Callable[[Transaction], T]) -> T:
        """The same as `read`, blocking; for any thread but those that run units."""
        return self._submit_now(self._readers, unit)

    def close(self) -> None:
        """Finish what was handed in, then close every connection. A second call does nothing."""
        self._writers.close()
        self._readers.close()
        atexit.unregister(self.close)

    async def _submit(self, crew: Crew, unit: Callable[[Transaction], T]) -> T:
        job = Job(unit)
        while (room := crew.offer(job)) is not None:
            await asyncio.wrap_future(room)
        return await asyncio.wrap_future(_future_of(job, unit))

    def _submit_now(self, crew: Crew, unit: Callable[[Transaction], T]) -> T:
        if self._writers.is_member() or self._readers.is_member():
            raise RuntimeError("a unit cannot start another unit and wait for it: use the transaction it was given")
        job = Job(unit)
        while (room := crew.offer(job)) is not None:
            room.result()
        return _future_of(job, unit).result()


def _future_of(job: Job, unit: Callable[[Transaction], T]) -> Future[T]:
    """The job's future, typed as what its unit returns."""
    return job.future
