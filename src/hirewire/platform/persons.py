"""Persons: who is a prospect or holds a seat. What is written about them is prospect_notes.py's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from hirewire.db import Statements, Transaction


class PersonName(msgspec.Struct, frozen=True):
    """What a person is called."""

    first_name: str
    last_name: str


class Person(NamedTuple):
    """One person; ``id`` makes the URN, ``urn:li:person:{id}``."""

    id: str
    name: PersonName


class Persons:
    """The stored persons."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, tx: Transaction, person: Person) -> bool:
        """Store a person; False if there is one of that id, who stays as they are."""
        params = {"id": person.id, "profile": msgspec.json.encode(person.name)}
        return tx.execute(self._statements["add_person"], params) == 1

    def find(self, tx: Transaction, id_: str) -> Person | None:
        """One person."""
        row = tx.one(self._statements["find_person"], {"id": id_})
        return None if row is None else Person(id_, read_name(row[0]))

    def each(self, tx: Transaction, after: str, count: int) -> Iterator[Person]:
        """At most ``count`` persons whose ids are greater than ``after``, in order of their ids."""
        for id_, profile in tx.rows(self._statements["list_persons"], {"after": after, "count": count}):
            yield Person(id_, read_name(profile))


def read_name(profile: bytes) -> PersonName:
    """A person's name as it is stored."""
    return msgspec.json.decode(bytes(profile), type=PersonName)
