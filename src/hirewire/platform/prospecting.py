"""What recruiters do: hold seats on contracts, write notes on prospects, change and delete them.

A partner reads the notes through the protocol (behaviours/prospects.py); nothing here speaks it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hirewire.catalog.events import ProspectNoteDeleted
from hirewire.catalog.seats import SeatState
from hirewire.db import Transaction
from hirewire.platform.credentials import Random
from hirewire.platform.onboarding import Malformed, NotThere, OnboardingError
from hirewire.platform.persons import Person, PersonName
from hirewire.platform.prospect_notes import LONG_MAX, Harvest, NoteDraft, StoredNote, number_of
from hirewire.platform.seats import StoredSeat
from hirewire.platform.stores import Stores
from hirewire.values.time import Millis
from hirewire.values.urn import Urn, UrnError, UrnKind

NOTE_CHARACTERS_MAX = 10_000
NAME_CHARACTERS_MAX = 100
ROLES_MAX = 20
HARVEST_MAX = 100_000
"""Most notes that are made up in one transaction: others wait for it."""

_PERSON_ID_BYTES = 8
_SEAT_ID_BYTES = 6


@dataclass(frozen=True, slots=True)
class PersonWish:
    """A person; ``id`` is made up unless given (bare or as a URN)."""

    first_name: str
    last_name: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class SeatWish:
    """A seat of a person on a contract; ``id`` is made up unless given (bare or as a URN)."""

    contract: str
    person: str
    state: SeatState = SeatState.ACTIVE
    roles: tuple[str, ...] = ()
    id: str | None = None


def urn_of(text: str, kind: UrnKind) -> str:
    """A URN given as URN or bare id.

    Raises:
        OnboardingError: it is neither, or has a number no row can have.
    """
    try:
        urn = str(Urn.parse(text if text.startswith("urn:") else f"urn:li:{kind.value}:{text}", kind))
    except UrnError as error:
        raise Malformed(f"{kind.value}: {error}") from None
    if kind is not UrnKind.PERSON and number_of(urn, kind) is None:
        raise Malformed(f"{kind.value}: expected a number without leading zeros up to {LONG_MAX}, got {text!r:.60}")
    return urn


def create_contract(tx: Transaction, stores: Stores, contract: str, organization: str) -> str:
    """Say that a contract is an organization's; its URN.

    Raises:
        OnboardingError: an id is malformed.
    """
    urn = urn_of(contract, UrnKind.CONTRACT)
    stores.own_contract(tx, urn, urn_of(organization, UrnKind.ORGANIZATION))
    return urn


def create_person(tx: Transaction, stores: Stores, wish: PersonWish, random: Random) -> Person:
    """Add a person.

    Raises:
        OnboardingError: a name or id is malformed, or there is a person of that id.
    """
    for name, text in (("first name", wish.first_name), ("last name", wish.last_name)):
        _check_text(name, text, NAME_CHARACTERS_MAX)
    id_ = random(_PERSON_ID_BYTES).hex() if wish.id is None else _id_of(wish.id, UrnKind.PERSON)
    person = Person(id_, PersonName(wish.first_name, wish.last_name))
    if not stores.persons.add(tx, person):
        raise OnboardingError(f"there is a person {id_} already: choose another id, or leave it out")
    return person


def create_seat(tx: Transaction, stores: Stores, wish: SeatWish, random: Random, now: Millis) -> StoredSeat:
    """Give a person a seat on a contract.

    Raises:
        OnboardingError: contract or person is not known, a value is malformed, or there is a seat of that id.
    """
    contract = urn_of(wish.contract, UrnKind.CONTRACT)
    if stores.customers.of(tx, contract) is None:
        raise NotThere(f"nobody has said whose {contract} is: create the contract first")
    holder = known_person(tx, stores, wish.person)
    if len(wish.roles) > ROLES_MAX:
        raise Malformed(f"roles: expected at most {ROLES_MAX}, got {len(wish.roles)}")
    for role in wish.roles:
        _check_text("role", role, NAME_CHARACTERS_MAX)
    made_up = int.from_bytes(random(_SEAT_ID_BYTES), "big")
    id_ = made_up if wish.id is None else int(_id_of(wish.id, UrnKind.SEAT))
    seat = StoredSeat(id_, contract, holder, wish.state, wish.roles, now)
    if not stores.seats.add(tx, seat):
        raise OnboardingError(f"there is a seat {id_} already: choose another id, or leave it out")
    return seat


def set_seat_state(tx: Transaction, stores: Stores, seat: str, state: SeatState) -> StoredSeat:
    """Change whether a seat is in use.

    Raises:
        OnboardingError: there is no such seat.
    """
    found = _known_seat(tx, stores, seat)
    stores.seats.set_state(tx, found.id, state)
    return replace(found, state=state)


def write_note(tx: Transaction, stores: Stores, seat: str, prospect: str, text: str, now: Millis) -> StoredNote:
    """Write a note as the holder of a seat, on the contract of that seat.

    Raises:
        OnboardingError: the seat is not in use, the prospect not known, or the text empty or too long.
    """
    author = _writing_seat(tx, stores, seat)
    _check_text("note", text, NOTE_CHARACTERS_MAX)
    person = known_person(tx, stores, prospect)
    contract = int(_id_of(author.contract, UrnKind.CONTRACT))
    id_ = stores.prospect_notes.add(tx, NoteDraft(contract, author.id, person.id, text), now)
    return StoredNote(id_, contract, author.id, person.id, True, text, now, now)


def edit_note(tx: Transaction, stores: Stores, note: int, seat: str, text: str, now: Millis) -> StoredNote:
    """Change the text of a note, as the holder of any seat on its contract; its owner stays.

    Raises:
        OnboardingError: there is no such note, it was deleted, the seat may not, or the text is empty or too long.
    """
    found = _changeable(tx, stores, note, seat)
    _check_text("note", text, NOTE_CHARACTERS_MAX)
    return _saved(tx, stores, replace(found, text=text), now)


def delete_note(tx: Transaction, stores: Stores, note: int, seat: str, now: Millis) -> StoredNote:
    """Delete a note, as the holder of any seat on its contract. It stays, inactive, and a push event tells of it.

    Raises:
        OnboardingError: there is no such note, it was deleted before, or the seat may not.
    """
    found = _changeable(tx, stores, note, seat)
    deleted = _saved(tx, stores, replace(found, active=False), now)
    contract = str(Urn(UrnKind.CONTRACT, str(found.contract)))
    stores.events.emit(tx, contract, ProspectNoteDeleted(found.id, contract), now)
    return deleted


def harvest_notes(tx: Transaction, stores: Stores, wanted: Harvest) -> None:
    """Make up many notes, at most ``HARVEST_MAX`` at a time.

    Raises:
        OnboardingError: what is wanted makes no sense.
    """
    if not wanted.owners or not wanted.persons:
        raise Malformed("made-up notes need at least one seat and one person: create them first")
    if not 0 <= wanted.first <= wanted.last < wanted.total:
        raise Malformed(f"expected some of {wanted.total} notes, got {wanted.first} to {wanted.last}")
    if wanted.last - wanted.first >= HARVEST_MAX:
        raise Malformed(f"expected at most {HARVEST_MAX:,} notes at a time, got {wanted.last - wanted.first + 1:,}")
    if not 0 <= wanted.since < wanted.until:
        raise Malformed("expected a span of time that ends after it begins")
    stores.prospect_notes.harvest(tx, wanted)


def known_person(tx: Transaction, stores: Stores, person: str) -> Person:
    """The person of an id or URN.

    Raises:
        OnboardingError: there is none.
    """
    id_ = _id_of(person, UrnKind.PERSON)
    found = stores.persons.find(tx, id_)
    if found is None:
        raise NotThere(f"there is no person {id_}")
    return found


def known_note(tx: Transaction, stores: Stores, note: int) -> StoredNote:
    """The note of an id.

    Raises:
        OnboardingError: there is none.
    """
    found = stores.prospect_notes.find(tx, note)
    if found is None:
        raise NotThere(f"there is no prospect note {note}")
    return found


def _known_seat(tx: Transaction, stores: Stores, seat: str) -> StoredSeat:
    id_ = _id_of(seat, UrnKind.SEAT)
    found = stores.seats.find(tx, int(id_))
    if found is None:
        raise NotThere(f"there is no seat {id_}")
    return found


def _writing_seat(tx: Transaction, stores: Stores, seat: str) -> StoredSeat:
    found = _known_seat(tx, stores, seat)
    if found.state is not SeatState.ACTIVE:
        raise OnboardingError(
            f"the seat {found.id} is {found.state.value}: only the holder of an ACTIVE one may do this"
        )
    return found


def _changeable(tx: Transaction, stores: Stores, note: int, seat: str) -> StoredNote:
    author = _writing_seat(tx, stores, seat)
    found = stores.prospect_notes.lock(tx, note)
    if found is None:
        raise NotThere(f"there is no prospect note {note}")
    if author.contract != str(Urn(UrnKind.CONTRACT, str(found.contract))):
        raise OnboardingError(f"the seat {author.id} is on {author.contract}, the note {note} on another contract")
    if not found.active:
        raise OnboardingError(f"the note {note} was deleted at {found.last_modified}: nothing more can be done to it")
    return found


def _saved(tx: Transaction, stores: Stores, note: StoredNote, now: Millis) -> StoredNote:
    # Strictly later than before, so that whoever has seen the note sees that it changed.
    saved = replace(note, last_modified=Millis(max(now, note.last_modified + 1)))
    stores.prospect_notes.save(tx, saved)
    return saved


def _id_of(text: str, kind: UrnKind) -> str:
    return Urn.parse(urn_of(text, kind)).id


def _check_text(name: str, text: str, characters_max: int) -> None:
    if not text.strip() or len(text) > characters_max:
        raise Malformed(f"{name}: expected 1 to {characters_max} characters that are not all blank, got {len(text)}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Malformed(f"{name}: expected characters, got half of a surrogate pair") from None
