"""SQLite by apsw, which brings its own SQLite: one writer that commits units in groups, and readers on snapshots."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import apsw

from hirewire.db import sqlite_files
from hirewire.db.crew import Crew, Job, Unit
from hirewire.db.database import Database
from hirewire.db.errors import DatabaseClosed, DatabaseError, DatabaseUnavailable, StatementFailed
from hirewire.db.lexer import require_single
from hirewire.db.opening import Options
from hirewire.db.sqlite_batch import batches
from hirewire.db.sqlite_errors import worded
from hirewire.db.statements import Dialect, Statement
from hirewire.db.transaction import ENDED, NO_PARAMS, STREAM_BATCH, Params, Transaction

GROUP_MAX = 128
"""Units that share one commit at most: bounds how long the first of them waits for the last."""

STATEMENTS_CACHED = 512
WRITER_CACHE_KIB = 32 * 1024
LOG_KEPT_BYTES = 64 * 1024 * 1024  # of the write-ahead log's file, after a checkpoint; it grows past it while it must

LOST = "the transaction that this unit shares with others was undone as a whole: nothing of it was kept; try again"

# What apsw raises besides its own errors for a value it cannot bind.
_ERRORS = (apsw.Error, TypeError, ValueError, OverflowError)


def open_sqlite(path: Path, options: Options) -> Database:
    """Open the file, creating it if need be; ``DatabaseUnavailable`` says why that is not possible."""
    file = _File(path.absolute(), options)
    file.connect().close()  # so that what is wrong with the file is said now, not at the first unit
    return Database(
        "sqlite",
        str(file.path),
        writers=Crew("sqlite-writer", lambda: Writer(file.connect()), size=1, group_max=GROUP_MAX),
        readers=Crew("sqlite-reader", lambda: Reader(file.connect()), size=options.readers, group_max=1),
        file=file.path,
    )


class SqliteTransaction(Transaction):
    """A transaction on an apsw connection, which may be the caller's own."""

    dialect: ClassVar[Dialect] = "sqlite"

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection: apsw.Connection | None = connection
        self._streams: set[apsw.Cursor] = set()

    def end(self) -> None:
        """Make every further call fail: the connection is used for something else from now on."""
        self._connection = None
        for cursor in self._streams:
            cursor.close(True)

    def _open(self) -> apsw.Connection:
        if self._connection is None:
            raise DatabaseClosed(ENDED)
        return self._connection

    def execute(self, statement: Statement, params: Params = NO_PARAMS) -> int:
        connection = self._open()
        before = connection.total_changes()
        self.rows(statement, params)
        # changes() is that of the last INSERT, UPDATE or DELETE, however long ago.
        return connection.changes() if connection.total_changes() != before else 0

    def rows(self, statement: Statement, params: Params = NO_PARAMS) -> list[tuple[Any, ...]]:
        require_single(statement, params)
        return self._all(statement.name, statement.sql, dict(params))

    def stream(
        self, statement: Statement, params: Params = NO_PARAMS, batch: int = STREAM_BATCH
    ) -> Iterator[tuple[Any, ...]]:
        require_single(statement, params)
        cursor = _cursor(self._open())
        self._streams.add(cursor)
        try:
            yield from cursor.execute(statement.sql, dict(params))
        except _ERRORS as error:
            self._open()
            raise _worded(error, f"{statement.name}.sql") from error
        finally:
            self._streams.discard(cursor)
            cursor.close(True)

    def execute_rows(
        self, statement: Statement, rows: Sequence[Sequence[Any]], params: Params = NO_PARAMS
    ) -> list[tuple[Any, ...]]:
        returned: list[tuple[Any, ...]] = []
        for sql, values in batches(statement, rows, params):
            returned += self._all(statement.name, sql, values)
        return returned

    def script(self, sql: str) -> None:
        self._all("script", sql, None)

    def _all(self, name: str, sql: str, values: dict[str, Any] | Sequence[Any] | None) -> list[tuple[Any, ...]]:
        try:
            return _cursor(self._open()).execute(sql, values).fetchall()
        except _ERRORS as error:
            raise _worded(error, f"{name}.sql") from error


def _cursor(connection: apsw.Connection) -> apsw.Cursor:
    """A cursor that gives plain tuples, whatever row trace the caller's connection has."""
    cursor = connection.cursor()
    if connection.row_trace is not None:
        cursor.row_trace = lambda _, row: row
    return cursor


