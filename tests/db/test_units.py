"""Units of work: all or nothing, alone, durable when acknowledged, on both databases."""

from __future__ import annotations

import asyncio
import threading

import pytest

from hirewire.db import DatabaseClosed, DatabaseError, Statement, open_database


class Refused(Exception):
    pass


def add(queries, key):
    def unit(tx):
        tx.execute(queries["add"], {"key": key, "version": 1, "body": None})
        return key

    return unit


def add_and_refuse(queries, key):
    def unit(tx):
        add(queries, key)(tx)
        raise Refused(key)

    return unit


def keys(database, queries):
    return [key for (key,) in database.read_now(lambda tx: tx.rows(queries["keys"]))]


def test_the_result_of_a_unit_reaches_its_caller(database, queries):
    assert database.write_now(add(queries, "a")) == "a"
    assert keys(database, queries) == ["a"]


def test_a_unit_that_raises_leaves_nothing(database, queries):
    with pytest.raises(Refused):
        database.write_now(add_and_refuse(queries, "a"))
    assert keys(database, queries) == []
    assert database.write_now(add(queries, "b")) == "b"


def test_what_was_acknowledged_is_there_for_others_and_after_reopening(database_url, queries):
    with pytest.raises(DatabaseError):
        open_database(database_url).write_now(lambda tx: tx.execute(queries["broken"]))
    first = open_database(database_url)
    first.write_now(add(queries, "a"))
    second = open_database(database_url)
    assert keys(second, queries) == ["a"]
    first.close()
    second.close()


def test_a_reading_unit_cannot_write(database, queries):
    with pytest.raises(DatabaseError, match="one that reads"):
        database.read_now(add(queries, "a"))
    assert keys(database, queries) == []


def test_a_reading_unit_sees_one_snapshot(database, queries):
    def unit(tx):
        before = tx.one(queries["count"])
        writer = threading.Thread(target=database.write_now, args=[add(queries, "a")])
        writer.start()
        writer.join()
        return before, tx.one(queries["count"])

    assert database.read_now(unit) == ((0,), (0,))
    assert keys(database, queries) == ["a"]


def test_a_unit_cannot_wait_for_another(database, queries):
    with pytest.raises(RuntimeError, match="use the transaction it was given"):
        database.write_now(lambda tx: database.write_now(add(queries, "a")))
    with pytest.raises(RuntimeError, match="use the transaction it was given"):
        database.read_now(lambda tx: database.write_now(add(queries, "a")))


@pytest.mark.parametrize("verb", ["write_now", "read_now"])
def test_a_transaction_ends_with_its_unit(database, queries, verb):
    run = getattr(database, verb)
    kept = run(lambda tx: tx)
    for use in (
        lambda: kept.execute(queries["count"]),
        lambda: kept.rows(queries["count"]),
        lambda: kept.execute_rows(queries["wanted"], [("a",)]),
        lambda: kept.script("SELECT 1"),
        lambda: list(kept.stream(queries["count"])),
        lambda: list(run(lambda tx: tx.stream(queries["count"]))),
    ):
        with pytest.raises(DatabaseClosed, match="has ended"):
            use()


def test_a_stream_that_was_begun_ends_with_its_unit(database, queries):
    database.write_now(lambda tx: tx.execute_rows(queries["put_quietly"], [(str(n), n, None) for n in range(10)]))

    def begin(tx):
        rows = tx.stream(queries["keys"], batch=2)
        next(rows)
        return rows

    with pytest.raises(DatabaseError):
        list(database.read_now(begin))
    assert len(keys(database, queries)) == 10


def test_units_of_many_coroutines(database, queries):
    async def scene():
        results = await asyncio.gather(
            *(database.write((add_and_refuse if n % 5 == 0 else add)(queries, f"{n:03d}")) for n in range(100)),
            return_exceptions=True,
        )
        return results, await database.read(lambda tx: tx.one(queries["count"]))

    results, count = asyncio.run(scene())
    for number, result in enumerate(results):
        if number % 5 == 0:
            assert isinstance(result, Refused)
            assert result.args == (f"{number:03d}",)
        else:
            assert result == f"{number:03d}"
    assert count == (80,)


def test_a_cancelled_caller_leaves_the_database_in_order(database, queries):
    began, go_on = threading.Event(), threading.Event()

    def slow(tx):
        began.set()
        go_on.wait()
        return add(queries, "slow")(tx)

    async def scene():
        task = asyncio.create_task(database.write(slow))
        await asyncio.to_thread(began.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()
        await database.write(add(queries, "next"))

    asyncio.run(scene())
    assert "next" in keys(database, queries)


def test_closing_finishes_what_was_handed_in(database_url, database, queries):
    closing = open_database(database_url)
    began, go_on = threading.Event(), threading.Event()

    def slow(tx):
        began.set()
        go_on.wait()
        return add(queries, "slow")(tx)

    async def scene():
        tasks = [asyncio.create_task(closing.write(slow))]
        await asyncio.to_thread(began.wait)
        tasks += [asyncio.create_task(closing.write(add(queries, f"{n}"))) for n in range(20)]
        await database.read(lambda tx: tx.one(queries["count"]))  # lets the tasks hand in what they have
        close = asyncio.create_task(asyncio.to_thread(closing.close))
        go_on.set()
        await close
        return await asyncio.gather(*tasks)

    assert len(asyncio.run(scene())) == len(keys(database, queries)) == 21
    with pytest.raises(DatabaseClosed):
        closing.write_now(add(queries, "late"))
    closing.close()


def test_more_callers_than_the_queue_holds(database, queries):
    bump = Statement("bump", "UPDATE note SET version = version + 1")
    database.write_now(add(queries, "a"))

    async def scene():
        await asyncio.gather(*(database.write(lambda tx: tx.execute(bump)) for _ in range(1_500)))

    asyncio.run(scene())
    assert database.read_now(lambda tx: tx.one(queries["find"], {"key": "a"})) == (1_501,)
