"""``hirewire explain``: the whole story of one record."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from hirewire.cli.config import ConfigFlag
from hirewire.cli.connector import DatabaseFlag, connector_settings, outbox_database
from hirewire.cli.exit_codes import ExitCode
from hirewire.cli.output import JsonFlag, Output
from hirewire.runtime.clock import RealClock
from hirewire.sync import reports
from hirewire.sync.reports import Event, Story
from hirewire.values.time import to_iso

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command()
def explain(
    id: Annotated[
        str,
        typer.Argument(metavar="ID", help="A note's id, APPLICATION/NOTE, or ORGANIZATION/APPLICATION/NOTE."),
    ],
    config: ConfigFlag = None,
    database: DatabaseFlag = None,
    json: JsonFlag = False,
) -> None:
    """Tell everything that happened to one record, and where it stands now."""
    settings = connector_settings(config, database=database)
    with outbox_database(settings) as opened:
        stories = reports.explain(opened, id, RealClock().now())
    output = Output(json=json)
    if json:
        output.json([asdict(story) for story in stories])
    else:
        for story in stories:
            _tell(output, story)
    if not stories:
        output.say(
            f"The outbox knows no record {id!r}. Ids are compared exactly; `hirewire status` shows what it holds."
        )
        raise typer.Exit(ExitCode.INCOMPLETE)


def _tell(output: Output, story: Story) -> None:
    kind = story.kind.replace("_", " ").removesuffix("s")
    output.line(f"{kind} {story.note_id} on {story.application_id} of {story.organization}", "bold")
    output.line(f"now: {story.standing}")
    output.table(("when", "version", "what", "request"), [_row(event) for event in story.events])


def _row(event: Event) -> tuple[object, ...]:
    what = f"{event.what}: {event.detail}" if event.detail else event.what
    return to_iso(event.at), event.version, what, _request(event)


def _request(event: Event) -> str | None:
    if event.batch is None:
        return None
    status = f"answered {event.status}" if event.status is not None else "no answer"
    reference = f", request id {event.request_id}" if event.request_id else ""
    return f"batch {event.batch} of {event.records:,} records, {status}{reference}"
