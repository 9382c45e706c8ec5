"""Opening a database by its URL. Drivers are imported when their database is, so nobody waits for the other one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Literal

from hirewire.db.database import Database
from hirewire.db.url import PostgresServer, SqliteFile, read_url


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """How a database is used. The defaults are for production."""

    synchronous: Literal["FULL", "NORMAL"] = "FULL"
    """SQLite: with NORMAL, power loss may undo the last units acknowledged; for benchmarks."""
    busy_timeout_s: float = 5.0
    """How long a unit waits for a lock that somebody else holds."""
    readers: int = 4
    """Read units at a time."""
    writers: int = 8
    """PostgreSQL: write units at a time. SQLite has one writer, which commits units in groups."""


def open_database(url: str, options: Options = Options()) -> Database:
    """Open the database a URL names; a SQLite file is created when its folder is there.

    ``DatabaseUrlError`` for a URL that cannot be used, ``DatabaseUnavailable`` for a database that cannot be opened.
    """
    target = read_url(url)
    return _OPENERS[type(target)](target, options)


def _open_sqlite(file: SqliteFile, options: Options) -> Database:
    from hirewire.db.sqlite import open_sqlite

    return open_sqlite(file.path, options)


def _open_postgres(server: PostgresServer, options: Options) -> Database:
    from hirewire.db.postgres import open_postgres

    return open_postgres(server.uri, options)


_OPENERS: Mapping[type, Callable[[Any, Options], Database]] = {
    SqliteFile: _open_sqlite,
    PostgresServer: _open_postgres,
}
