"""The bodies of the FastAPI peers: pydantic models, checked like ours. They are spared Rest.li: no composite keys, no
tunnelling, no token, no throttle, no journal.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, PositiveInt

Text = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Author(BaseModel):
    """Who wrote a note."""

    first_name: Text
    last_name: Text


class Note(BaseModel):
    """One note with its key."""

    integration_context: str
    application_id: str
    note_id: str
    note: Text
    author: Author | None = None
    created_at: PositiveInt
    last_modified_at: PositiveInt


class Batch(BaseModel):
    """A request."""

    notes: Annotated[list[Note], Field(max_length=100)]


class NoteResult(BaseModel):
    """What became of one note."""

    note_id: str
    status: Literal[204] = 204


class BatchResult(BaseModel):
    """An answer."""

    results: list[NoteResult]


def columns(note: Note) -> dict[str, str | int | None]:
    """A note as a row."""
    values = note.model_dump(exclude={"author"})
    author = note.author
    values["author_first_name"] = author.first_name if author else None
    values["author_last_name"] = author.last_name if author else None
    return values


def answer(batch: Batch) -> BatchResult:
    """Everything was stored."""
    return BatchResult(results=[NoteResult(note_id=note.note_id) for note in batch.notes])
