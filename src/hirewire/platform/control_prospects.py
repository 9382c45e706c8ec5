"""The control API's part about contracts, persons, seats and prospect notes: the recruiters' side of them.

What may be done stands in prospecting.py; the command line does the same by the same names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from hirewire.catalog.seats import SeatState
from hirewire.db import Database, Transaction
from hirewire.platform.control import PAGE_MAX, ControlError, ControlRequest, ControlRoute, count_of, decoded
from hirewire.platform.control_integrations import answered
from hirewire.platform.credentials import Random
from hirewire.platform.onboarding import Malformed
from hirewire.platform.persons import Person
from hirewire.platform.prospect_notes import LONG_MAX, Harvest, NoteWindow, Place, StoredNote, number_of
from hirewire.platform.prospecting import (
    PersonWish,
    SeatWish,
    create_contract,
    create_person,
    create_seat,
    delete_note,
    edit_note,
    harvest_notes,
    known_note,
    known_person,
    set_seat_state,
    urn_of,
    write_note,
)
from hirewire.platform.seats import StoredSeat
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import Clock
from hirewire.values.time import DAY_MS
from hirewire.values.urn import Urn, UrnKind

T = TypeVar("T")

HARVEST_PERSONS = 1_000
HARVEST_SEATS_MAX = 1_000


class ContractAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A contract, and whose it is; ids or URNs."""

    contract: str
    organization: str


class PersonAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new person; the id is made up unless given."""

    first_name: str
    last_name: str
    id: str | None = None


class SeatAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new seat of a person on a contract; the id is made up unless given."""

    contract: str
    person: str
    state: SeatState = SeatState.ACTIVE
    roles: tuple[str, ...] = ()
    id: str | None = None


class SeatChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a seat."""

    state: SeatState


class NoteAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new note: who writes it (a seat), on whom (a person), and what."""

    seat: str
    person: str
    text: str


class NoteChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who changes a note (a seat), and what it says then."""

    seat: str
    text: str


class NotesAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many notes to make up on a contract, from which seed, spread over [``since``, ``until``) epoch milliseconds.

    By default over the day before now. Notes ``first`` and on of ``total``, so that many can be made in several requests.
    """

    contract: str
    count: int
    seed: int = 0
    since: int | None = None
    until: int | None = None
    first: int = 0
    total: int | None = None


# -- what can be done, inside a transaction: the command line's verbs as well as the control API's


def harvest_of(tx: Transaction, stores: Stores, asked: NotesAsked, now: int) -> Harvest:
    """The notes to make up: by the contract's active seats, on persons made up for the purpose.

    Raises:
        OnboardingError: what is asked makes no sense.
    """
    contract = urn_of(asked.contract, UrnKind.CONTRACT)
    number = number_of(contract, UrnKind.CONTRACT)
    if not 0 < asked.count or not 0 <= asked.seed < 2**31 or asked.first < 0:
        raise Malformed(f"expected a positive count and a seed from 0 to {2**31 - 1}, got {asked.count}, {asked.seed}")
    seats = stores.seats.page(tx, [contract], {SeatState.ACTIVE}, 0, HARVEST_SEATS_MAX)
    persons = [person.id for person in stores.persons.each(tx, "", HARVEST_PERSONS)]
    until = now if asked.until is None else asked.until
    return Harvest(
        contract=number or 0,
        owners=[seat.id for seat in seats],
        persons=persons,
        seed=asked.seed,
        since=max(0, until - DAY_MS) if asked.since is None else asked.since,
        until=until,
        total=asked.first + asked.count if asked.total is None else asked.total,
        first=asked.first,
        last=asked.first + asked.count - 1,
    )


def shown_contract(contract: str, organization: str) -> dict[str, Any]:
    """A contract for people."""
    return {"contract": contract, "organization": organization}


def shown_person(person: Person) -> dict[str, Any]:
    """A person for people."""
    return {"person": str(Urn(UrnKind.PERSON, person.id)), **msgspec.structs.asdict(person.name)}