class Writer:
    """The one connection that writes: the jobs it gets share a transaction, and a commit."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._run(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")

    def perform(self, jobs: list[Job]) -> None:
        """Run every unit in a savepoint of its own, commit, and only then tell the callers.

        A unit that raises is undone alone. When the transaction itself fails, all jobs not settled yet fail with it.
        """
        try:
            self._run("BEGIN IMMEDIATE")
            done = [(job, result) for job in jobs for result in self._results(job)]
            self._run("COMMIT")
        except DatabaseError as error:
            if self._connection.in_transaction:
                self._run("ROLLBACK")
            for job in jobs:
                job.fail(error)
        else:
            for job, result in done:
                job.succeed(result)

    def _results(self, job: Job) -> list[Any]:
        """The unit's result; none when it raised, and its caller has been told."""
        transaction = SqliteTransaction(self._connection)
        self._run("SAVEPOINT unit")
        try:
            result = job.unit(transaction)
        except BaseException as error:  # noqa: BLE001 - it is handed to the unit's caller
            self._undo_unit(error)
            job.fail(error)
            return []
        finally:
            transaction.end()
        self._run("RELEASE unit")
        return [result]

    def _undo_unit(self, error: BaseException) -> None:
        # SQLite undoes the whole transaction by itself when the disk is full or fails: nothing of the group is left.
        if not self._connection.in_transaction:
            raise error if isinstance(error, DatabaseError) else DatabaseUnavailable(LOST) from error
        self._run("ROLLBACK TO unit")
        self._run("RELEASE unit")

    def _run(self, sql: str) -> None:
        _run(self._connection, sql)

    def close(self) -> None:
        """Close the connection; the last one to close tidies the write-ahead log away."""
        self._connection.close()


class Reader:
    """A connection that reads, each unit on one snapshot."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        _run(connection, "PRAGMA query_only = ON")

    def perform(self, jobs: list[Job]) -> None:
        """Run each unit in a transaction, which takes its snapshot at the first statement."""
        for job in jobs:
            job.settle(self._read)

    def _read(self, unit: Unit) -> Any:
        transaction = SqliteTransaction(self._connection)
        _run(self._connection, "BEGIN DEFERRED")
        try:
            return unit(transaction)
        finally:
            transaction.end()
            _run(self._connection, "ROLLBACK")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@dataclasses.dataclass(frozen=True, slots=True)
class _File:
    path: Path
    options: Options

    def connect(self) -> apsw.Connection:
        """A connection with our settings; ``DatabaseUnavailable`` when there can be none."""
        self._check_place()
        try:
            connection = apsw.Connection(str(self.path), statementcachesize=STATEMENTS_CACHED)
            self._configure(connection)
        except apsw.Error as error:
            raise _worded(error, f"cannot open the SQLite database {self.path}") from error
        sqlite_files.note(self.path, connection)
        return connection

    def _check_place(self) -> None:
        if not self.path.parent.is_dir():
            raise DatabaseUnavailable(
                f"cannot open the SQLite database {self.path}: there is no folder {self.path.parent}; create it, or "
                "name a file in another one"
            )
        if self.path.is_dir():
            raise DatabaseUnavailable(f"cannot open the SQLite database {self.path}: that is a folder; name a file")

    def _configure(self, connection: apsw.Connection) -> None:
        connection.set_busy_timeout(round(self.options.busy_timeout_s * 1000))
        if connection.pragma("journal_mode") != "wal" and connection.pragma("journal_mode", "wal") != "wal":
            raise DatabaseUnavailable(
                f"cannot open the SQLite database {self.path}: its file system does not allow a write-ahead log; put "
                "the file on a local disk"
            )
        connection.pragma("synchronous", self.options.synchronous)
        connection.pragma("foreign_keys", True)
        connection.pragma("journal_size_limit", LOG_KEPT_BYTES)


def _run(connection: apsw.Connection, sql: str) -> None:
    try:
        connection.execute(sql)
    except apsw.Error as error:
        raise _worded(error, f"the SQLite database {connection.filename}, {sql}") from error


def _worded(error: Exception, where: str) -> DatabaseError:
    if isinstance(error, TypeError | ValueError) and not isinstance(error, UnicodeError):
        return StatementFailed(f"{where}: {error}")
    return worded(getattr(error, "result", None), error, where)
