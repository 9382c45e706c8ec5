"""Every verb of a transaction means the same on both databases."""

from __future__ import annotations

import traceback

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hirewire.db import ConstraintViolated, DatabaseError, Statement, StatementFailed, ValueRefused

NOTE = {"key": "a", "version": 1, "body": b"\x00\xff"}


def test_execute_counts_changed_rows(database, queries):
    def unit(tx):
        return [
            tx.execute(queries["add"], NOTE),
            tx.execute(queries["add"], NOTE | {"key": "b"}),
            tx.execute(queries["count"]),
            tx.execute(queries["bump"], {"step": 1}),
            tx.execute(queries["bump_returning"], {"step": 1}),
            tx.execute(Statement("create", "CREATE TABLE another (x INTEGER)")),
            tx.execute(Statement("none", "DELETE FROM note WHERE key = :key"), {"key": "c"}),
        ]

    assert database.write_now(unit) == [1, 1, 0, 2, 2, 0, 0]


def test_rows_are_tuples_of_plain_values(database, queries):
    database.write_now(lambda tx: tx.execute(queries["add"], NOTE))
    database.write_now(lambda tx: tx.execute(queries["add"], {"key": "b", "version": -(2**63), "body": None}))
    assert database.read_now(lambda tx: tx.rows(queries["all"])) == [("a", 1, b"\x00\xff"), ("b", -(2**63), None)]


def test_rows_gives_back_what_a_change_returns(database, queries):
    database.write_now(lambda tx: tx.execute(queries["add"], NOTE))
    assert database.write_now(lambda tx: tx.rows(queries["bump_returning"], {"step": 5})) == [(6,)]
    assert database.read_now(lambda tx: tx.one(queries["find"], {"key": "a"})) == (6,)


def test_one_is_the_first_row_or_nothing(database, queries):
    assert database.read_now(lambda tx: tx.one(queries["find"], {"key": "a"})) is None
    assert database.read_now(lambda tx: tx.one(queries["count"])) == (0,)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 99, 100, 101, 250, 10_001])
def test_a_batch_of_any_size_goes_in_and_comes_back(database, queries, count):
    rows = [(f"{number:06d}", number, b"%d" % number) for number in range(count)]
    returned = database.write_now(lambda tx: tx.execute_rows(queries["put"], rows, {"step": 1}))
    assert sorted(returned) == [(key, version + 1) for key, version, _ in rows]
    assert database.read_now(lambda tx: tx.rows(queries["all"])) == [(key, v + 1, body) for key, v, body in rows]
    wanted = [(f"{number:06d}",) for number in range(0, count + 3, 3)]
    found = database.read_now(lambda tx: tx.execute_rows(queries["wanted"], wanted))
    assert sorted(found) == [(key, version + 1) for key, version, _ in rows[::3]]


def test_a_batch_returns_only_the_rows_that_changed(database, queries):
    def put(version):
        rows = [("a", version, b""), ("b", 10, b"")]
        return database.write_now(lambda tx: tx.execute_rows(queries["put"], rows, {"step": 0}))

    assert sorted(put(1)) == [("a", 1), ("b", 10)]
    assert sorted(put(2)) == [("a", 2)]
    assert put(0) == []


def test_a_batch_that_returns_nothing_gives_no_rows(database, queries):
    rows = [("a", 1, None), ("b", 2, b"x")]
    assert database.write_now(lambda tx: tx.execute_rows(queries["put_quietly"], rows)) == []
    assert database.read_now(lambda tx: tx.rows(queries["all"])) == rows


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
            st.integers(-(2**63), 2**63 - 1),
            st.none() | st.binary(),
        ),
        unique_by=lambda row: row[0],
    )
)
def test_values_survive_a_batch_and_single_statements(database_url, database, queries_in, schema_in, rows):
    queries = queries_in[database.dialect]

    def unit(tx):
        tx.script("DROP TABLE IF EXISTS note; DROP TABLE IF EXISTS other;" + schema_in[tx.dialect])
        tx.execute_rows(queries["put_quietly"], rows)
        batch = tx.rows(queries["all"])
        tx.script("DELETE FROM note")
        for key, version, body in rows:
            tx.execute(queries["add"], {"key": key, "version": version, "body": body})
        return batch, tx.rows(queries["all"])

    batch, singles = database.write_now(unit)
    assert sorted(batch) == sorted(singles) == sorted(rows)


