"""``hirewire parked``: the records that will not be sent as they are, to look at or to mend."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from hirewire.cli.config import ConfigFlag
from hirewire.cli.connector import DatabaseFlag, connector_settings, outbox_database
from hirewire.cli.output import JsonFlag, Output, ReaderGone
from hirewire.sync.reports import ParkedFilter, export_parked, read_parked
from hirewire.sync.settings import organization_urn

SHOWN = 100

OrganizationFlag = Annotated[str | None, typer.Option("--organization", help="Only this customer's.")]
ReasonFlag = Annotated[str | None, typer.Option("--reason", help="Only those whose reason holds this text.")]
NoteFlag = Annotated[str | None, typer.Option("--note", metavar="ID", help="Only this note.")]

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command()
def parked(
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    export: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write them as NDJSON to mend and push again; - is standard output."),
    ] = None,
    organization: OrganizationFlag = None,
    reason: ReasonFlag = None,
    note: NoteFlag = None,
    json: JsonFlag = False,
) -> None:
    """List parked records with their reasons, or write them out so that they can be mended and pushed again."""
    settings = connector_settings(config, database=database)
    wanted = parked_filter(organization, reason, note)
    output = Output(json=json)
    with outbox_database(settings) as opened:
        if export is not None:
            count = _write(export_parked(opened, wanted), export)
            output.say(f"{count:,} records written; mend them, then: hirewire push {export}")
        elif json:
            output.json([json_module.loads(line) for line in export_parked(opened, wanted)])
        else:
            _tell(
                output,
                (
                    (row.key.tenant, row.key.parent, row.key.record, row.standing.reason)
                    for row, _ in read_parked(opened, wanted)
                ),
            )


def parked_filter(organization: str | None, reason: str | None, note: str | None) -> ParkedFilter:
    """What the flags mean."""
    try:
        return ParkedFilter(organization and organization_urn(organization), reason, note)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--organization") from None


def _write(lines: Iterator[str], export: Path) -> int:
    count = 0
    if str(export) == "-":
        try:
            for line in lines:
                sys.stdout.write(line)
                count += 1
        except BrokenPipeError:
            raise ReaderGone from None
        return count
    with export.open("w", encoding="utf-8") as stream:
        for line in lines:
            stream.write(line)
            count += 1
    return count


def _tell(output: Output, rows: Iterator[tuple[object, ...]]) -> None:
    shown = [row for _, row in zip(range(SHOWN), rows, strict=False)]
    more = sum(1 for _ in rows)
    if not shown:
        output.line("Nothing is parked.")
        return
    output.table(("organization", "application", "note", "reason"), shown)
    if more:
        output.line(f"... and {more:,} more; --export FILE writes all of them.")
    output.line("Mend them with --export FILE and `hirewire push FILE`, or try them as they are: hirewire retry.")
