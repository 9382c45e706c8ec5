"""PostgreSQL's SQLSTATE codes in our words. Nothing in a message comes from a row or from a password."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from hirewire.db.errors import (
    ConstraintViolated,
    DatabaseBusy,
    DatabaseConflict,
    DatabaseError,
    DatabaseFull,
    DatabaseUnavailable,
    StatementFailed,
    ValueRefused,
)


class ConnectionLost(DatabaseUnavailable):
    """The connection ended inside a unit and before its commit, so the unit had no effect and may run again."""


# https://www.postgresql.org/docs/18/errcodes-appendix.html: the longest prefix that fits.
_NEXT_STEPS: Sequence[tuple[str, type[DatabaseError], str]] = (
    ("40", DatabaseConflict, "concurrent transactions collided, again and again; try again later"),
    ("55P03", DatabaseBusy, "another transaction held a lock for too long; try again later"),
    ("57014", DatabaseBusy, "the statement took longer than the server allows; try again later"),
    ("53100", DatabaseFull, "the server's disk is full; make room"),
    ("53", DatabaseUnavailable, "the server lacks memory or connections"),
    (
        "25006",
        DatabaseUnavailable,
        "nothing may be written here: the unit is one that reads, or the server is not the primary",
    ),
    ("42501", DatabaseUnavailable, "the role lacks a privilege; grant it, or connect as another role"),
    ("23", ConstraintViolated, "a row contradicts a constraint"),
    ("22", ValueRefused, "the value cannot be stored"),
)


def worded(error: Exception, where: str, *, lost: bool) -> DatabaseError:
    """The error for what psycopg raised; ``where`` names the statement, ``lost`` says the connection is gone."""
    if lost:
        return ConnectionLost(f"{where}: the connection to PostgreSQL was lost; try again")
    if not isinstance(error, psycopg.Error):
        return ValueRefused(f"{where}: PostgreSQL cannot store a value: {type(error).__name__}")
    state = error.sqlstate or ("22" if isinstance(error, psycopg.DataError) else "")
    for prefix, kind, sentence in _NEXT_STEPS:
        if state.startswith(prefix):
            return kind(f"{where}: {sentence} (PostgreSQL: {_reason(error, kind)})")
    return StatementFailed(f"{where}: {_reason(error, StatementFailed)}")


def _reason(error: psycopg.Error, kind: type[DatabaseError]) -> str:
    """What may be shown of PostgreSQL's message: not its detail, nor anything about a value, as both quote the row."""
    if kind is ValueRefused:
        return type(error).__name__
    return error.diag.message_primary or str(error)