def test_a_stream_gives_every_row(database, queries):
    rows = [(f"{number:05d}", number, None) for number in range(2_500)]
    database.write_now(lambda tx: tx.execute_rows(queries["put_quietly"], rows))

    def unit(tx):
        both = zip(tx.stream(queries["all"], batch=100), tx.stream(queries["keys"], batch=7), strict=True)
        return [row for row, (key,) in both if row[0] == key]

    assert database.read_now(unit) == rows


def test_a_stream_may_be_left_early(database, queries):
    database.write_now(lambda tx: tx.execute_rows(queries["put_quietly"], [("a", 1, None), ("b", 2, None)]))

    def unit(tx):
        first = next(tx.stream(queries["keys"]))
        return first, tx.one(queries["count"])

    assert database.read_now(unit) == (("a",), (2,))


REFUSALS = [
    ("twice", "add", NOTE, ConstraintViolated, "add.sql"),
    ("null", "add", NOTE | {"version": None}, ConstraintViolated, "add.sql"),
    ("surrogate", "add", NOTE | {"key": "\ud800"}, ValueRefused, "add.sql"),
    ("65 bits", "add", NOTE | {"version": 2**63}, ValueRefused, "add.sql"),
    ("no value", "add", {"key": "b"}, StatementFailed, "version"),
    ("no such type", "add", NOTE | {"body": object()}, StatementFailed, "add.sql"),
    ("not SQL", "broken", {}, StatementFailed, "broken.sql"),
]


@pytest.mark.parametrize(("query", "params", "error", "said"), [c[1:] for c in REFUSALS], ids=[c[0] for c in REFUSALS])
def test_what_cannot_be_done_has_an_error_of_ours(database, queries, query, params, error, said):
    database.write_now(lambda tx: tx.execute(queries["add"], NOTE))
    with pytest.raises(DatabaseError, match=said) as caught:
        database.write_now(lambda tx: tx.execute(queries[query], params))
    assert type(caught.value) is error


def test_a_statement_for_a_batch_is_nothing_without_one(database, queries):
    for verb in ("execute", "rows", "one"):
        with pytest.raises(StatementFailed, match=r"put_quietly\.sql"):
            database.write_now(lambda tx, verb=verb: getattr(tx, verb)(queries["put_quietly"]))
    with pytest.raises(StatementFailed, match=r"count\.sql"):
        database.write_now(lambda tx: tx.execute_rows(queries["count"], [("a",)]))


ROWS_REFUSED = [
    ("too short", [("a", 1, b""), ("b", 2)], StatementFailed),
    ("too long", [("a", 1, b"", 4)], StatementFailed),
    ("short and long", [("a", 1), ("b", 2, b"", 4)], StatementFailed),
    ("surrogate", [("\udfff", 1, b"")], ValueRefused),
    ("65 bits", [("a", 2**63, b"")], ValueRefused),
    ("twice", [("a", 1, b""), ("a", 1, b"")], ConstraintViolated),
]


@pytest.mark.parametrize(("rows", "error"), [c[1:] for c in ROWS_REFUSED], ids=[c[0] for c in ROWS_REFUSED])
def test_a_batch_that_cannot_be_stored_has_an_error_of_ours(database, queries, rows, error):
    with pytest.raises(DatabaseError, match=r"put_quietly\.sql") as caught:
        database.write_now(lambda tx: tx.execute_rows(queries["put_quietly"], rows))
    assert type(caught.value) is error
    assert database.read_now(lambda tx: tx.one(queries["count"])) == (0,)


QUOTING = [("twice", NOTE | {"key": "salary"}), ("null", NOTE | {"key": "salary", "version": None})]


@pytest.mark.parametrize("params", [case[1] for case in QUOTING], ids=[case[0] for case in QUOTING])
def test_neither_message_nor_traceback_quotes_a_row(database, queries, params):
    database.write_now(lambda tx: tx.execute(queries["add"], NOTE | {"key": "salary"}))
    with pytest.raises(ConstraintViolated) as caught:
        database.write_now(lambda tx: tx.execute(queries["add"], params))
    assert "salary" not in "".join(traceback.format_exception(caught.value))