def shown_seat(seat: StoredSeat) -> dict[str, Any]:
    """A seat for people."""
    return {
        "seat": str(Urn(UrnKind.SEAT, str(seat.id))),
        "contract": seat.contract,
        **shown_person(seat.holder),
        "state": seat.state.value,
        "roles": list(seat.roles),
        "created_at": seat.created_at,
    }


def shown_note(note: StoredNote) -> dict[str, Any]:
    """A prospect note for people."""
    return {
        "id": note.id,
        "contract": str(Urn(UrnKind.CONTRACT, str(note.contract))),
        "owner": str(Urn(UrnKind.SEAT, str(note.owner))),
        "person": str(Urn(UrnKind.PERSON, note.person)),
        "active": note.active,
        "text": note.text,
        "created": note.created,
        "last_modified": note.last_modified,
    }


def all_contracts(tx: Transaction, stores: Stores, organization: str | None) -> list[dict[str, Any]]:
    """The contracts of an organization, or all."""
    wanted = None if organization is None else urn_of(organization, UrnKind.ORGANIZATION)
    return [shown_contract(*each) for each in stores.customers.contracts(tx, wanted)]


def seats_of(tx: Transaction, stores: Stores, contract: str, start: int, count: int) -> list[dict[str, Any]]:
    """Some seats of a contract, whatever their state."""
    found = stores.seats.page(tx, [urn_of(contract, UrnKind.CONTRACT)], set(SeatState), start, count)
    return [shown_seat(seat) for seat in found]


def notes_of(tx: Transaction, stores: Stores, contract: str, after: Place, count: int) -> list[dict[str, Any]]:
    """Some notes of a contract behind a place, in the order of their last change, deleted ones included."""
    number = number_of(urn_of(contract, UrnKind.CONTRACT), UrnKind.CONTRACT)
    found = stores.prospect_notes.page(tx, NoteWindow(number or 0), after, count)
    return [shown_note(note) for note in found]


BEGINNING = Place(-1, LONG_MAX)
"""The place before the first note of any contract."""


# -- the endpoints


