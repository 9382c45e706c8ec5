"""Handing changes over: in the caller's own transaction, whatever it is connected by, and on both databases."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import hypothesis.strategies as st
import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from hirewire.catalog.application_notes import Actor, ApplicationNote, ApplicationNoteKey
from hirewire.db import Database, open_database
from hirewire.plan.entity import Op, Standing, State, Urgency
from hirewire.plan.entity import add as add_version
from hirewire.runtime.clock import ManualClock
from hirewire.sync import Added, Change, outbox
from hirewire.sync.changes import Written, write
from hirewire.sync.store import Row, Store
from hirewire.values.time import Millis
from tests.sync.world import NOON, ORGANIZATION, key, note

CLOCK = ManualClock(NOON)


def rows(database: Database, record: str) -> list[Row]:
    store = Store(database.dialect)
    return database.read_now(lambda tx: store.seek_entities(tx, record, None, None, 10))


def record(database: Database, *changes: Change, now: Millis = NOON) -> Counter[Added]:
    return database.write_now(lambda tx: outbox.record(tx, [write(change) for change in changes], now))


def record_written(database: Database, written: list[Written]) -> Counter[Added]:
    return database.write_now(lambda tx: outbox.record(tx, written, NOON))


def content(database: Database, row: Row) -> bytes | None:
    store = Store(database.dialect)
    return database.read_now(lambda tx: store.see_entities(tx, [row.id]))[row.id][1]


def only(database: Database, name: str) -> Standing:
    (row,) = rows(database, name)
    return row.standing


# ---------------------------------------------------------------- the caller's own transaction


def sqlite_file(url: str) -> str:
    return url.removeprefix("sqlite:///")


def prepared(url: str) -> None:
    database = open_database(url)
    outbox.prepare(database)
    database.close()


def found(url: str) -> list[str]:
    database = open_database(url)
    names = [row.key.record for number in range(4) for row in rows(database, f"note-{number}")]
    database.close()
    return names


CHANGE = Change.upsert(key(1), note("hello", NOON))


def test_sqlite3_commits_or_rolls_back_with_the_callers_work(sqlite_url: str):
    prepared(sqlite_url)
    connection = sqlite3.connect(sqlite_file(sqlite_url))
    with connection:
        connection.execute("CREATE TABLE mine (id TEXT)")
        connection.execute("INSERT INTO mine VALUES ('x')")
        assert outbox.add(CHANGE, connection, clock=CLOCK) is Added.QUEUED
    with pytest.raises(ZeroDivisionError), connection:
        outbox.add(Change.upsert(key(2), note("no", NOON)), connection)
        raise ZeroDivisionError
    connection.close()
    assert found(sqlite_url) == ["note-1"]


def test_apsw(sqlite_url: str):
    prepared(sqlite_url)
    connection = apsw.Connection(sqlite_file(sqlite_url))
    with connection:
        outbox.add(CHANGE, connection)
    with pytest.raises(ZeroDivisionError), connection:
        outbox.add(Change.delete(key(2)), connection)
        raise ZeroDivisionError
    connection.close()
    assert found(sqlite_url) == ["note-1"]


def test_psycopg(postgres_url: str):
    prepared(postgres_url)
    with psycopg.connect(postgres_url) as connection:
        outbox.add(CHANGE, connection)
        connection.commit()
        outbox.add(Change.upsert(key(2), note("no", NOON)), connection)
        connection.rollback()
    assert found(postgres_url) == ["note-1"]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_sqlalchemy(kind: str, request: pytest.FixtureRequest):
    url: str = request.getfixturevalue(f"{kind}_url")
    prepared(url)
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        outbox.add(CHANGE, connection)
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        outbox.add(Change.upsert(key(2), note("no", NOON)), connection)
        raise ZeroDivisionError
    engine.dispose()
    assert found(url) == ["note-1"]


def test_many_at_once(postgres_url: str):
    prepared(postgres_url)
    with psycopg.connect(postgres_url) as connection:
        added = outbox.add_many([CHANGE, CHANGE, Change.delete(key(1), modified_at=NOON + 1)], connection)
    assert added == {Added.QUEUED: 2, Added.UNCHANGED: 1}


def test_a_key_of_no_kind_is_a_mistake_in_the_program():
    with pytest.raises(TypeError, match="ApplicationNoteKey, got tuple"):
        outbox.add(Change(key=("a", "b", "c"), op=Op.DELETE), sqlite3.connect(":memory:"))


def test_an_addition_may_wait_behind_another_but_never_fails_for_it(sqlite_url: str):
    """In SQLite a transaction that has read cannot write any more once another has: so the first statement writes."""
    prepared(sqlite_url)
    database = open_database(sqlite_url)
    connection = apsw.Connection(sqlite_file(sqlite_url))
    record(database, CHANGE)
    connection.execute("BEGIN")
    record(database, Change.upsert(key(2), note("theirs", NOON)))
    outbox.add(Change.upsert(key(1), note("ours", NOON + 1)), connection)
    connection.execute("COMMIT")
    connection.close()
    assert only(database, "note-1").seq == 2
    database.close()


# ---------------------------------------------------------------- what cannot be sent is parked, never refused


BAD = [
    (Change.upsert(ApplicationNoteKey("urn:li:person:1", "a", "note-1"), note("x", NOON)), "is no organization"),
    (Change.upsert(ApplicationNoteKey(ORGANIZATION, "", "note-1"), note("x", NOON)), "an empty part"),
    (Change.upsert(ApplicationNoteKey(ORGANIZATION, "a\0b", "note-1"), note("x", NOON)), "characters that are none"),
    (Change.upsert(ApplicationNoteKey(ORGANIZATION, "a\ud800", "note-1"), note("x", NOON)), "characters that are none"),
    (Change.upsert(ApplicationNoteKey(ORGANIZATION, 7, "note-1"), note("x", NOON)), "characters that are none"),  # type: ignore[arg-type]  # on purpose
    (Change.upsert(key(1), ApplicationNote(note=5)), "no record of this kind"),  # type: ignore[arg-type]  # on purpose
    (Change.upsert(key(1), ApplicationNote(note="\ud800")), "no JSON can be made of it"),
    (Change.upsert(key(1), ApplicationNote(note=object())), "no JSON can be made of it"),  # type: ignore[arg-type]  # on purpose
    (Change.upsert(key(1), ApplicationNote(author=Actor(first_name="\udfff", last_name="B"))), "no JSON"),
    (Change.upsert(key(1), ApplicationNote(note="x" * 9_000_000)), "9,000,011 bytes long"),
    (Change.upsert(key(1), note("x", 10**30)), "epoch milliseconds"),
    (Change.upsert(key(1), note("x", NOON), modified_at=2**63), "epoch milliseconds"),
    (Change.delete(key(1), modified_at=-(2**64)), "epoch milliseconds"),
]


@pytest.mark.parametrize(("change", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_what_cannot_be_sent_is_parked_with_its_reason(outbox_database: Database, change: Change, reason: str):
    assert record(outbox_database, change) == {Added.PARKED: 1}
    standing = only(outbox_database, "note-1")
    assert standing.state is State.PARKED
    assert reason in (standing.reason or "")


# ---------------------------------------------------------------- the tables hold what the machine decides


def test_versions_and_contents(outbox_database: Database):
    record(outbox_database, Change.upsert(key(1), note("one", 10)))
    assert record(outbox_database, Change.upsert(key(1), note("older", 5))) == {Added.SUPERSEDED: 1}
    assert record(outbox_database, Change.upsert(key(1), note("one", 10))) == {Added.UNCHANGED: 1}
    assert record(outbox_database, Change.upsert(key(1), note("two", 20), urgency=Urgency.BACKFILL)) == {
        Added.QUEUED: 1
    }
    store = Store(outbox_database.dialect)
    (row,) = rows(outbox_database, "note-1")
    assert content(outbox_database, row) == write(Change.upsert(key(1), note("two", 20))).body
    assert (row.standing.seq, row.standing.src_modified, row.standing.urgency) == (2, 20, Urgency.LIVE)
    told = outbox_database.read_now(lambda tx: [(each[1], each[2]) for each in store.read_story(tx, row.id, 10)])
    assert told == [("superseded", 1), ("queued", 2)]


def test_two_notes_of_one_id_under_two_applications_are_two(outbox_database: Database):
    record(outbox_database, Change.upsert(key(1, 1), note("a", 1)), Change.upsert(key(1, 2), note("b", 1)))
    assert {row.key.parent for row in rows(outbox_database, "note-1")} == {"app-1", "app-2"}


VERSIONS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["a", "b", None]), st.none() | st.integers(1, 4), st.booleans()),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(VERSIONS, min_size=1, max_size=4))
def test_however_changes_are_grouped_the_tables_say_what_the_machine_says(
    outbox_database: Database, groups: list[list[tuple[int, str | None, int | None, bool]]]
):
    model: dict[str, Standing] = {}
    names = [f"note-{number}-{id(groups)}-{len(groups)}" for number in range(3)]
    outbox_database.write_now(lambda tx: tx.script("DELETE FROM hirewire_entity; DELETE FROM hirewire_payload"))
    bodies: dict[str, bytes] = {}
    for group in groups:
        written = []
        expected: Counter[Added] = Counter()
        for number, text, modified, force in group:
            name = ApplicationNoteKey(ORGANIZATION, "app", names[number])
            entity = None if text is None else ApplicationNote(note=text)
            change = Change(
                key=name,
                op=Op.DELETE if entity is None else Op.UPSERT,
                entity=entity,
                modified_at=None if modified is None else Millis(modified),
                force=force,
            )
            written.append(write(change))
            model[names[number]], added = add_version(model.get(names[number]), written[-1].version, NOON)
            expected[added] += 1
            if model[names[number]].digest == written[-1].version.digest:
                bodies[names[number]] = written[-1].body
        assert record_written(outbox_database, written) == expected
    for each, standing in model.items():
        (row,) = rows(outbox_database, each)
        assert row.standing == standing
        assert content(outbox_database, row) == bodies[each]


def test_the_same_file_of_records_is_prepared_twice(outbox_database: Database, tmp_path: Path):
    outbox.prepare(outbox_database)
    assert rows(outbox_database, "note-1") == []


def test_many_writers_at_once_end_with_the_newest_version_of_everything(postgres_url: str):
    """Their rows overlap, their order differs: nobody deadlocks, nothing is lost."""
    prepared(postgres_url)
    writers, rounds, keys = 4, 15, 12
    newest: dict[int, int] = {}

    def work(writer: int) -> None:
        dice = random.Random(writer)
        with psycopg.connect(postgres_url) as connection:
            for number in range(rounds):
                modified = 1 + number * writers + writer
                chosen = dice.sample(range(keys), 6)
                outbox.add_many(
                    [Change.upsert(key(each), note(f"{modified}", modified)) for each in chosen], connection
                )
                connection.commit()
                for each in chosen:
                    with lock:
                        newest[each] = max(newest.get(each, 0), modified)

    lock = threading.Lock()
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(work, range(writers)))
    database = open_database(postgres_url)
    assert {each: only(database, f"note-{each}").src_modified for each in range(keys)} == newest
    database.close()
