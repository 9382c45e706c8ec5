"""``hirewire prospect-notes``: what recruiters wrote about prospects on a contract, fetched through the API."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from hirewire.catalog.prospect_notes import ProspectNote
from hirewire.cli.config import ConfigFlag
from hirewire.cli.connector import connector_settings, customer_client, customer_named
from hirewire.cli.output import JsonFlag, Output
from hirewire.values.time import Millis, from_iso, to_iso
from hirewire.values.urn import Urn, UrnError, UrnKind

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Notes that recruiters wrote about prospects, fetched from the platform.",
)

_COLUMNS = ("id", "last_modified", "active", "owner", "member", "note")


@app.callback()
def _group() -> None:
    """Notes that recruiters wrote about prospects, fetched from the platform."""


@app.command("list")
def list_notes(
    contract: Annotated[str, typer.Option(help="Whose notes: the contract's id or URN.")],
    after: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Changed after this moment, exclusive: ISO 8601, or epoch milliseconds."),
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="TIME", help="Changed until this moment, inclusive; best one in the past.")
    ] = None,
    owner: Annotated[
        list[str] | None, typer.Option(help="Only notes of this seat: id or URN; may be given several times.")
    ] = None,
    organization: Annotated[
        str | None, typer.Option(help="With whose credentials: id or URN (default: the only customer).")
    ] = None,
    config: ConfigFlag = None,
    json: JsonFlag = False,
) -> None:
    """List the notes of a contract in the order of their last change, deleted ones as inactive.

    With both --after and --before the list is complete, whatever is edited meanwhile; else it is read page by page.
    With --json each note is a line of its own, written as it arrives.
    """
    urn = _urn(contract, UrnKind.CONTRACT, "--contract")
    owners = [_urn(each, UrnKind.SEAT, "--owner") for each in owner or ()]
    lower, upper = _moment(after, "--after"), _moment(before, "--before")
    settings = connector_settings(config, needs_customers=True)
    output = Output(json=json)
    with customer_client(settings, customer_named(settings, organization)) as client:
        notes = (
            client.prospect_notes.find(urn, owners=owners, after=lower, before=upper)
            if lower is None or upper is None
            else client.prospect_notes.window(urn, lower, upper, owners=owners)
        )
        if json:
            for note in notes:
                output.json_line(msgspec.structs.asdict(note))
            return
        output.table([name.replace("_", " ") for name in _COLUMNS], [_row(note) for note in notes])


def _row(note: ProspectNote) -> list[Any]:
    values = msgspec.structs.asdict(note)
    moment = "" if note.last_modified is None else to_iso(Millis(note.last_modified))
    text = " ".join((note.note or "").split())
    return [str(note.id), moment, values["active"], note.owner, note.member, text]


def _urn(text: str, kind: UrnKind, option: str) -> str:
    try:
        return str(Urn.parse(text if text.startswith("urn:") else f"urn:li:{kind.value}:{text}", kind))
    except UrnError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def _moment(text: str | None, option: str) -> int | None:
    if text is None:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    try:
        return from_iso(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