class ProspectControl:
    """Answers for contracts, persons, seats and prospect notes under ``/control/``."""

    def __init__(self, database: Database, stores: Stores, clock: Clock, random: Random) -> None:
        self._database = database
        self._stores = stores
        self._clock = clock
        self._random = random
        self.routes: tuple[ControlRoute, ...] = (
            ControlRoute("GET", "/control/contracts", self._contracts),
            ControlRoute("POST", "/control/contracts", self._create_contract),
            ControlRoute("GET", "/control/persons", self._persons),
            ControlRoute("POST", "/control/persons", self._create_person),
            ControlRoute("GET", "/control/persons/{person}", self._person),
            ControlRoute("GET", "/control/seats", self._seats),
            ControlRoute("POST", "/control/seats", self._create_seat),
            ControlRoute("PATCH", "/control/seats/{seat}", self._change_seat),
            ControlRoute("GET", "/control/prospect-notes", self._notes),
            ControlRoute("POST", "/control/prospect-notes", self._write_note),
            ControlRoute("POST", "/control/prospect-notes/generate", self._generate),
            ControlRoute("GET", "/control/prospect-notes/{note}", self._note),
            ControlRoute("PATCH", "/control/prospect-notes/{note}", self._edit_note),
            ControlRoute("DELETE", "/control/prospect-notes/{note}", self._delete_note),
        )

    # -- contracts, persons, seats

    async def _contracts(self, request: ControlRequest) -> Any:
        organization = request.params.get("organization")
        return {"contracts": await self._read(lambda tx: all_contracts(tx, self._stores, organization))}

    async def _create_contract(self, request: ControlRequest) -> Any:
        asked = decoded(request.body, ContractAsked)

        def unit(tx: Transaction) -> dict[str, Any]:
            urn = create_contract(tx, self._stores, asked.contract, asked.organization)
            return shown_contract(urn, urn_of(asked.organization, UrnKind.ORGANIZATION))

        return await self._write(unit)

    async def _persons(self, request: ControlRequest) -> Any:
        after, limit = request.params.get("after", ""), count_of(request.params, "limit", 100, PAGE_MAX)
        if "\0" in after:
            raise ControlError(400, "PARAM_INVALID", "after: expected a person's id")
        found = await self._read(lambda tx: list(self._stores.persons.each(tx, after, limit)))
        return {"persons": [shown_person(person) for person in found]}

    async def _create_person(self, request: ControlRequest) -> Any:
        asked = decoded(request.body, PersonAsked)
        wish = PersonWish(asked.first_name, asked.last_name, asked.id)
        return shown_person(await self._write(lambda tx: create_person(tx, self._stores, wish, self._random)))

    async def _person(self, request: ControlRequest) -> Any:
        (person,) = request.arguments
        return shown_person(await self._read(lambda tx: known_person(tx, self._stores, person)))

    async def _seats(self, request: ControlRequest) -> Any:
        params = request.params
        start, limit = count_of(params, "start", 0, 2**31), count_of(params, "limit", 100, PAGE_MAX)
        contract = params.get("contract", "")
        return {"seats": await self._read(lambda tx: seats_of(tx, self._stores, contract, start, limit))}

    async def _create_seat(self, request: ControlRequest) -> Any:
        asked = decoded(request.body, SeatAsked)
        wish = SeatWish(asked.contract, asked.person, asked.state, asked.roles, asked.id)
        made = await self._write(lambda tx: create_seat(tx, self._stores, wish, self._random, self._clock.now()))
        return shown_seat(made)

    async def _change_seat(self, request: ControlRequest) -> Any:
        (seat,) = request.arguments
        state = decoded(request.body, SeatChange).state
        return shown_seat(await self._write(lambda tx: set_seat_state(tx, self._stores, seat, state)))

    # -- notes

    async def _notes(self, request: ControlRequest) -> Any:
        params = request.params
        limit, contract = count_of(params, "limit", 100, PAGE_MAX), params.get("contract", "")
        after = BEGINNING
        if "after" in params:
            after = Place(count_of(params, "after", 0, LONG_MAX), count_of(params, "after_id", LONG_MAX, LONG_MAX))
        return {"notes": await self._read(lambda tx: notes_of(tx, self._stores, contract, after, limit))}

    async def _write_note(self, request: ControlRequest) -> Any:
        asked = decoded(request.body, NoteAsked)
        return shown_note(
            await self._write(
                lambda tx: write_note(tx, self._stores, asked.seat, asked.person, asked.text, self._clock.now())
            )
        )

    async def _note(self, request: ControlRequest) -> Any:
        note = _note_id(request)
        return shown_note(await self._read(lambda tx: known_note(tx, self._stores, note)))

    async def _edit_note(self, request: ControlRequest) -> Any:
        note, change = _note_id(request), decoded(request.body, NoteChange)
        return shown_note(
            await self._write(lambda tx: edit_note(tx, self._stores, note, change.seat, change.text, self._clock.now()))
        )

    async def _delete_note(self, request: ControlRequest) -> Any:
        note, seat = _note_id(request), request.params.get("seat", "")
        return shown_note(await self._write(lambda tx: delete_note(tx, self._stores, note, seat, self._clock.now())))

    async def _generate(self, request: ControlRequest) -> Any:
        asked = decoded(request.body, NotesAsked)

        def unit(tx: Transaction) -> dict[str, Any]:
            wanted = harvest_of(tx, self._stores, asked, self._clock.now())
            harvest_notes(tx, self._stores, wanted)
            return {"generated": asked.count, "since": wanted.since, "until": wanted.until}

        return await self._write(unit)

    # -- transactions

    async def _read(self, unit: Callable[[Transaction], T]) -> T:
        return await answered(self._database.read, unit)

    async def _write(self, unit: Callable[[Transaction], T]) -> T:
        return await answered(self._database.write, unit)


def _note_id(request: ControlRequest) -> int:
    return count_of({"note": request.arguments[0]}, "note", 0, LONG_MAX)
