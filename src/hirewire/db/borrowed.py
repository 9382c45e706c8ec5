"""The caller's own open connection as a transaction of ours: what we do is committed by the caller, or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hirewire.db import sqlite_files
from hirewire.db.errors import CannotJoin
from hirewire.db.statements import Statement
from hirewire.db.transaction import Transaction

if TYPE_CHECKING:
    import sqlite3

    import apsw
    import psycopg
    import sqlalchemy.orm

    from hirewire.db.postgres import PostgresTransaction
    from hirewire.db.sqlite import SqliteTransaction
    from hirewire.db.sqlite_stdlib import StdlibTransaction

EXPECTED = (
    "an open sqlite3, apsw or psycopg 3 connection, or a SQLAlchemy Connection or Session on sqlite3 or psycopg 3 "
    "(connections for asyncio are not supported)"
)


_FILES = Statement("files", "PRAGMA database_list")


def borrow(connection: object) -> Transaction:
    """A transaction that joins the one the caller has open, or is about to commit, on ``connection``.

    Nothing here commits or rolls back. ``TypeError`` names the connections that will do; ``CannotJoin`` says why
    a connection that commits every statement by itself will not.

    >>> import sqlite3
    >>> connection = sqlite3.connect(":memory:")
    >>> with connection:
    ...     _ = connection.execute("CREATE TABLE note (key TEXT)")
    ...     borrow(connection).execute(Statement("add", "INSERT INTO note VALUES (:key)"), {"key": "a"})
    1
    >>> connection.close()
    """
    for module, name, join in _KINDS:
        # A connection of this kind can only come from a module that has been imported.
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(connection, kind):
            return join(connection)
    raise TypeError(f"expected {EXPECTED}, got {type(connection).__module__}.{type(connection).__qualname__}")


def _join_stdlib(connection: sqlite3.Connection) -> StdlibTransaction:
    import sqlite3

    from hirewire.db.sqlite_stdlib import StdlibTransaction

    try:
        in_transaction = connection.in_transaction
    except sqlite3.ProgrammingError as error:
        raise CannotJoin(f"this sqlite3 connection is closed ({error})") from error
    transaction = StdlibTransaction(connection)
    _refuse_second_library(transaction)
    if not in_transaction:
        # Python 3.12's autocommit=True, or the older isolation_level=None: nothing begins a transaction by itself.
        if getattr(connection, "autocommit", False) is True or connection.isolation_level is None:
            raise CannotJoin("this sqlite3 connection commits each statement: execute BEGIN first, COMMIT after")
        # What sqlite3 does before the caller's first change, but it does not know a change in a WITH.
        connection.execute(f"BEGIN {connection.isolation_level}")
    return transaction


def _join_apsw(connection: apsw.Connection) -> SqliteTransaction:
    import apsw

    from hirewire.db.sqlite import SqliteTransaction

    try:
        in_transaction = connection.in_transaction
    except apsw.ConnectionClosedError as error:
        raise CannotJoin("this apsw connection is closed") from error
    if not in_transaction:
        raise CannotJoin(
            "this apsw connection commits each statement: use it in `with connection:`, or execute BEGIN first"
        )
    return SqliteTransaction(connection)


def _join_psycopg(connection: psycopg.Connection[Any]) -> PostgresTransaction:
    from psycopg import pq

    from hirewire.db.postgres import PostgresTransaction

    status = connection.info.transaction_status
    if status == pq.TransactionStatus.IDLE and connection.autocommit:
        raise CannotJoin("this psycopg connection commits each statement: use it in `with connection.transaction():`")
    if status == pq.TransactionStatus.INERROR:
        raise CannotJoin("the transaction of this psycopg connection has failed: roll it back first")
    if status == pq.TransactionStatus.UNKNOWN:
        raise CannotJoin("this psycopg connection is closed")
    if connection.info.encoding != "utf-8":
        raise CannotJoin(f"this psycopg connection has client_encoding {connection.info.encoding}: set it to UTF8")
    return PostgresTransaction(connection)


def _join_sqlalchemy(connection: sqlalchemy.Connection) -> Transaction:
    if not connection.in_transaction():
        connection.exec_driver_sql("SELECT 1")  # begins SQLAlchemy's own transaction, which the caller then commits
    return borrow(connection.connection.driver_connection)


def _join_session(session: sqlalchemy.orm.Session) -> Transaction:
    session.flush()  # so that what the caller changed comes before what follows from it
    return _join_sqlalchemy(session.connection())


def _join_scoped_session(sessions: sqlalchemy.orm.scoped_session[Any]) -> Transaction:
    return _join_session(sessions())


_KINDS: Sequence[tuple[str, str, Callable[[Any], Transaction]]] = (
    ("sqlite3", "Connection", _join_stdlib),
    ("apsw", "Connection", _join_apsw),
    ("psycopg", "Connection", _join_psycopg),
    ("sqlalchemy.engine", "Connection", _join_sqlalchemy),
    ("sqlalchemy.orm", "Session", _join_session),
    ("sqlalchemy.orm", "scoped_session", _join_scoped_session),
)


def _refuse_second_library(transaction: StdlibTransaction) -> None:
    """Two copies of SQLite in one process undo each other's locks on a file, and may damage it.

    https://sqlite.org/howtocorrupt.html, "Multiple copies of SQLite linked into the same application".
    """
    for _, _, file in transaction.rows(_FILES):
        if file and sqlite_files.is_open(Path(file)):
            raise CannotJoin(
                f"this process has {file} open with Python's sqlite3 and with apsw: two copies of SQLite in one process "
                "can damage a file; open it with apsw everywhere, or do the two things in two processes"
            )
