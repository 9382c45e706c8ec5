"""The stored prospect notes: written, changed, and read a page at a time. Who may do what is prospecting.py's.

A page begins behind a place, not at an index: it costs the same wherever it is, and rows that move do not shift it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from hirewire.db import Statements, Transaction
from hirewire.values.time import Millis
from hirewire.values.urn import Urn, UrnKind

LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1


class Place(NamedTuple):
    """Where a note stands in the order of a window: by the moment of its last change, then by its id (decision G-19)."""

    last_modified: int
    id: int


@dataclass(frozen=True, slots=True)
class StoredNote:
    """One note; ``active`` False means deleted. ``contract`` and ``owner`` are the numbers of their URNs."""

    id: int
    contract: int
    owner: int
    person: str
    active: bool
    text: str
    created: Millis
    last_modified: Millis

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.last_modified, self.id)


@dataclass(frozen=True, slots=True)
class NoteWindow:
    """Which notes of a contract: last changed after ``after`` (exclusive) until ``before`` (inclusive), of some owners.

    ``owners`` None means everybody's. The defaults leave a side open.
    """

    contract: int
    after: int = LONG_MIN
    before: int = LONG_MAX
    owners: tuple[int, ...] | None = None

    @property
    def beginning(self) -> Place:
        """The place before its first note."""
        return Place(self.after, LONG_MAX)


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A note to be written."""

    contract: int
    owner: int
    person: str
    text: str


@dataclass(frozen=True, slots=True)
class Harvest:
    """Notes ``first`` to ``last`` (inclusive) of ``total`` made-up ones, spread evenly over [``since``, ``until``)."""

    contract: int
    owners: Sequence[int]
    persons: Sequence[str]
    seed: int
    since: int
    until: int
    total: int
    first: int
    last: int


class ProspectNotes:
    """The stored notes."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    # -- writing

    def add(self, tx: Transaction, draft: NoteDraft, now: Millis) -> int:
        """Store a new note; its id."""
        params = {
            "contract": draft.contract,
            "owner": draft.owner,
            "person": draft.person,
            "text": draft.text.encode(),
            "now": now,
        }
        (id_,) = tx.rows(self._statements["add_prospect_note"], params)[0]
        return int(id_)

    def find(self, tx: Transaction, id_: int) -> StoredNote | None:
        """One note."""
        return _one(tx.one(self._statements["find_prospect_note"], {"id": id_}))

    def lock(self, tx: Transaction, id_: int) -> StoredNote | None:
        """The same, and nobody else changes it before the transaction ends."""
        return _one(tx.one(self._statements["lock_prospect_note"], {"id": id_}))

    def save(self, tx: Transaction, note: StoredNote) -> None:
        """Store what can change of a note: text, whether it is active, and when that was."""
        params = {"id": note.id, "active": int(note.active), "text": note.text.encode()}
        tx.execute(self._statements["save_prospect_note"], {**params, "last_modified": note.last_modified})

    def harvest(self, tx: Transaction, wanted: Harvest) -> None:
        """Make up notes, some microseconds each. The same arguments make the same notes."""
        tx.execute(
            self._statements["generate_prospect_notes"],
            {
                "contract": wanted.contract,
                "owners": _list(wanted.owners),
                "owner_count": len(wanted.owners),
                "persons": _list(wanted.persons),
                "person_count": len(wanted.persons),
                "seed": wanted.seed,
                "since": wanted.since,
                "span": wanted.until - wanted.since,
                "total": wanted.total,
                "first": wanted.first,
                "last": wanted.last,
            },
        )

    # -- reading

    def page(self, tx: Transaction, window: NoteWindow, behind: Place, count: int) -> list[StoredNote]:
        """At most ``count`` notes of a window behind a place, in order."""
        params = {"after": behind.last_modified, "after_id": behind.id, "count": count}
        name, wanted = _spoken("list_prospect_notes", window)
        return [_read(row) for row in tx.rows(self._statements[name], {**wanted, **params})]

    def count(self, tx: Transaction, window: NoteWindow, most: int) -> int:
        """How many notes a window holds, counted no further than ``most``."""
        name, wanted = _spoken("count_prospect_notes", window)
        row = tx.one(self._statements[name], {**wanted, "most": most})
        return row[0] if row else 0

    def place_at(self, tx: Transaction, window: NoteWindow, position: int) -> Place | None:
        """Where the note with an index (from 0) stands; None if the window holds no more than that. Costs its index."""
        name, wanted = _spoken("find_prospect_note_place", window)
        row = tx.one(self._statements[name], {**wanted, "position": position})
        return None if row is None else Place(*row)


def number_of(urn: str, kind: UrnKind) -> int | None:
    """The number in a URN; None where no stored row can have it (too large, or written with leading zeros).

    >>> number_of("urn:li:seat:12", UrnKind.SEAT), number_of("urn:li:seat:012", UrnKind.SEAT)
    (12, None)
    """
    text = Urn.parse(urn, kind).id
    number = int(text)
    return number if str(number) == text and number <= LONG_MAX else None


def _spoken(statement: str, window: NoteWindow) -> tuple[str, dict[str, Any]]:
    """The statement for a window, with or without owners, and its parameters."""
    params = {"contract": window.contract, "after": window.after, "before": window.before}
    if window.owners is None:
        return statement, params
    return f"{statement}_of_owners", {**params, "owners": _list(sorted(set(window.owners)))}


def _list(values: Sequence[int] | Sequence[str]) -> str:
    return msgspec.json.encode(list(values)).decode()


def _one(row: tuple[Any, ...] | None) -> StoredNote | None:
    return None if row is None else _read(row)


def _read(row: tuple[Any, ...]) -> StoredNote:
    id_, contract, owner, person, active, text, created, last_modified = row
    return StoredNote(id_, contract, owner, person, bool(active), bytes(text).decode(), created, last_modified)
