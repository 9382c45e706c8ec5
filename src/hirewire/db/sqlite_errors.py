"""SQLite's result codes in our words; both drivers of SQLite give the same codes. Nothing here imports a driver."""

from __future__ import annotations

from hirewire.db.errors import (
    ConstraintViolated,
    DatabaseBusy,
    DatabaseError,
    DatabaseFull,
    DatabaseUnavailable,
    StatementFailed,
    ValueRefused,
)

# https://sqlite.org/rescode.html: primary result codes
_NEXT_STEPS: dict[int, tuple[type[DatabaseError], str]] = {
    3: (DatabaseUnavailable, "the file's permissions do not allow it"),
    5: (DatabaseBusy, "another process is writing to the database and did not finish in time; try again later"),
    6: (DatabaseBusy, "another connection of this process is using the table; try again later"),
    7: (DatabaseUnavailable, "there is not enough memory"),
    8: (
        DatabaseUnavailable,
        "nothing can be written: the unit is one that reads, or the file or its folder is read-only for this user",
    ),
    10: (DatabaseUnavailable, "the disk reported an error; check it, and the system's log"),
    11: (DatabaseUnavailable, "the file is damaged; restore it from a backup"),
    13: (DatabaseFull, "the disk, or the space allowed to the database, is full; make room"),
    14: (DatabaseUnavailable, "the file cannot be opened; check its path, its permissions and those of its folder"),
    18: (ValueRefused, "the value is too large"),
    19: (ConstraintViolated, "a row contradicts a constraint"),
    20: (ValueRefused, "the value is not of the column's type"),
    26: (DatabaseUnavailable, "the file is not a SQLite database; name another file"),
}


def worded(code: int | None, error: Exception, where: str) -> DatabaseError:
    """The error for SQLite's (extended) result code; ``where`` names the statement or the file."""
    if isinstance(error, OverflowError | UnicodeError):
        return ValueRefused(f"{where}: SQLite cannot store a value: {type(error).__name__}")
    if code is None or code & 0xFF not in _NEXT_STEPS:
        return StatementFailed(f"{where}: {error}")
    kind, sentence = _NEXT_STEPS[code & 0xFF]
    return kind(f"{where}: {sentence} (SQLite: {error})")
