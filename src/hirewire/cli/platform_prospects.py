"""``hirewire platform contract``, ``person``, ``seat`` and ``prospect-note``: the recruiters' side of prospect notes. Like
the other verbs they work on the database directly, whether a platform runs on it or not.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from hirewire.catalog.seats import SeatState
from hirewire.cli.config import ConfigFlag
from hirewire.cli.output import JsonFlag, Output
from hirewire.cli.platform_database import DatabaseFlag, platform_settings, platform_stores, said_as_usage
from hirewire.db import Transaction
from hirewire.platform import control_prospects as shown
from hirewire.platform.control_prospects import BEGINNING, NotesAsked, all_contracts, harvest_of, notes_of, seats_of
from hirewire.platform.prospect_notes import LONG_MAX, Place
from hirewire.platform.prospecting import (
    HARVEST_MAX,
    PersonWish,
    SeatWish,
    create_contract,
    create_person,
    create_seat,
    delete_note,
    edit_note,
    harvest_notes,
    set_seat_state,
    urn_of,
    write_note,
)
from hirewire.platform.stores import Stores
from hirewire.runtime.clock import RealClock
from hirewire.values.time import Millis, from_iso, to_iso
from hirewire.values.urn import UrnKind

T = TypeVar("T")

contract_app = typer.Typer(no_args_is_help=True, help="Contracts of Recruiter, and whose they are.")
person_app = typer.Typer(no_args_is_help=True, help="People: prospects, and holders of seats.")
seat_app = typer.Typer(no_args_is_help=True, help="Seats: recruiters' places on contracts.")
note_app = typer.Typer(no_args_is_help=True, help="What recruiters write about prospects.")

ContractArgument = Annotated[str, typer.Argument(metavar="CONTRACT", help="The contract: id or URN.")]
SeatFlag = Annotated[str, typer.Option(help="Whose seat does it: id or URN; it must be ACTIVE.")]
NoteArgument = Annotated[int, typer.Argument(metavar="NOTE", min=0, help="The note's id.")]
CountFlag = Annotated[int, typer.Option(min=1, max=10_000, help="How many.")]


def add_to(app: typer.Typer) -> None:
    """Put these commands under ``hirewire platform``."""
    app.add_typer(contract_app, name="contract")
    app.add_typer(person_app, name="person")
    app.add_typer(seat_app, name="seat")
    app.add_typer(note_app, name="prospect-note")


@contract_app.command("create")
def create_contract_of(
    contract: ContractArgument,
    organization: Annotated[str, typer.Option(help="Whose it is: id or URN.")],
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Say that a contract is an organization's; saying it again of another moves it there."""

    def unit(tx: Transaction, stores: Stores, now: Millis) -> dict[str, Any]:
        urn = create_contract(tx, stores, contract, organization)
        return shown.shown_contract(urn, urn_of(organization, UrnKind.ORGANIZATION))

    _show([_write(config, database, unit)], json, is_one=True)


