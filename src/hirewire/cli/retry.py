"""``hirewire retry``: parked records get another chance, as they are."""

from __future__ import annotations

import typer

from hirewire.cli.config import ConfigFlag
from hirewire.cli.connector import DatabaseFlag, connector_settings, outbox_database
from hirewire.cli.output import JsonFlag, Output
from hirewire.cli.parked import NoteFlag, OrganizationFlag, ReasonFlag, parked_filter
from hirewire.runtime.clock import RealClock
from hirewire.sync.reports import retry_parked

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command()
def retry(
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    organization: OrganizationFlag = None,
    reason: ReasonFlag = None,
    note: NoteFlag = None,
    json: JsonFlag = False,
) -> None:
    """Try parked records once more as they are: all, or those that the flags mean."""
    settings = connector_settings(config, database=database)
    with outbox_database(settings) as opened:
        count = retry_parked(opened, RealClock().now(), parked_filter(organization, reason, note))
    output = Output(json=json)
    if json:
        output.json({"retried": count})
    else:
        output.line(
            f"{count:,} records wait to be sent again."
            if count
            else "Nothing is parked that fits: nothing to try again."
        )
