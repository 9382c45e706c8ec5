"""Seats: recruiters' places on contracts. Which of them may write notes is prospecting.py's."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from hirewire.catalog.seats import SeatState
from hirewire.db import Statements, Transaction
from hirewire.platform.persons import Person, read_name
from hirewire.values.time import Millis


@dataclass(frozen=True, slots=True)
class StoredSeat:
    """One seat: ``contract`` is a URN, ``id`` makes the owner's, ``urn:li:seat:{id}``."""

    id: int
    contract: str
    holder: Person
    state: SeatState
    roles: tuple[str, ...]
    created_at: Millis


class Seats:
    """The stored seats."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, tx: Transaction, seat: StoredSeat) -> bool:
        """Store a seat, whose holder must be stored; False if there is one of that id."""
        params = {
            "id": seat.id,
            "contract": seat.contract,
            "person": seat.holder.id,
            "state": seat.state.value,
            "roles": msgspec.json.encode(seat.roles),
            "created_at": seat.created_at,
        }
        return tx.execute(self._statements["add_seat"], params) == 1

    def find(self, tx: Transaction, id_: int) -> StoredSeat | None:
        """One seat."""
        row = tx.one(self._statements["find_seat"], {"id": id_})
        return None if row is None else _read(row)

    def set_state(self, tx: Transaction, id_: int, state: SeatState) -> None:
        """Change whether a seat is in use."""
        tx.execute(self._statements["set_seat_state"], {"id": id_, "state": state.value})

    def page(
        self, tx: Transaction, contracts: Collection[str], states: Collection[SeatState], start: int, count: int
    ) -> Iterator[StoredSeat]:
        """Some seats of some contracts in some states, in order of their ids."""
        params = {**_wanted(contracts, states), "start": start, "count": count}
        for row in tx.rows(self._statements["list_seats"], params):
            yield _read(row)

    def count(self, tx: Transaction, contracts: Collection[str], states: Collection[SeatState]) -> int:
        """How many there are in all."""
        row = tx.one(self._statements["count_seats"], _wanted(contracts, states))
        return row[0] if row else 0


def _wanted(contracts: Collection[str], states: Collection[SeatState]) -> dict[str, str]:
    names = [state.value for state in states]
    return {
        "contracts": msgspec.json.encode(sorted(contracts)).decode(),
        "states": msgspec.json.encode(sorted(names)).decode(),
    }


def _read(row: tuple[Any, ...]) -> StoredSeat:
    id_, contract, person, state, roles, created_at, profile = row
    return StoredSeat(
        id=id_,
        contract=contract,
        holder=Person(person, read_name(profile)),
        state=SeatState(state),
        roles=msgspec.json.decode(bytes(roles), type=tuple[str, ...]),
        created_at=created_at,
    )
