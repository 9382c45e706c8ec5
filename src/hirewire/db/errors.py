"""What can go wrong with a database, one class per thing the caller does next. No driver's exception leaves ``db``."""

from __future__ import annotations


class DatabaseError(Exception):
    """Anything the database layer raises; the message is worded for the person who must act."""


class DatabaseUrlError(DatabaseError):
    """The database URL cannot be used as written: mend the URL."""


class DatabaseUnavailable(DatabaseError):
    """The database cannot be opened or reached; the unit had no effect. Mend the cause, then try again."""


class CommitUnknown(DatabaseUnavailable):
    """The connection was lost while committing: the unit took effect or it did not, nobody here can tell."""


class DatabaseBusy(DatabaseError):
    """Somebody else held a lock for longer than we wait; the unit had no effect. Try again later."""


class DatabaseConflict(DatabaseBusy):
    """Concurrent transactions collided, and did so again on every retry; the unit had no effect. Try again later."""


class DatabaseFull(DatabaseError):
    """There is no room to store more; the unit had no effect. Make room."""


class DatabaseClosed(DatabaseError):
    """The database, or the transaction, is no longer open: a defect in the order of things in our caller."""


class CannotJoin(DatabaseError):
    """A borrowed connection cannot carry our work the way it is used: mend that where it is opened."""


class ConstraintViolated(DatabaseError):
    """A row contradicts a constraint of the schema (unique, foreign key, not null, check): the store decides."""


class ValueRefused(DatabaseError):
    """The database cannot store a value as such: NUL or a lone surrogate in text, an integer beyond 64 bits."""


class StatementFailed(DatabaseError):
    """The database did not accept a statement or its parameters: a defect in our SQL, or a schema not migrated."""


class SchemaTooNew(DatabaseError):
    """The schema carries a stamp this version does not know: install a newer hirewire."""
