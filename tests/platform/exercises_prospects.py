"""Every verb of the stores of seats, prospect notes and served pages; test_platform_stores.py runs them."""

from __future__ import annotations

from dataclasses import replace

from hirewire.catalog.seats import SeatState
from hirewire.db import Transaction
from hirewire.platform.persons import Person, PersonName
from hirewire.platform.prospect_notes import Harvest, NoteDraft, NoteWindow, Place, StoredNote
from hirewire.platform.seats import StoredSeat
from hirewire.platform.served_pages import ServedPages, Walk
from hirewire.platform.stores import Stores
from hirewire.values.time import HOUR_MS
from tests.platform.sandbox import NOON, ORGANIZATION, milliseconds


def exercise_seats(tx: Transaction, stores: Stores) -> None:
    names = [PersonName("\0 Ann", "\U0001f600"), PersonName("Bo", "'")]
    ann, bo = (Person(id_, name) for id_, name in zip(("-A", "b_"), names, strict=True))
    assert stores.persons.add(tx, ann) and stores.persons.add(tx, bo)
    assert not stores.persons.add(tx, Person("-A", PersonName("Other", "Name")))
    assert (stores.persons.find(tx, "-A"), stores.persons.find(tx, "a")) == (ann, None)
    assert list(stores.persons.each(tx, "", 9)) == [ann, bo] and list(stores.persons.each(tx, "-A", 1)) == [bo]
    stores.customers.own(tx, "urn:li:contract:7", ORGANIZATION)
    assert ("urn:li:contract:7", ORGANIZATION) in stores.customers.contracts(tx)
    assert stores.customers.contracts(tx, "urn:li:organization:1") == []
    first, second = (f"urn:li:contract:{number}" for number in (1, 2))
    seats = [
        StoredSeat(2**63 - 1, first, ann, SeatState.ACTIVE, (), NOON),
        StoredSeat(5, first, bo, SeatState.INVITED, ("a", "\0"), NOON),
        StoredSeat(6, second, ann, SeatState.ACTIVE, (), NOON),
    ]
    assert all(stores.seats.add(tx, seat) for seat in seats)
    assert not stores.seats.add(tx, seats[0])
    assert (stores.seats.find(tx, 5), stores.seats.find(tx, 4)) == (seats[1], None)
    assert list(stores.seats.page(tx, [first, second], set(SeatState), 1, 5)) == [seats[2], seats[0]]
    assert list(stores.seats.page(tx, [first], {SeatState.INVITED}, 0, 5)) == [seats[1]]
    assert stores.seats.count(tx, [first], set(SeatState)) == 2
    stores.seats.set_state(tx, 5, SeatState.PARKED)
    assert stores.seats.count(tx, [first, second], {SeatState.PARKED, SeatState.INVITED}) == 1


def exercise_prospect_notes(tx: Transaction, stores: Stores) -> None:
    notes = stores.prospect_notes
    ids = [notes.add(tx, NoteDraft(1, 5 + number % 2, "b_", "\0" * number), NOON) for number in range(6)]
    assert ids == sorted(ids)
    found = notes.find(tx, ids[2])
    assert found == StoredNote(ids[2], 1, 5, "b_", True, "\0\0", NOON, NOON) == notes.lock(tx, ids[2])
    assert notes.find(tx, 2**63 - 1) is None is notes.lock(tx, 2**63 - 1)
    moved = replace(found, active=False, text="\U0001f600", last_modified=milliseconds(9))
    notes.save(tx, moved)
    assert notes.find(tx, ids[2]) == moved
    order = [*ids[:2], *ids[3:], ids[2]]
    for owners, wanted in ((None, order), ((5, 2**62), [each for each in order if each in ids[::2]])):
        window = NoteWindow(1, owners=owners)
        for behind in range(len(wanted)):
            place = window.beginning if not behind else notes.place_at(tx, window, behind - 1)
            assert place is not None
            assert [note.id for note in notes.page(tx, window, place, 2)] == wanted[behind : behind + 2]
        assert notes.place_at(tx, window, len(wanted)) is None
        assert [notes.count(tx, window, most) for most in (1, 2, 99)] == [1, 2, len(wanted)]
        closed = replace(window, after=NOON, before=milliseconds(9))
        assert [note.id for note in notes.page(tx, closed, closed.beginning, 9)] == [ids[2]]
        assert notes.page(tx, replace(window, before=NOON - 1), window.beginning, 9) == []
    harvest = Harvest(3, [5, 6], ["-A", "b_"], 1, NOON, milliseconds(100), total=50, first=0, last=29)
    notes.harvest(tx, harvest)
    notes.harvest(tx, replace(harvest, first=30, last=49))
    made = notes.page(tx, NoteWindow(3), NoteWindow(3).beginning, 99)
    assert [note.last_modified - NOON for note in made] == list(range(0, 100, 2))
    assert [note.text for note in made] == [f"Generated note {number}" for number in range(50)]
    assert {(note.owner, note.person) for note in made} == {(5, "-A"), (6, "b_")}


def exercise_pages(tx: Transaction, stores: Stores) -> None:
    pages, walk = ServedPages(stores.statements, pages_max=3), Walk.of("child", "urn", ["\0"], None, 2**63 - 1)
    assert walk != Walk.of("child", "urn", ["\0"], 2**63 - 1, None)
    assert pages.find(tx, walk, 5, NOON) is None
    pages.remember(tx, walk, {5, 10}, Place(NOON, 2**63 - 1), NOON)
    assert pages.find(tx, walk, 5, milliseconds(HOUR_MS - 1)) == Place(NOON, 2**63 - 1)
    assert pages.find(tx, walk, 5, milliseconds(HOUR_MS)) is None
    for start in range(20, 50, 10):
        pages.remember(tx, walk, {start}, Place(1, start), NOON)
    assert [pages.find(tx, walk, start, NOON) for start in (5, 10, 20)] == [None, None, Place(1, 20)]
    pages.remember(tx, walk, {20}, Place(2, 2), NOON)
    assert [pages.find(tx, walk, start, NOON) for start in (20, 30, 40)] == [Place(2, 2), Place(1, 30), Place(1, 40)]


EXERCISES = (exercise_seats, exercise_prospect_notes, exercise_pages)
