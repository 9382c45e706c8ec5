"""PostgreSQL: collisions are tried again, lost connections replaced, and a commit nobody can vouch for is said to be one."""

from __future__ import annotations

import asyncio
import threading

import psycopg
import pytest

from hirewire.db import (
    CommitUnknown,
    DatabaseBusy,
    DatabaseConflict,
    DatabaseUnavailable,
    DatabaseUrlError,
    Options,
    Statement,
    StatementFailed,
    ValueRefused,
    open_database,
)

ADD = Statement("add", "INSERT INTO note VALUES (:key, 0)")
COUNT = Statement("count", "SELECT count(*) FROM note")
SET = Statement("set", "UPDATE note SET value = value + :step WHERE key = :key")
VALUES = Statement("values", "SELECT key, value FROM note ORDER BY key")
COLLIDE = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$"
DISCONNECT = "SELECT pg_terminate_backend(pg_backend_pid())"


@pytest.fixture
def database(postgres_url):
    database = open_database(postgres_url, Options(busy_timeout_s=0.05, writers=4))
    database.write_now(lambda tx: tx.script("CREATE TABLE note (key bigint PRIMARY KEY, value bigint)"))
    yield database
    database.close()


def add(key):
    return lambda tx: tx.execute(ADD, {"key": key})


def failing(script, times):
    """A unit that adds a row and then runs ``script``, the first ``times`` times it is run; and how often it was."""
    runs = []

    def unit(tx):
        runs.append(1)
        tx.execute(ADD, {"key": 1})
        if len(runs) <= times:
            tx.script(script)
        return "done"

    return unit, runs


@pytest.mark.parametrize("script", [COLLIDE, DISCONNECT], ids=["collision", "lost connection"])
def test_a_unit_is_run_again(database, script):
    unit, runs = failing(script, 2)
    assert database.write_now(unit) == "done"
    assert len(runs) == 3
    assert database.read_now(lambda tx: tx.one(COUNT)) == (1,)


def test_a_unit_is_not_run_again_for_ever(database):
    unit, runs = failing(COLLIDE, 100)
    with pytest.raises(DatabaseConflict, match="again and again"):
        database.write_now(unit)
    assert len(runs) == 5
    unit, runs = failing(DISCONNECT, 100)
    with pytest.raises(DatabaseUnavailable, match="connection to PostgreSQL was lost"):
        database.write_now(unit)
    assert len(runs) == 5
    assert database.read_now(lambda tx: tx.one(COUNT)) == (0,)


def test_a_reading_unit_is_run_again_too(database):
    runs = []

    def unit(tx):
        runs.append(1)
        if len(runs) == 1:
            tx.script(DISCONNECT)
        return tx.one(COUNT)

    assert database.read_now(unit) == (0,)
    assert len(runs) == 2


def test_units_that_deadlock_both_succeed(database):
    for key in (1, 2):
        database.write_now(add(key))
    met = threading.Barrier(2, timeout=30)

    def unit(first, second):
        runs: list[int] = []

        def run(tx):
            tx.script("SET LOCAL deadlock_timeout = '5ms'; SET LOCAL lock_timeout = 0")
            tx.execute(SET, {"key": first, "step": 1})
            if not runs:
                runs.append(1)
                met.wait()
            tx.execute(SET, {"key": second, "step": 1})

        return run

    async def scene():
        await asyncio.gather(database.write(unit(1, 2)), database.write(unit(2, 1)))

    asyncio.run(scene())
    assert database.read_now(lambda tx: tx.rows(VALUES)) == [(1, 2), (2, 2)]


def test_a_commit_whose_answer_was_lost_is_not_tried_again(database):
    database.write_now(
        lambda tx: tx.script(
            "CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
            "CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION leave()"
        )
    )
    runs = []

    def unit(tx):
        runs.append(1)
        tx.execute(ADD, {"key": 1})

    with pytest.raises(CommitUnknown, match="the changes were made or not"):
        database.write_now(unit)
    assert len(runs) == 1
    assert database.write_now(lambda tx: tx.one(COUNT)) == (0,)


