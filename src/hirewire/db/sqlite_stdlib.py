"""A transaction on a connection of Python's own ``sqlite3``, which only a caller of ours may have opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from hirewire.db.errors import DatabaseError
from hirewire.db.lexer import require_single
from hirewire.db.sqlite_batch import batches
from hirewire.db.sqlite_errors import worded
from hirewire.db.statements import Dialect, Statement
from hirewire.db.transaction import NO_PARAMS, STREAM_BATCH, Params, Transaction

_ERRORS = (sqlite3.Error, TypeError, ValueError, OverflowError)


class StdlibTransaction(Transaction):
    """The caller's transaction. Row and text factories of the connection do not reach us."""

    dialect: ClassVar[Dialect] = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, statement: Statement, params: Params = NO_PARAMS) -> int:
        before = self._connection.total_changes
        self.rows(statement, params)
        if self._connection.total_changes == before:
            return 0
        ((count,),) = self._all(statement.name, "SELECT changes()", {})
        return int(count)

    def rows(self, statement: Statement, params: Params = NO_PARAMS) -> list[tuple[Any, ...]]:
        require_single(statement, params)
        return self._all(statement.name, statement.sql, dict(params))

    def stream(
        self, statement: Statement, params: Params = NO_PARAMS, batch: int = STREAM_BATCH
    ) -> Iterator[tuple[Any, ...]]:
        require_single(statement, params)
        cursor = self._cursor()
        rows = self._fetch(cursor, statement.name, statement.sql, dict(params), batch)
        while rows:
            yield from rows
            rows = self._fetch(cursor, statement.name, None, (), batch)

    def execute_rows(
        self, statement: Statement, rows: Sequence[Sequence[Any]], params: Params = NO_PARAMS
    ) -> list[tuple[Any, ...]]:
        returned: list[tuple[Any, ...]] = []
        for sql, values in batches(statement, rows, params):
            returned += self._all(statement.name, sql, values)
        return returned

    def script(self, sql: str) -> None:
        # Statement by statement: Connection.executescript() commits the caller's transaction first.
        waiting = ""
        for part in sql.split(";"):
            waiting += part + ";"
            if sqlite3.complete_statement(waiting):
                self._all("script", waiting, ())
                waiting = ""
        if waiting.strip("; \t\n"):
            self._all("script", waiting, ())

    def _cursor(self) -> sqlite3.Cursor:
        try:
            cursor = sqlite3.Cursor(self._connection)
        except sqlite3.Error as error:
            raise _worded(error, "this sqlite3 connection") from error
        cursor.row_factory = None
        return cursor

    def _all(self, name: str, sql: str, values: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._fetch(self._cursor(), name, sql, values, None)

    def _fetch(
        self,
        cursor: sqlite3.Cursor,
        name: str,
        sql: str | None,
        values: Mapping[str, Any] | Sequence[Any],
        count: int | None,
    ) -> list[tuple[Any, ...]]:
        """Run ``sql``, if given, and fetch ``count`` rows or all."""
        callers, self._connection.text_factory = self._connection.text_factory, str
        try:
            if sql is not None:
                cursor.execute(sql, values)
            return cursor.fetchall() if count is None else cursor.fetchmany(count)
        except _ERRORS as error:
            raise _worded(error, f"{name}.sql") from error
        finally:
            self._connection.text_factory = callers


def _worded(error: Exception, where: str) -> DatabaseError:
    return worded(getattr(error, "sqlite_errorcode", None), error, where)
