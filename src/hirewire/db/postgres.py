"""PostgreSQL by psycopg: a few connections, each on a thread of its own, every unit a transaction."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import struct
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import psycopg
from psycopg import conninfo, pq
from psycopg.rows import TupleRow, tuple_row
from psycopg.types.numeric import Int8BinaryDumper

from hirewire.db.crew import Crew, Job, Unit
from hirewire.db.database import Database
from hirewire.db.errors import (
    CommitUnknown,
    DatabaseClosed,
    DatabaseConflict,
    DatabaseError,
    DatabaseUnavailable,
    DatabaseUrlError,
    StatementFailed,
)
from hirewire.db.lexer import Member, Param, cut, require_single, require_values
from hirewire.db.opening import Options
from hirewire.db.postgres_columns import COLUMNS, teach_columns
from hirewire.db.postgres_errors import ConnectionLost, worded
from hirewire.db.statements import Dialect, Statement
from hirewire.db.transaction import ENDED, NO_PARAMS, STREAM_BATCH, Params, Transaction
from hirewire.db.url import EXPECTED, without_password

Connection = psycopg.Connection[Any]

ATTEMPTS_MAX = 5
"""How often a unit is run when it collides with others, or its connection is lost before the commit."""

ROWS_MAX = 10_000
"""Rows of a batch sent in one statement: bounds what client and server hold at once."""

PREPARED_MAX = 500

# For settings the URL leaves open: notice a server that is gone, and be found in pg_stat_activity.
_DEFAULTS = {
    "application_name": "hirewire",
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

# What psycopg and our columns raise for a value they cannot write.
_ERRORS = (psycopg.Error, TypeError, ValueError, OverflowError, struct.error)


def open_postgres(uri: str, options: Options) -> Database:
    """Connect once, to say now what is wrong; ``DatabaseUrlError`` or ``DatabaseUnavailable`` otherwise."""
    server = _Server(_settings(uri), options)
    server.connect().close()
    return Database(
        "postgres",
        server.name,
        writers=Crew("postgres-writer", lambda: Writer(server), size=options.writers, group_max=1),
        readers=Crew("postgres-reader", lambda: Reader(server), size=options.readers, group_max=1),
    )


class PostgresTransaction(Transaction):
    """A transaction on a psycopg connection, which may be the caller's own."""

    dialect: ClassVar[Dialect] = "postgres"

    def __init__(self, connection: Connection) -> None:
        self._connection: Connection | None = connection
        # A cursor of our own: the caller's connection may have another row factory, or cursors that bind client-side.
        self._cursor = psycopg.RawCursor[TupleRow](connection, row_factory=tuple_row)
        _teach(self._cursor)
        self._streams: set[psycopg.RawServerCursor[TupleRow]] = set()
        self._stream_numbers = itertools.count()

    def end(self) -> None:
        """Make every further call fail: the connection is used for something else from now on."""
        self._connection = None
        for cursor in self._streams:
            cursor.close()

    def _open(self) -> Connection:
        if self._connection is None:
            raise DatabaseClosed(ENDED)
        return self._connection

    def execute(self, statement: Statement, params: Params = NO_PARAMS) -> int:
        self._run(statement, params, ())
        # For a SELECT, rowcount is the number of rows it found.
        return self._cursor.rowcount if _changes(self._cursor.statusmessage) else 0

    def rows(self, statement: Statement, params: Params = NO_PARAMS) -> list[tuple[Any, ...]]:
        return self._run(statement, params, ())

    def stream(
        self, statement: Statement, params: Params = NO_PARAMS, batch: int = STREAM_BATCH
    ) -> Iterator[tuple[Any, ...]]:
        query = _compiled(statement)
        connection = self._open()
        name = f"hirewire_stream_{next(self._stream_numbers)}"
        cursor = psycopg.RawServerCursor[TupleRow](connection, name, row_factory=tuple_row)
        cursor.itersize = batch
        _teach(cursor)
        self._streams.add(cursor)
        try:
            cursor.execute(query.sql, query.values(statement, params, ()), binary=True)
            yield from cursor
        except _ERRORS as error:
            self._open()
            raise _worded(error, statement, connection) from None
        finally:
            self._streams.discard(cursor)
            cursor.close()

    def execute_rows(
        self, statement: Statement, rows: Sequence[Sequence[Any]], params: Params = NO_PARAMS
    ) -> list[tuple[Any, ...]]:
        returned: list[tuple[Any, ...]] = []
        for start in range(0, len(rows), ROWS_MAX):
            returned += self._run(statement, params, rows[start : start + ROWS_MAX])
        return returned

    def script(self, sql: str) -> None:
        connection = self._open()
        try:
            # Without parameters, so by the simple protocol, which takes several statements at once.
            psycopg.Cursor(connection).execute(sql.encode())
        except _ERRORS as error:
            raise _worded(error, Statement("script", sql), connection) from None

    def _run(self, statement: Statement, params: Params, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        connection = self._open()
        query = _compiled(statement)
        cursor = self._cursor
        try:
            cursor.execute(query.sql, query.values(statement, params, rows), binary=True)
            return cursor.fetchall() if cursor.description else []
        except _ERRORS as error:
            raise _worded(error, statement, connection) from None


@dataclasses.dataclass(frozen=True, slots=True)
class _Query:
    """A statement as PostgreSQL reads it: ``$1``, ``$2`` … in the order of ``parameters``."""

    sql: bytes
    parameters: tuple[Param | Member, ...]
    width: int

    def values(self, statement: Statement, params: Params, rows: Sequence[Sequence[Any]]) -> list[Any]:
        (require_values if rows else require_single)(statement, params)
        if any(len(row) != self.width for row in rows):
            raise StatementFailed(f"{statement.name}.sql: expected rows of {self.width} members")
        columns = list(zip(*rows, strict=True))
        return [
            COLUMNS[parameter.array](columns[parameter.number - 1])
            if isinstance(parameter, Member)
            else params[parameter.name]
            for parameter in self.parameters
        ]


@functools.lru_cache(maxsize=1024)
def _compiled(statement: Statement) -> _Query:
    pieces = cut(statement)
    parameters = tuple(dict.fromkeys(piece for piece in pieces if not isinstance(piece, str)))
    members = [parameter for parameter in parameters if isinstance(parameter, Member)]
    for member in members:
        if member.array not in COLUMNS:
            expected = ", ".join(f"::{name}[]" for name in COLUMNS)
            raise StatementFailed(f"{statement.name}.sql: expected one of {expected} after :{member.number}")
    sql = "".join(piece if isinstance(piece, str) else f"${parameters.index(piece) + 1}" for piece in pieces)
    return _Query(sql.encode(), parameters, max((member.number for member in members), default=0))


class Writer:
    """A connection that writes."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        self._connection: Connection | None = None

    def perform(self, jobs: list[Job]) -> None:
        """Run each unit in its transaction, again when it collided with another, and tell its caller."""
        for job in jobs:
            job.settle(self._with_retries)

    def _with_retries(self, unit: Unit) -> Any:
        for _ in range(ATTEMPTS_MAX - 1):
            try:
                return self._attempt(unit)
            except (DatabaseConflict, ConnectionLost):
                continue
        return self._attempt(unit)

    def _attempt(self, unit: Unit) -> Any:
        connection = self._connected()
        transaction = PostgresTransaction(connection)
        try:
            result = unit(transaction)
            _refuse_failed(connection)
        except BaseException:
            _roll_back(connection)
            raise
        finally:
            transaction.end()
        self._commit(connection)
        return result

    def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._server.connect()
        return self._connection

    def _commit(self, connection: Connection) -> None:
        try:
            connection.commit()
        except psycopg.Error as error:
            if connection.closed:
                raise CommitUnknown(
                    f"the connection to {self._server.name} was lost while committing: the changes were made or not, "
                    "look before trying again"
                ) from error
            _roll_back(connection)
            raise worded(error, "COMMIT", lost=False) from None

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()


class Reader(Writer):
    """A connection that reads, each unit on one snapshot."""

    def _connected(self) -> Connection:
        connection = super()._connected()
        if connection.isolation_level is None:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
        return connection

    def _commit(self, connection: Connection) -> None:
        _roll_back(connection)  # nothing was changed, so nothing can be lost


@dataclasses.dataclass(frozen=True, slots=True)
class _Server:
    settings: dict[str, Any] = dataclasses.field(repr=False)
    options: Options

    @property
    def name(self) -> str:
        """The database as messages call it: a URL without password and settings."""
        user, host, port, database = (self.settings.get(key) for key in ("user", "host", "port", "dbname"))
        place = f"{user}@{host or 'localhost'}" if user else f"{host or 'localhost'}"
        return f"postgresql://{place}{f':{port}' if port else ''}/{database or user or ''}"

    def connect(self) -> Connection:
        """A connection with our settings; ``DatabaseUnavailable`` when there can be none."""
        try:
            connection = psycopg.connect(**self.settings)
            connection.prepared_max = PREPARED_MAX
            with connection.transaction():
                connection.execute(
                    "SELECT set_config('lock_timeout', %s, false)", [f"{round(self.options.busy_timeout_s * 1000)}ms"]
                )
        except psycopg.Error as error:
            raise DatabaseUnavailable(
                f"cannot connect to {self.name}: {str(error).strip()}; check that the server runs and that host, "
                "database, user and password are right"
            ) from error
        return connection


def _settings(uri: str) -> dict[str, Any]:
    try:
        given = conninfo.conninfo_to_dict(uri)
    except psycopg.Error:
        # libpq quotes the URI, password and all.
        raise DatabaseUrlError(
            f"PostgreSQL cannot read the database URL {without_password(uri)!r}; expected {EXPECTED}, with %XX for "
            "special characters in user and password, and after '?' only settings that libpq knows"
        ) from None
    return {**_DEFAULTS, **given, "client_encoding": "utf8"}


def _teach(cursor: psycopg.Cursor[Any]) -> None:
    """Every ``int`` is sent as bigint, whatever its size, so that a statement is prepared once."""
    teach_columns(cursor.adapters)
    cursor.adapters.register_dumper(int, Int8BinaryDumper)


def _changes(status: str | None) -> bool:
    return (status or "").startswith(("INSERT", "UPDATE", "DELETE", "MERGE"))


def _refuse_failed(connection: Connection) -> None:
    """PostgreSQL answers COMMIT of a failed transaction with a quiet ROLLBACK: the unit must not pass for done."""
    if connection.info.transaction_status == pq.TransactionStatus.INERROR:
        raise StatementFailed("a statement of this unit failed and the unit went on: nothing of it can be kept")


def _roll_back(connection: Connection) -> None:
    try:
        connection.rollback()
    except psycopg.Error:
        connection.close()  # the server undoes what was not committed; the next unit gets a new connection


def _worded(error: Exception, statement: Statement, connection: Connection) -> DatabaseError:
    """Our error for psycopg's. Raise it `from None`: psycopg's own message quotes values of the row."""
    if isinstance(error, TypeError | ValueError) and not isinstance(error, UnicodeError):
        return StatementFailed(f"{statement.name}.sql: {error}")
    return worded(error, f"{statement.name}.sql", lost=connection.closed)
