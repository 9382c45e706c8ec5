"""Work on a connection the caller has open: the caller's commit keeps it, the caller's rollback undoes it."""

from __future__ import annotations

import collections
import dataclasses
import functools
import sqlite3
import sys
import threading
from collections.abc import Callable
from typing import Any

import apsw
import psycopg
import psycopg.rows
import pytest
import sqlalchemy
import sqlalchemy.orm

from hirewire.db import CannotJoin, ConstraintViolated, DatabaseError, Dialect, borrow, open_database

NOTE = {"key": "a", "version": 1, "body": b"\x00"}


def path_of(url):
    return url.removeprefix("sqlite:///")


def sqlite3_connection(url, **options):
    return sqlite3.connect(path_of(url), **options)


def sqlite3_begun(url):
    connection = sqlite3_connection(url, isolation_level=None)
    connection.execute("BEGIN")
    return connection


def sqlite3_with_odd_factories(url):
    """The caller likes rows as dictionaries and text as bytes."""
    connection = sqlite3_connection(url, detect_types=sqlite3.PARSE_DECLTYPES)
    connection.row_factory = lambda cursor, row: {column[0]: row for column in cursor.description}
    connection.text_factory = bytes
    return connection


def apsw_begun(url):
    connection = apsw.Connection(path_of(url))
    connection.execute("BEGIN")
    return connection


def apsw_with_row_trace(url):
    connection = apsw_begun(url)
    connection.row_trace = lambda cursor, row: collections.OrderedDict(row=row)
    return connection


def psycopg_with_odd_factories(url):
    return psycopg.connect(url, row_factory=psycopg.rows.dict_row, cursor_factory=psycopg.ClientCursor)


def psycopg_begun(url):
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("BEGIN")
    return connection


def engine_of(url, **options):
    # Without a pool, closing a connection closes the driver's.
    url = url.replace("postgresql://", "postgresql+psycopg://")
    return sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool, **options)


def alchemy_connection(url):
    return engine_of(url).connect()


def alchemy_session(url):
    return sqlalchemy.orm.Session(engine_of(url))


def alchemy_scoped_session(url):
    return sqlalchemy.orm.scoped_session(sqlalchemy.orm.sessionmaker(engine_of(url)))


def end_by_method(connection, verb):
    getattr(connection, verb)()


def end_by_statement(connection, verb):
    connection.execute(verb)


KINDS: list[tuple[Dialect, Callable[[str], Any], Callable[[Any, str], None]]] = [
    ("sqlite", sqlite3_connection, end_by_method),
    ("sqlite", functools.partial(sqlite3_connection, isolation_level="IMMEDIATE"), end_by_method),
    ("sqlite", sqlite3_begun, end_by_method),
    ("sqlite", sqlite3_with_odd_factories, end_by_method),
    ("sqlite", apsw_begun, end_by_statement),
    ("sqlite", apsw_with_row_trace, end_by_statement),
    ("postgres", psycopg.connect, end_by_method),
    ("postgres", psycopg_with_odd_factories, end_by_method),
    ("postgres", psycopg_begun, end_by_statement),
    *(
        (dialect, connect, end_by_method)
        for dialect in ("sqlite", "postgres")
        for connect in (alchemy_connection, alchemy_session, alchemy_scoped_session)
    ),
]


@dataclasses.dataclass(frozen=True)
class Caller:
    """Somebody with a connection to a database that has the table."""

    dialect: Dialect
    url: str
    connection: Any
    end: Callable[[Any, str], None]

    def commit(self):
        self.end(self.connection, "commit")
        self.connection.close()

    def rollback(self):
        self.end(self.connection, "rollback")
        self.connection.close()


@pytest.fixture(
    params=KINDS, ids=lambda param: f"{param[0]}-{getattr(param[1], '__name__', 'sqlite3_connection_immediate')}"
)
def caller(request, schema_in):
    dialect, connect, end = request.param
    url = request.getfixturevalue(f"{dialect}_url")
    database = open_database(url)
    database.write_now(lambda tx: tx.script(schema_in[dialect]))
    database.close()  # it may not be open beside sqlite3
    return Caller(dialect, url, connect(url), end)


def stored(caller, queries_in):
    database = open_database(caller.url)
    try:
        return database.read_now(lambda tx: tx.rows(queries_in[tx.dialect]["all"]))
    finally:
        database.close()


def use_every_verb(transaction, queries):
    assert transaction.execute(queries["add"], NOTE) == 1
    rows = [(f"b{number:03d}", number, None) for number in range(150)]
    assert len(transaction.execute_rows(queries["put"], rows, {"step": 0})) == 150
    assert transaction.one(queries["count"]) == (151,)
    assert transaction.one(queries["find"], {"key": "a"}) == (1,)
    assert transaction.rows(queries["keys"])[0] == ("a",)
    assert [key for (key,) in transaction.stream(queries["keys"], batch=10)][1:] == [row[0] for row in rows]
    assert next(transaction.stream(queries["keys"])) == ("a",)
    assert transaction.execute(queries["bump_returning"], {"step": 0}) == 151
    assert transaction.execute(queries["count"]) == 0
    transaction.script("DELETE FROM note WHERE key LIKE 'b%'; DELETE FROM other")


