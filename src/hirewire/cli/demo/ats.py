"""A small applicant tracking system, as its own engineers would write it: one SQLite file, its own tables, its own code.

It plays the customer's software, so it speaks plain ``sqlite3`` and knows nothing of hirewire but ``outbox.add``: the
one line in each of its transactions that makes a change travel.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from hirewire.catalog.application_notes import Actor, ApplicationNote, ApplicationNoteKey
from hirewire.cli.demo.recruiters import CANDIDATES, JOBS, Deed, Delete, Edit, Flaw, Write
from hirewire.runtime.clock import Clock
from hirewire.sync import Change, outbox

_SCHEMA = """
CREATE TABLE IF NOT EXISTS application (id TEXT PRIMARY KEY, candidate TEXT NOT NULL, job TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS note (
  id TEXT PRIMARY KEY,
  application_id TEXT NOT NULL REFERENCES application (id),
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  text TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  flaw TEXT
);
"""


@dataclass(frozen=True, slots=True)
class Note:
    """A note as the ATS stores it; ``flaw`` says what is wrong with it on purpose."""

    id: str
    application_id: str
    first_name: str
    last_name: str
    text: str
    created_ms: int
    modified_ms: int
    flaw: str | None = None


class Ats:
    """The ATS of one customer. Every deed is one transaction: the note and the word about it, or neither."""

    def __init__(self, file: Path, organization: str, clock: Clock) -> None:
        self._organization = organization
        self._clock = clock
        self._connection = sqlite3.connect(file, timeout=10.0)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.executescript(_SCHEMA)
        self._written = 0

    def open_applications(self, count: int, dice: random.Random) -> list[str]:
        """Receive ``count`` applications of candidates for jobs; their ids."""
        rows = [(f"app-{1001 + number}", dice.choice(CANDIDATES), dice.choice(JOBS)) for number in range(count)]
        with self._connection:
            self._connection.executemany("INSERT INTO application VALUES (?, ?, ?)", rows)
        return [row[0] for row in rows]

    def perform(self, deed: Deed) -> str:
        """Do what a recruiter decided; the id of the note it was done to."""
        with self._connection:
            return _PERFORM[type(deed)](self, deed)

    def notes(self) -> Iterator[tuple[ApplicationNoteKey, ApplicationNote, str | None]]:
        """Every note there is, in the platform's terms, with its flaw."""
        for row in self._connection.execute("SELECT * FROM note ORDER BY id"):
            note = Note(*row)
            yield self._key(note), _entity(note), note.flaw

    def close(self) -> None:
        """Let go of the database file."""
        self._connection.close()

    def _write(self, deed: Write) -> str:
        self._written += 1
        now = self._clock.now()
        created = 0 if deed.flaw is Flaw.CREATED_IN_1970 else now
        flaw = deed.flaw.value if deed.flaw else None
        note = Note(f"note-{self._written:05d}", deed.application_id, *deed.author, deed.text, created, now, flaw)
        self._connection.execute("INSERT INTO note VALUES (?, ?, ?, ?, ?, ?, ?, ?)", astuple(note))
        outbox.add(Change.upsert(self._key(note), _entity(note)), self._connection)
        return note.id

    def _edit(self, deed: Edit) -> str:
        before = self._read(deed.note_id)
        # Two edits within one millisecond are still two versions.
        modified = max(self._clock.now(), before.modified_ms + 1)
        self._connection.execute(
            "UPDATE note SET text = ?, modified_ms = ? WHERE id = ?", (deed.text, modified, before.id)
        )
        after = self._read(deed.note_id)
        outbox.add(Change.upsert(self._key(after), _entity(after)), self._connection)
        return after.id

    def _delete(self, deed: Delete) -> str:
        note = self._read(deed.note_id)
        self._connection.execute("DELETE FROM note WHERE id = ?", (note.id,))
        outbox.add(Change.delete(self._key(note), modified_at=self._clock.now()), self._connection)
        return note.id

    def _read(self, note_id: str) -> Note:
        return Note(*self._connection.execute("SELECT * FROM note WHERE id = ?", (note_id,)).fetchone())

    def _key(self, note: Note) -> ApplicationNoteKey:
        return ApplicationNoteKey(self._organization, note.application_id, note.id)


_PERFORM: Mapping[type, Callable[[Ats, Any], str]] = {Write: Ats._write, Edit: Ats._edit, Delete: Ats._delete}


def _entity(note: Note) -> ApplicationNote:
    return ApplicationNote(
        note=note.text,
        author=Actor(first_name=note.first_name, last_name=note.last_name),
        created_at=note.created_ms,
        last_modified_at=note.modified_ms,
    )
