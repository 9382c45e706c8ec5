"""Databases: SQLite and PostgreSQL behind one interface of units of work. No SQL of the applications is here.

    database = open_database("sqlite:///notes.db")
    queries = Statements.load("hirewire.platform.queries", database.dialect)
    migrate(database, "hirewire.platform.migrations", "platform_schema")
    await database.write(lambda tx: tx.execute(queries["add_note"], {"key": "a", "body": b"{}"}))

**Statements** live in files, one statement a file, under the same name for both dialects:
``queries/sqlite/add_note.sql`` and ``queries/postgres/add_note.sql``. Parameters are written ``:name`` in both.

**Batches.** A statement for many rows (``Transaction.execute_rows``) numbers the members of a row from 1. Parameters by
name may stand beside them; they are the same for every row.

In SQLite the row is marked with ``/*rows*/`` and repeated::

    INSERT INTO note (tenant, key, version, body)
    VALUES /*rows*/ (:tenant, :1, :2, :3)
    ON CONFLICT (tenant, key) DO UPDATE SET version = excluded.version, body = excluded.body

or, where the rows are only looked at::

    WITH wanted (key) AS (VALUES /*rows*/ (:1)) SELECT note.* FROM wanted JOIN note USING (key)

In PostgreSQL each member is an array, a column of the batch, and says its type::

    INSERT INTO note (tenant, key, version, body)
    SELECT :tenant, * FROM unnest(:1::text[], :2::bigint[], :3::bytea[])
    ON CONFLICT (tenant, key) DO UPDATE SET version = excluded.version, body = excluded.body

Types are ``text``, ``bytea``, ``bigint``, ``integer``, ``boolean`` and ``double precision``; cast on from there. Sort the
rows by key before an upsert: two batches that take the same rows in another order deadlock, which costs a retry.
"""

from hirewire.db.borrowed import borrow
from hirewire.db.database import Database
from hirewire.db.errors import (
    CannotJoin,
    CommitUnknown,
    ConstraintViolated,
    DatabaseBusy,
    DatabaseClosed,
    DatabaseConflict,
    DatabaseError,
    DatabaseFull,
    DatabaseUnavailable,
    DatabaseUrlError,
    SchemaTooNew,
    StatementFailed,
    ValueRefused,
)
from hirewire.db.opening import Options, open_database
from hirewire.db.schema import migrate, run_file
from hirewire.db.statements import Dialect, Statement, Statements
from hirewire.db.transaction import Params, Transaction

__all__ = [
    "CannotJoin",
    "CommitUnknown",
    "ConstraintViolated",
    "Database",
    "DatabaseBusy",
    "DatabaseClosed",
    "DatabaseConflict",
    "DatabaseError",
    "DatabaseFull",
    "DatabaseUnavailable",
    "DatabaseUrlError",
    "Dialect",
    "Options",
    "Params",
    "SchemaTooNew",
    "Statement",
    "StatementFailed",
    "Statements",
    "Transaction",
    "ValueRefused",
    "borrow",
    "migrate",
    "open_database",
    "run_file",
]