def test_the_caller_commits(caller, queries_in):
    transaction = borrow(caller.connection)
    assert transaction.dialect == caller.dialect
    use_every_verb(transaction, queries_in[caller.dialect])
    caller.commit()
    assert stored(caller, queries_in) == [("a", 1, b"\x00")]


def test_the_caller_rolls_back(caller, queries_in):
    use_every_verb(borrow(caller.connection), queries_in[caller.dialect])
    caller.rollback()
    assert stored(caller, queries_in) == []


def test_closing_without_a_commit_keeps_nothing(caller, queries_in):
    # In a WITH, where Python's sqlite3 does not see a change by itself.
    borrow(caller.connection).execute_rows(queries_in[caller.dialect]["put"], [("a", 1, None)], {"step": 0})
    caller.connection.close()
    assert stored(caller, queries_in) == []


def test_errors_are_ours_and_quote_no_row(caller, queries_in):
    add = queries_in[caller.dialect]["add"]
    transaction = borrow(caller.connection)
    transaction.execute(add, NOTE | {"key": "salary"})
    with pytest.raises(ConstraintViolated, match=r"add\.sql") as caught:
        transaction.execute(add, NOTE | {"key": "salary"})
    assert "salary" not in str(caught.value)
    caller.rollback()


def test_the_connection_is_left_as_it_was(sqlite_url):
    connection = sqlite3_with_odd_factories(sqlite_url)
    borrow(connection)
    assert connection.text_factory is bytes
    assert list(connection.execute("SELECT 'x' AS y")) == [{"y": (b"x",)}]
    connection.close()


class TestRefused:
    """What cannot carry our work, and what is said about it."""

    @pytest.mark.parametrize("thing", [None, "sqlite:///notes.db", 7, sqlalchemy.create_engine("sqlite://")])
    def test_no_connection_at_all(self, thing):
        with pytest.raises(TypeError, match="expected an open sqlite3, apsw or psycopg 3 connection") as caught:
            borrow(thing)
        assert type(thing).__qualname__ in str(caught.value)

    def test_a_sqlite3_connection_that_commits_each_statement(self, sqlite_url):
        connection = sqlite3_connection(sqlite_url, isolation_level=None)
        with pytest.raises(CannotJoin, match="execute BEGIN first"):
            borrow(connection)
        connection.close()

    @pytest.mark.skipif(sys.version_info < (3, 12), reason="autocommit came with Python 3.12")
    def test_a_sqlite3_connection_in_autocommit(self, sqlite_url):
        connection = sqlite3_connection(sqlite_url, autocommit=True)
        with pytest.raises(CannotJoin, match="execute BEGIN first"):
            borrow(connection)
        connection.close()

    def test_an_apsw_connection_without_a_transaction(self, sqlite_url):
        connection = apsw.Connection(path_of(sqlite_url))
        with pytest.raises(CannotJoin, match="commits each statement"):
            borrow(connection)
        with connection:
            borrow(connection)
        connection.close()

    def test_a_psycopg_connection_that_commits_each_statement(self, postgres_url):
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            with pytest.raises(CannotJoin, match="commits each statement"):
                borrow(connection)
            with connection.transaction():
                borrow(connection)

    def test_a_psycopg_transaction_that_failed(self, postgres_url):
        with psycopg.connect(postgres_url) as connection:
            with pytest.raises(psycopg.Error):
                connection.execute("SELEC")
            with pytest.raises(CannotJoin, match="has failed"):
                borrow(connection)

    def test_a_psycopg_connection_in_another_encoding(self, postgres_url):
        with psycopg.connect(postgres_url, client_encoding="latin1") as connection:
            with pytest.raises(CannotJoin, match="set it to UTF8"):
                borrow(connection)

    @pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
    def test_a_sqlalchemy_connection_in_autocommit(self, request, dialect):
        engine = engine_of(request.getfixturevalue(f"{dialect}_url"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection, pytest.raises(CannotJoin, match="commits each statement"):
            borrow(connection)

    def test_a_closed_connection(self, sqlite_url, postgres_url):
        for connection in (
            sqlite3_connection(sqlite_url),
            apsw.Connection(path_of(sqlite_url)),
            psycopg.connect(postgres_url),
        ):
            connection.close()
            with pytest.raises(CannotJoin, match="closed"):
                borrow(connection)

    def test_a_file_that_is_open_by_another_copy_of_sqlite(self, sqlite_url):
        database = open_database(sqlite_url)
        database.write_now(lambda tx: None)
        connection = sqlite3_connection(sqlite_url)
        with pytest.raises(CannotJoin, match="two copies of SQLite"):
            borrow(connection)
        connection.close()
        database.close()
        connection = sqlite3_connection(sqlite_url)
        borrow(connection)
        connection.close()

    def test_a_connection_of_another_thread(self, sqlite_url, queries_in):
        transaction = borrow(connection := sqlite3_connection(sqlite_url))
        caught: list[BaseException] = []

        def use():
            try:
                transaction.rows(queries_in["sqlite"]["count"])
            except DatabaseError as error:
                caught.append(error)

        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
        assert "thread" in str(caught[0])
        connection.close()
