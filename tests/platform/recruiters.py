"""Recruiters on a contract in a sandbox: seats, prospects, notes; and what a partner sees of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hirewire.catalog.seats import SeatState
from hirewire.db import Transaction
from hirewire.platform.prospect_notes import StoredNote
from hirewire.platform.prospecting import (
    PersonWish,
    SeatWish,
    create_contract,
    create_person,
    create_seat,
    delete_note,
    edit_note,
    write_note,
)
from hirewire.platform.seats import StoredSeat
from tests.platform.sandbox import ORGANIZATION, Answer, Caller, Sandbox

CONTRACT = "urn:li:contract:1234567"
T = TypeVar("T")


class Recruiters:
    """A contract with two seats and one prospect."""

    def __init__(self, sandbox: Sandbox, contract: str = CONTRACT, organization: str = ORGANIZATION, seats: int = 2):
        self.sandbox = sandbox
        self.contract = contract
        self._do(lambda tx: create_contract(tx, sandbox.stores, contract, organization))
        self.prospect = self.person("Pat", "Prospect")
        first = int(contract.rpartition(":")[2]) * 1_000
        self.seats = [self.seat(str(first + number)) for number in range(seats)]

    def _do(self, unit: Callable[[Transaction], T]) -> T:
        return self.sandbox.database.write_now(unit)

    def person(self, first: str = "Ann", last: str = "Lee", id: str | None = None) -> str:
        wish = PersonWish(first, last, id)
        return self._do(lambda tx: create_person(tx, self.sandbox.stores, wish, self.sandbox.random)).id

    def seat(self, id: str | None = None, state: SeatState = SeatState.ACTIVE) -> str:
        wish = SeatWish(self.contract, self.person(), state, ("RECRUITER",), id)
        now = self.sandbox.clock.now()
        return str(self._do(lambda tx: create_seat(tx, self.sandbox.stores, wish, self.sandbox.random, now)).id)

    def write(self, text: str = "a note", seat: int = 0, prospect: str | None = None) -> StoredNote:
        person, now = prospect or self.prospect, self.sandbox.clock.now()
        return self._do(lambda tx: write_note(tx, self.sandbox.stores, self.seats[seat], person, text, now))

    def edit(self, note: int, text: str = "changed", seat: int = 0) -> StoredNote:
        now = self.sandbox.clock.now()
        return self._do(lambda tx: edit_note(tx, self.sandbox.stores, note, self.seats[seat], text, now))

    def delete(self, note: int, seat: int = 0) -> StoredNote:
        now = self.sandbox.clock.now()
        return self._do(lambda tx: delete_note(tx, self.sandbox.stores, note, self.seats[seat], now))

    def find_seat(self, id: str) -> StoredSeat | None:
        return self.sandbox.database.read_now(lambda tx: self.sandbox.stores.seats.find(tx, int(id)))


def find(caller: Caller, query: str = "", contract: str = CONTRACT, **headers: str) -> Answer:
    """A page of a contract's notes."""
    glue = "&" if query else ""
    return caller.send("GET", f"/v2/prospectNotes?q=criteria&contract={contract}{glue}{query}", **headers)


def ids(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.body
    return [element["id"] for element in answer.json["elements"]]


def next_of(answer: Answer) -> str | None:
    return next((link["href"] for link in answer.json["paging"]["links"] if link["rel"] == "next"), None)


def walk(caller: Caller, query: str, between: Callable[[], Any] = lambda: None) -> list[int]:
    """Every id along ``next``; ``between`` happens before each further page."""
    answer = find(caller, query)
    found = ids(answer)
    while (href := next_of(answer)) is not None and answer.json["elements"]:
        between()
        answer = caller.send("GET", href)
        found += ids(answer)
    return found