@contract_app.command("list")
def list_contracts(
    organization: Annotated[str | None, typer.Option(help="Only this customer's: id or URN.")] = None,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """List contracts and whose they are."""
    _show(_read(config, database, lambda tx, stores: all_contracts(tx, stores, organization)), json)


@person_app.command("create")
def create_person_named(
    first_name: Annotated[str, typer.Argument(metavar="FIRST_NAME")],
    last_name: Annotated[str, typer.Argument(metavar="LAST_NAME")],
    person_id: Annotated[str | None, typer.Option("--id", help="The id (default: made up).")] = None,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Add a person."""
    wish = PersonWish(first_name, last_name, person_id)
    made = _write(config, database, lambda tx, stores, now: create_person(tx, stores, wish, os.urandom))
    _show([shown.shown_person(made)], json, is_one=True)


@person_app.command("list")
def list_persons(
    after: Annotated[str, typer.Option(help="Only ids greater than this.")] = "",
    count: CountFlag = 100,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """List people in the order of their ids."""
    found = _read(config, database, lambda tx, stores: list(stores.persons.each(tx, after, count)))
    _show([shown.shown_person(person) for person in found], json)


@seat_app.command("create")
def create_seat_on(
    contract: ContractArgument,
    person: Annotated[str, typer.Option(help="Who gets it: id or URN.")],
    state: Annotated[SeatState, typer.Option(help="Whether it is in use.")] = SeatState.ACTIVE,
    role: Annotated[list[str] | None, typer.Option(help="A role; may be given several times.")] = None,
    seat_id: Annotated[str | None, typer.Option("--id", help="The id (default: made up).")] = None,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Give a person a seat on a contract."""
    wish = SeatWish(contract, person, state, tuple(role or ()), seat_id)
    made = _write(config, database, lambda tx, stores, now: create_seat(tx, stores, wish, os.urandom, now))
    _show([shown.shown_seat(made)], json, is_one=True)


@seat_app.command("set-state")
def set_state(
    seat: Annotated[str, typer.Argument(metavar="SEAT", help="The seat: id or URN.")],
    state: Annotated[SeatState, typer.Argument(metavar="STATE", help="ACTIVE, INACTIVE, INVITED or PARKED.")],
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Change whether a seat is in use; only an ACTIVE one can write."""
    done = _write(config, database, lambda tx, stores, now: set_seat_state(tx, stores, seat, state))
    _show([shown.shown_seat(done)], json, is_one=True)


@seat_app.command("list")
def list_seats(
    contract: ContractArgument,
    start: Annotated[int, typer.Option(min=0, help="How many to pass over.")] = 0,
    count: CountFlag = 100,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """List the seats of a contract."""
    _show(_read(config, database, lambda tx, stores: seats_of(tx, stores, contract, start, count)), json)


@note_app.command("create")
def create_note(
    seat: SeatFlag,
    person: Annotated[str, typer.Option(help="The prospect: id or URN.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to write.")],
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Write a note on a prospect."""
    made = _write(config, database, lambda tx, stores, now: write_note(tx, stores, seat, person, text, now))
    _show([shown.shown_note(made)], json, is_one=True)


@note_app.command("edit")
def change_note(
    note: NoteArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What it says from now on.")],
    seat: SeatFlag,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Change what a note says."""
    done = _write(config, database, lambda tx, stores, now: edit_note(tx, stores, note, seat, text, now))
    _show([shown.shown_note(done)], json, is_one=True)


@note_app.command("delete")
def remove_note(
    note: NoteArgument,
    seat: SeatFlag,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Delete a note; the customer's callback is told (by the platform that is running)."""
    done = _write(config, database, lambda tx, stores, now: delete_note(tx, stores, note, seat, now))
    _show([shown.shown_note(done)], json, is_one=True)


@note_app.command("list")
def list_notes(
    contract: ContractArgument,
    after: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only notes last changed after this ISO time.")
    ] = None,
    count: CountFlag = 100,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """List the notes of a contract in the order of their last change, deleted ones too."""
    behind = BEGINNING if after is None else Place(_moment(after, "--after"), LONG_MAX)
    _show(_read(config, database, lambda tx, stores: notes_of(tx, stores, contract, behind, count)), json)


@note_app.command("generate")
def generate(
    contract: ContractArgument,
    count: Annotated[int, typer.Option(min=1, max=100_000_000, help="How many.")],
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The same seed makes the same notes.")] = 0,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="First moment (default: a day before --until).")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="End of the moments (default: now).")] = None,
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
) -> None:
    """Make up many notes, of the contract's active seats on whatever people there are, spread evenly over a span."""
    lower = None if since is None else _moment(since, "--since")
    upper = RealClock().now() if until is None else _moment(until, "--until")
    with said_as_usage(), platform_stores(platform_settings(config, database=database)) as (opened, stores):
        for first in range(0, count, HARVEST_MAX):
            part = min(HARVEST_MAX, count - first)
            asked = NotesAsked(contract, part, seed, lower, upper, first, count)
            opened.write_now(partial(_generate, stores=stores, asked=asked, now=upper))
    Output().say(f"{count:,} notes were made up on {contract}.")


def _generate(tx: Transaction, stores: Stores, asked: NotesAsked, now: Millis) -> None:
    harvest_notes(tx, stores, harvest_of(tx, stores, asked, now))


# -- opening, and showing


def _read(config: Path | None, database: str | None, unit: Callable[[Transaction, Stores], T]) -> T:
    with said_as_usage(), platform_stores(platform_settings(config, database=database)) as (opened, stores):
        return opened.read_now(lambda tx: unit(tx, stores))


def _write(config: Path | None, database: str | None, unit: Callable[[Transaction, Stores, Millis], T]) -> T:
    with said_as_usage(), platform_stores(platform_settings(config, database=database)) as (opened, stores):
        return opened.write_now(lambda tx: unit(tx, stores, RealClock().now()))


def _moment(text: str, option: str) -> Millis:
    try:
        return from_iso(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def _show(rows: list[dict[str, Any]], json: bool, *, is_one: bool = False) -> None:
    output = Output(json=json)
    if json:
        output.json(rows[0] if is_one else rows)
        return
    columns = list(rows[0]) if rows else []
    output.table(
        [name.replace("_", " ") for name in columns], [[_cell(name, row[name]) for name in columns] for row in rows]
    )


def _cell(name: str, value: Any) -> Any:
    if name in ("created", "last_modified", "created_at"):
        return to_iso(Millis(value))
    if isinstance(value, list):
        return ", ".join(value)
    # An id is a name, not a quantity.
    return str(value) if name == "id" else value
