"""SQLite: units that arrive while a commit runs share the next one, and stay strangers to each other."""

from __future__ import annotations

import asyncio
import struct
import threading
from pathlib import Path

import pytest

from hirewire.db import (
    ConstraintViolated,
    DatabaseBusy,
    DatabaseError,
    DatabaseFull,
    Options,
    Statement,
    open_database,
)

ADD = Statement("add", "INSERT INTO note VALUES (:key)")
KEYS = Statement("keys", "SELECT key FROM note ORDER BY key")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "notes.db"


@pytest.fixture
def database(path):
    database = open_database(f"sqlite:///{path}", Options(busy_timeout_s=0.05))
    database.write_now(lambda tx: tx.script("CREATE TABLE note (key INTEGER PRIMARY KEY)"))
    yield database
    database.close()


def commits(path: Path) -> int:
    """The commits in the write-ahead log: frames that say how large the database is after them.

    https://sqlite.org/fileformat2.html#the_write_ahead_log
    """
    log = Path(f"{path}-wal").read_bytes()
    (page_size,) = struct.unpack_from(">I", log, 8)
    return sum(struct.unpack_from(">I", log, frame + 4)[0] > 0 for frame in range(32, len(log), 24 + page_size))


def add(key):
    return lambda tx: tx.execute(ADD, {"key": key})


def keys(database):
    return [key for (key,) in database.read_now(lambda tx: tx.rows(KEYS))]


def together(database, units):
    """Hand in the units while another one runs, so that they form one group; their results or errors, in order."""
    began, go_on = threading.Event(), threading.Event()

    def first(tx):
        began.set()
        go_on.wait()

    async def scene():
        blocking = asyncio.create_task(database.write(first))
        await asyncio.to_thread(began.wait)
        tasks = [asyncio.create_task(database.write(unit)) for unit in units]
        await database.read(lambda tx: None)  # lets the tasks hand in their units
        go_on.set()
        await blocking
        return await asyncio.gather(*tasks, return_exceptions=True)

    return asyncio.run(scene())


def test_units_that_wait_together_share_a_commit(path, database):
    before = commits(path)
    assert together(database, [add(n) for n in range(100)]) == [1] * 100
    assert commits(path) - before == 1
    assert keys(database) == list(range(100))


def test_a_group_has_a_bound(path, database):
    before = commits(path)
    assert together(database, [add(n) for n in range(300)]) == [1] * 300
    assert commits(path) - before == 3


def test_a_unit_that_raises_is_undone_alone(path, database):
    def add_and_raise(key):
        def unit(tx):
            tx.execute(ADD, {"key": key})
            raise LookupError(key)

        return unit

    before = commits(path)
    results = together(database, [add_and_raise(n) if n % 3 == 0 else add(n) for n in range(30)])
    assert commits(path) - before == 1
    assert [str(result) for result in results] == [str(n) if n % 3 == 0 else "1" for n in range(30)]
    assert keys(database) == [n for n in range(30) if n % 3]


def test_a_statement_that_fails_harms_its_unit_only(database):
    results = together(database, [add(1), add(2), add(1), add(3)])
    assert [type(result) for result in results] == [int, int, ConstraintViolated, int]
    assert keys(database) == [1, 2, 3]


def test_a_unit_may_go_on_after_a_statement_that_failed(database):
    def unit(tx):
        tx.execute(ADD, {"key": 1})
        with pytest.raises(ConstraintViolated):
            tx.execute(ADD, {"key": 1})
        tx.execute(ADD, {"key": 2})

    database.write_now(unit)
    assert keys(database) == [1, 2]


def test_when_the_commit_fails_every_unit_of_the_group_is_told(database):
    database.write_now(
        lambda tx: tx.script("CREATE TABLE child (parent INTEGER REFERENCES note (key) DEFERRABLE INITIALLY DEFERRED)")
    )
    orphan = Statement("orphan", "INSERT INTO child VALUES (99)")
    results = together(database, [add(1), lambda tx: tx.execute(orphan), add(2)])
    assert [type(result) for result in results] == [ConstraintViolated] * 3
    assert "COMMIT" in str(results[0])
    assert keys(database) == []
    database.write_now(add(5))
    assert keys(database) == [5]


def test_a_full_disk_is_named_and_costs_nobody_anything_acknowledged(database):
    large = Statement("large", "INSERT INTO blob VALUES (zeroblob(1000000))")

    def limit(tx):
        tx.script("CREATE TABLE blob (body)")
        ((pages,),) = tx.rows(Statement("pages", "PRAGMA page_count"))
        tx.rows(Statement("limit", f"PRAGMA max_page_count = {pages + 10}"))

    database.write_now(add(1))
    database.write_now(limit)
    results = together(database, [add(2), lambda tx: tx.execute(large), add(3)])
    assert type(results[1]) is DatabaseFull
    assert "make room" in str(results[1])
    acknowledged = [1] + [key for key, result in zip([2, 3], results[::2], strict=True) if result == 1]
    assert keys(database) == acknowledged


def test_another_process_that_writes_is_waited_for_and_then_named(path, database):
    other = open_database(f"sqlite:///{path}")
    holds, let_go = threading.Event(), threading.Event()

    def hold(tx):
        holds.set()
        let_go.wait()

    thread = threading.Thread(target=other.write_now, args=[hold])
    thread.start()
    holds.wait()
    with pytest.raises(DatabaseBusy, match="another process is writing") as caught:
        database.write_now(add(1))
    assert str(path) in str(caught.value)
    assert keys(database) == []
    let_go.set()
    thread.join()
    other.close()
    database.write_now(add(2))
    assert keys(database) == [2]


def test_a_group_of_the_cancelled_is_not_run(database):
    ran: list[object] = []

    async def scene():
        began, go_on = threading.Event(), threading.Event()

        def first(tx):
            began.set()
            go_on.wait()

        blocking = asyncio.create_task(database.write(first))
        await asyncio.to_thread(began.wait)
        tasks = [asyncio.create_task(database.write(ran.append)) for _ in range(5)]
        await database.read(lambda tx: None)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        go_on.set()
        await blocking
        await database.write(add(1))

    asyncio.run(scene())
    assert ran == []
    assert keys(database) == [1]


def test_a_unit_that_ends_the_transaction_itself_loses_the_group_loudly(database):
    results = together(database, [add(1), lambda tx: tx.script("ROLLBACK"), add(2)])
    assert all(isinstance(result, DatabaseError) for result in results)
    assert keys(database) == []
    database.write_now(add(3))
    assert keys(database) == [3]
