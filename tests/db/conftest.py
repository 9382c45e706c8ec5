"""A table to work with, and the statements on it in both dialects."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from hirewire.db import Database, Dialect, Statement

SCHEMA: dict[Dialect, str] = {
    "sqlite": "CREATE TABLE note (key TEXT PRIMARY KEY, version INTEGER NOT NULL, body BLOB); CREATE TABLE other (x)",
    "postgres": "CREATE TABLE note (key text PRIMARY KEY, version bigint NOT NULL, body bytea);"
    "CREATE TABLE other (x integer)",
}
NEWEST_WINS = (
    " ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body"
    " WHERE excluded.version > note.version RETURNING key, version"
)
SHARED = {
    "add": "INSERT INTO note (key, version, body) VALUES (:key, :version, :body)",
    "count": "SELECT count(*) FROM note",
    "keys": "SELECT key FROM note ORDER BY key",
    "all": "SELECT key, version, body FROM note ORDER BY key",
    "bump": "UPDATE note SET version = version + :step",
    "bump_returning": "UPDATE note SET version = version + :step RETURNING version",
    "find": "SELECT version FROM note WHERE key = :key AND ':key' <> key -- :no_parameter",
    "broken": "SELEC 1",
}
PER_DIALECT: dict[Dialect, dict[str, str]] = {
    "sqlite": {
        "put": "INSERT INTO note (key, version, body) VALUES /*rows*/ (:1, :2 + :step, :3)" + NEWEST_WINS,
        "put_quietly": "INSERT INTO note (key, version, body) VALUES /*rows*/ (:1, :2, :3)",
        "wanted": "WITH wanted (key) AS (VALUES /*rows*/ (:1)) SELECT key, version FROM wanted JOIN note USING (key)",
    },
    "postgres": {
        "put": "INSERT INTO note (key, version, body) SELECT k, v + :step, b"
        " FROM unnest(:1::text[], :2::bigint[], :3::bytea[]) AS batch (k, v, b)" + NEWEST_WINS,
        "put_quietly": "INSERT INTO note (key, version, body)"
        " SELECT * FROM unnest(:1::text[], :2::bigint[], :3::bytea[])",
        "wanted": "SELECT key, version FROM unnest(:1::text[]) AS wanted (key) JOIN note USING (key)",
    },
}


@pytest.fixture(scope="session")
def queries_in() -> Mapping[Dialect, Mapping[str, Statement]]:
    """The statements on the table, by dialect and name."""
    return {
        dialect: {name: Statement(name, sql) for name, sql in (SHARED | own).items()}
        for dialect, own in PER_DIALECT.items()
    }


@pytest.fixture
def queries(database: Database, queries_in: Mapping[Dialect, Mapping[str, Statement]]) -> Mapping[str, Statement]:
    """The statements on the table, which now is in the database."""
    database.write_now(lambda tx: tx.script(SCHEMA[database.dialect]))
    return queries_in[database.dialect]


@pytest.fixture(scope="session")
def schema_in() -> Mapping[Dialect, str]:
    """What creates the table."""
    return SCHEMA
