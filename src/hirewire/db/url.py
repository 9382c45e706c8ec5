"""Database URLs: what may be written and what it means. Nothing is opened here."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote

from hirewire.db.errors import DatabaseUrlError

EXPECTED = "sqlite:///relative.db, sqlite:////absolute/path.db or postgresql://user@host:port/database"


@dataclasses.dataclass(frozen=True, slots=True)
class SqliteFile:
    """A SQLite database in a file."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclasses.dataclass(frozen=True, slots=True)
class PostgresServer:
    """A PostgreSQL database: a connection URI as libpq takes it. It may hold a password, so it has no ``repr``."""

    uri: str = dataclasses.field(repr=False)


def read_url(url: str) -> SqliteFile | PostgresServer:
    """What a database URL names; ``DatabaseUrlError`` says what was given, without its password, and what is expected.

    >>> read_url("sqlite:///notes.db")
    SqliteFile(path=PosixPath('notes.db'))
    >>> str(read_url("sqlite:////var/lib/notes.db"))
    '/var/lib/notes.db'
    """
    scheme, separator, rest = url.partition("://")
    reader = _READERS.get(scheme.lower())
    if reader is None or not separator:
        raise DatabaseUrlError(f"expected a database URL ({EXPECTED}), got {without_password(url)!r}")
    return reader(url, rest)


def without_password(url: str) -> str:
    """The URL with every password in it replaced by ``***``, for messages.

    >>> without_password("postgresql://ann:secret@db/notes?sslpassword=other")
    'postgresql://ann:***@db/notes?sslpassword=***'
    """
    # The last @ before the path ends the user part: a password pasted unescaped may hold one, or a colon, or a slash.
    hidden = re.sub(r"^([^/:]+://[^:@/]*):.*@", r"\1:***@", url, flags=re.DOTALL)
    return re.sub(r"(password=)[^&\s]*", r"\1***", hidden, flags=re.IGNORECASE)


def _read_sqlite(url: str, rest: str) -> SqliteFile:
    if not rest.startswith("/"):
        raise DatabaseUrlError(f"expected three or four slashes ({EXPECTED}), got {url!r}")
    path = unquote(rest[1:])
    if not path or path == ":memory:":
        raise DatabaseUrlError(
            f"expected the path of a file ({EXPECTED}), got {url!r}: a database in memory is lost when the process "
            "ends and cannot be shared, so it is not offered; name a file in a temporary folder instead"
        )
    if "?" in path or "\0" in path:
        raise DatabaseUrlError(f"expected a plain file path ({EXPECTED}) without '?' or NUL, got {url!r}")
    return SqliteFile(Path(path))


def _read_postgres(url: str, rest: str) -> PostgresServer:
    if not rest:
        raise DatabaseUrlError(f"expected a host and a database ({EXPECTED}), got {url!r}")
    return PostgresServer("postgresql://" + rest)


_READERS: Mapping[str, Callable[[str, str], SqliteFile | PostgresServer]] = {
    "sqlite": _read_sqlite,
    "postgresql": _read_postgres,
    "postgres": _read_postgres,
}