def test_a_deferred_constraint_is_said_at_the_commit(database):
    database.write_now(
        lambda tx: tx.script("CREATE TABLE child (p bigint REFERENCES note (key) DEFERRABLE INITIALLY DEFERRED)")
    )
    with pytest.raises(Exception, match="COMMIT: a row contradicts a constraint"):
        database.write_now(lambda tx: tx.script("INSERT INTO child VALUES (1)"))
    database.write_now(add(1))


def test_a_unit_cannot_pass_for_done_after_a_statement_that_failed(database):
    def unit(tx):
        tx.execute(ADD, {"key": 1})
        with pytest.raises(StatementFailed):
            tx.script("SELEC 1")

    with pytest.raises(StatementFailed, match="the unit went on"):
        database.write_now(unit)
    assert database.read_now(lambda tx: tx.one(COUNT)) == (0,)


def test_a_lock_held_by_another_is_waited_for_and_then_named(postgres_url, database):
    database.write_now(add(1))
    with psycopg.connect(postgres_url) as other:
        other.execute("UPDATE note SET value = 7")
        with pytest.raises(DatabaseBusy, match=r"set\.sql: another transaction held a lock"):
            database.write_now(lambda tx: tx.execute(SET, {"key": 1, "step": 1}))
    database.write_now(lambda tx: tx.execute(SET, {"key": 1, "step": 1}))
    assert database.read_now(lambda tx: tx.rows(VALUES)) == [(1, 8)]


def test_text_cannot_hold_nul(database):
    echo = Statement("echo", "SELECT :text::text")
    unnest = Statement("unnest", "SELECT * FROM unnest(:1::text[])")
    with pytest.raises(ValueRefused):
        database.read_now(lambda tx: tx.one(echo, {"text": "a\0b"}))
    with pytest.raises(ValueRefused):
        database.read_now(lambda tx: tx.execute_rows(unnest, [("a\0b",)]))


def test_every_type_of_member(database):
    rows = [(True, b"\0", -1, 2**31 - 1, "é☃𝄞", 1.5), (None,) * 6, (False, b"", 2**63 - 1, 0, "", float("inf"))]
    unnest = Statement(
        "unnest",
        "SELECT * FROM unnest"
        "(:1::boolean[], :2::bytea[], :3::bigint[], :4::integer[], :5::text[], :6::double precision[])",
    )
    assert database.read_now(lambda tx: tx.execute_rows(unnest, rows)) == rows


def test_a_member_without_a_type_is_named(database):
    untyped = Statement("untyped", "SELECT * FROM unnest(:1, :2::text[])")
    with pytest.raises(StatementFailed, match=r"untyped\.sql: expected one of .*::bigint\[\].* after :1"):
        database.read_now(lambda tx: tx.execute_rows(untyped, [(1, 2)]))


def test_a_server_that_is_not_there(tmp_path):
    url = f"postgresql://ann:secret@/notes?host={tmp_path}&port=5999"
    with pytest.raises(DatabaseUnavailable, match="cannot connect") as caught:
        open_database(url)
    assert f"postgresql://ann@{tmp_path}:5999/notes" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_url_libpq_cannot_read():
    with pytest.raises(DatabaseUrlError, match="cannot read the database URL") as caught:
        open_database("postgresql://ann:sec%ret@host/notes")
    assert "ret" not in str(caught.value).split("expected")[0].replace("cannot read", "")
    assert caught.value.__cause__ is None


def test_the_name_and_repr_of_a_database_hold_no_password(postgres_url):
    database = open_database(postgres_url.replace("postgres:@", "postgres:secret@"))
    assert "secret" not in database.name
    assert "secret" not in repr(vars(database))
    database.close()
