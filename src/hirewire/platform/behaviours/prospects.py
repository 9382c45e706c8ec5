"""Prospect notes and seats as a partner finds them, page by page.

How recruiters write notes, and who has a seat, is prospecting.py's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hirewire.catalog.call import Call, Page, Refused
from hirewire.catalog.errors import invalid_param
from hirewire.catalog.prospect_notes import PROSPECT_NOTES, ProspectNote, window_fault
from hirewire.catalog.seats import SEATS, Created, Seat, SeatState
from hirewire.db import Transaction
from hirewire.platform.effects import Behaviour, Effect, Handling
from hirewire.platform.prospect_notes import LONG_MAX, LONG_MIN, NoteWindow, Place, StoredNote, number_of
from hirewire.platform.rules import PagingMode
from hirewire.platform.seats import StoredSeat
from hirewire.platform.served_pages import Walk
from hirewire.values.urn import Urn, UrnKind
from hirewire.wire.methods import Method
from hirewire.wire.query import Paging

TOTAL_MAX = 10_000
"""Up to so many matches the total is exact, beyond it is left out (decision G-54)."""

_FIRST_PAGE = Paging(0, 10)


def find_notes(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """A page of a contract's notes by the moment of their last change, deleted ones included (G-19, G-21)."""
    fault = window_fault(call.params) if handling.rules.strict_windows else None
    if fault is not None:
        return Effect(Refused(invalid_param(str(fault.field), fault.description)))
    paging, window = call.paging or _FIRST_PAGE, _window(call.params)
    if window is None:
        return Effect(Page((), paging, total=0))
    found = _page(tx, window, _walk(call, handling), paging, handling)
    counted = handling.stores.prospect_notes.count(tx, window, TOTAL_MAX + 1)
    total = counted if counted <= TOTAL_MAX else None
    return Effect(Page(tuple(map(_shown_note, found)), paging, total=total))


def _window(params: Mapping[str, Any]) -> NoteWindow | None:
    """The window of a query; None where no note can be in it."""
    contract = number_of(params["contract"], UrnKind.CONTRACT)
    owners = None
    if "owners" in params:
        numbers = {number_of(owner, UrnKind.SEAT) for owner in params["owners"]}
        owners = tuple(sorted(number for number in numbers if number is not None))
    if contract is None or owners == ():
        return None
    return NoteWindow(contract, params.get("cutoff", LONG_MIN), params.get("before", LONG_MAX), owners)


def _walk(call: Call, handling: Handling) -> Walk:
    params = call.params
    owners = sorted(set(params.get("owners", ())))
    query = (params["contract"], owners, params.get("cutoff"), params.get("before"))
    return Walk.of(handling.application.client_id, call.resource.name, *query)


def _page(tx: Transaction, window: NoteWindow, walk: Walk, paging: Paging, handling: Handling) -> list[StoredNote]:
    behind = _behind(tx, window, walk, paging.start, handling)
    if behind is None or not paging.count:
        return []
    found = handling.stores.prospect_notes.page(tx, window, behind, paging.count)
    if found and handling.rules.paging is PagingMode.CONTINUED:
        # A short page may still have a next link, where the total says that there is more: it goes on from here too.
        starts = {paging.start + len(found), paging.start + paging.count}
        handling.stores.served_pages.remember(tx, walk, starts, found[-1].place, handling.now)
    return found


def _behind(tx: Transaction, window: NoteWindow, walk: Walk, start: int, handling: Handling) -> Place | None:
    """The place a page begins behind: where the one before it ended, else by index; None behind the last note."""
    if not start:
        return window.beginning
    remembered = None
    if handling.rules.paging is PagingMode.CONTINUED:
        remembered = handling.stores.served_pages.find(tx, walk, start, handling.now)
    return remembered or handling.stores.prospect_notes.place_at(tx, window, start - 1)


def _shown_note(note: StoredNote) -> ProspectNote:
    return ProspectNote(
        active=note.active,
        contract=_urn(UrnKind.CONTRACT, note.contract),
        created=note.created,
        id=note.id,
        last_modified=note.last_modified,
        member=_urn(UrnKind.PERSON, note.person),
        note=note.text,
        owner=_urn(UrnKind.SEAT, note.owner),
    )


def find_seats(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """A page of the seats of some contracts, in order of their ids."""
    paging, contracts, states = call.paging or _FIRST_PAGE, call.params["contracts"], _states(call.params)
    seats = handling.stores.seats
    found = seats.page(tx, contracts, states, paging.start, paging.count)
    return Effect(Page(tuple(map(_shown_seat, found)), paging, total=seats.count(tx, contracts, states)))


def _states(params: Mapping[str, Any]) -> set[SeatState]:
    """Which states are asked for: by name, or (the older finder) by whether the seat is in use; all unless asked."""
    if "states" in params:
        return {SeatState(state) for state in params["states"]}
    is_active = params.get("is_active")
    return {state for state in SeatState if is_active is None or (state is SeatState.ACTIVE) is is_active}


def _shown_seat(seat: StoredSeat) -> Seat:
    return Seat(
        id=seat.id,
        first_name=seat.holder.name.first_name,
        last_name=seat.holder.name.last_name,
        contract=seat.contract,
        member=_urn(UrnKind.PERSON, seat.holder.id),
        state=seat.state.value,
        roles=seat.roles,
        created=Created(time=seat.created_at),
    )


def _urn(kind: UrnKind, id_: int | str) -> str:
    return str(Urn(kind, str(id_)))


BEHAVIOURS: dict[tuple[str, Method], Behaviour] = {
    (PROSPECT_NOTES.name, Method.FINDER): find_notes,
    (SEATS.name, Method.FINDER): find_seats,
}
