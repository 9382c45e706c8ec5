"""Where an ATS hands its changes over: inside its own transaction, so that a change and its being sent are one fact.

    with connection:                                      # sqlite3, apsw, psycopg, SQLAlchemy
        connection.execute("UPDATE note SET ...")
        outbox.add(Change.upsert(key, note), connection)  # commits with the note, or not at all

Nothing is sent here, and nothing is refused: a change that cannot be sent is parked with its reason.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from hirewire.db import Database, Dialect, Transaction, borrow, migrate
from hirewire.plan.entity import Added, Standing, State
from hirewire.plan.entity import add as add_version
from hirewire.runtime.clock import Clock, RealClock
from hirewire.sync.changes import Change, Written, write
from hirewire.sync.kinds import SCHEMA, RowKey
from hirewire.sync.store import Move, Store, Tale
from hirewire.values.time import Millis, to_iso

_REAL_CLOCK = RealClock()


def prepare(database: Database) -> None:
    """Create the outbox's tables in a database, or bring them forward; all of them begin with ``hirewire_``."""
    migrate(database, "hirewire.sync.migrations", SCHEMA)


def add(change: Change, connection: object, *, clock: Clock = _REAL_CLOCK) -> Added:
    """Hand a change over in the transaction that is open on ``connection``; the caller commits.

    ``connection`` is an open one of sqlite3, apsw, psycopg or SQLAlchemy (Connection or Session). Returns what became of
    the change. Raises only what the database raises, and ``TypeError`` for a key that is none.
    """
    (added,) = add_many((change,), connection, clock=clock)
    return added


def add_many(changes: Iterable[Change], connection: object, *, clock: Clock = _REAL_CLOCK) -> Counter[Added]:
    """The same for many changes at once, in their order; how many became what. Keep it to some thousands a call."""
    return record(borrow(connection), [write(change) for change in changes], clock.now())


def record(tx: Transaction, changes: Iterable[Written], now: Millis) -> Counter[Added]:
    """Enter changes into the tables in an open transaction of ours."""
    store = _store(tx.dialect)
    waiting: dict[RowKey, list[Written]] = {}
    for change in changes:
        waiting.setdefault(change.key, []).append(change)
    counts: Counter[Added] = Counter()
    for enter in (_enter_new, _enter_known):
        entered = enter(store, tx, waiting, now) if waiting else {}
        for key, addition in entered.items():
            counts.update(addition.added)
            del waiting[key]
    # Rows of this table are never deleted, so what could not be inserted was there to be found.
    assert not waiting, f"{len(waiting)} records of the outbox vanished while they were being changed"
    return counts


@functools.cache
def _store(dialect: Dialect) -> Store:
    return Store(dialect)


class _Addition:
    """The changes of one record, worked into what is known of it."""

    __slots__ = ("added", "body", "standing", "tales")

    def __init__(self, known: Standing | None, changes: Iterable[Written], now: Millis) -> None:
        self.added: list[Added] = []
        self.body: bytes | None = None
        self.tales: list[Tale] = []
        standing = known
        for change in changes:
            before, (standing, added) = standing, add_version(standing, change.version, now)
            self.added.append(added)
            if before is None or standing.seq > before.seq:
                self.body = change.body
            self.tales.extend(_tale(before, standing, added, change, now))
        assert standing is not None
        self.standing = standing

    def story(self, entity: int) -> list[Tale]:
        """What there is to tell of it."""
        return [tale._replace(entity=entity) for tale in self.tales]


def _tale(before: Standing | None, after: Standing, added: Added, change: Written, now: Millis) -> Iterator[Tale]:
    # The first version is told by the row itself, and that nothing was new is not worth telling.
    if added is Added.PARKED:
        yield Tale(0, now, added.value, after.seq, None, change.version.fault)
    elif added is Added.SUPERSEDED:
        modified = to_iso(change.version.src_modified or Millis(0))
        yield Tale(0, now, added.value, after.seq, None, f"it is of {modified}, known is {to_iso(after.src_modified)}")
    elif before is not None and after.seq > before.seq:
        yield Tale(0, now, added.value, after.seq, None, change.version.op.value)


_Waiting = Mapping[RowKey, list[Written]]


def _enter_new(store: Store, tx: Transaction, waiting: _Waiting, now: Millis) -> dict[RowKey, _Addition]:
    """Enter those that nobody has heard of."""
    additions = {key: _Addition(None, changes, now) for key, changes in waiting.items()}
    ids = store.add_entities(tx, [(key, addition.standing) for key, addition in additions.items()], now)
    entered = {key: additions[key] for key in waiting if key in ids}
    _write_out(store, tx, {ids[key]: addition for key, addition in entered.items()})
    return entered


def _enter_known(store: Store, tx: Transaction, waiting: _Waiting, now: Millis) -> dict[RowKey, _Addition]:
    """Enter further versions of those that are known."""
    rows = store.find_entities(tx, waiting)
    additions = {key: _Addition(row.standing, waiting[key], now) for key, row in rows.items()}
    moves = [
        Move(rows[key], addition.standing, is_fenced=False)
        for key, addition in additions.items()
        if addition.standing != rows[key].standing
    ]
    moved = store.move_entities(tx, moves)
    assert len(moved) == len(moves), "a row moved although it was locked"
    _write_out(store, tx, {rows[key].id: addition for key, addition in additions.items()})
    return additions


def _write_out(store: Store, tx: Transaction, additions: Mapping[int, _Addition]) -> None:
    """The new contents, and the stories."""
    newer = [(id, each.standing.seq, each.body) for id, each in additions.items() if each.body is not None]
    needless = {id for id, _, _ in newer if additions[id].standing.state is State.CLEAN}
    store.drop_payloads(tx, sorted(needless))
    store.put_payloads(tx, [payload for payload in newer if payload[0] not in needless])
    store.tell_story(tx, [tale for id, addition in additions.items() for tale in addition.story(id)])
